"""A model learned from what real stores hold: what it finds, what it drops, and when it says that there is nothing."""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest
from tests.audience.learned.shop import DAYS, NOW, Shop
from tests.people.erasing.told import Brand, brand

from lianyi.audience.learned import actions, queries
from lianyi.audience.learned.running import PIECES
from lianyi.audience.learned.schemas import Feature, Model
from lianyi.audience.learned.training import learn
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.rules.nodes import AllOf, Did, Where
from lianyi.rules.values import Equals


@pytest.fixture
def made(transactional_db: None) -> Iterator[Brand]:
    with brand() as told:
        yield told


def learned(shop: Shop, name: str, outcome: object) -> Model:
    model = actions.create_model(shop.workspace, name, outcome, DAYS, NOW)  # type: ignore[arg-type]
    assert PIECES.claim("one") == model.id
    PIECES.run(model.id, "one", lambda: NOW)
    return queries.model_of(shop.workspace, model.id)


def test_a_model_finds_what_is_there_drops_leaks_and_says_when_there_is_nothing(made: Brand) -> None:
    shop = Shop(made, 1_800)
    model = learned(shop, "Trial", "Trial Started")
    assert (model.state, model.step, model.problem, model.chosen) == ("done", model.steps, None, False)
    report = model.report
    assert report is not None
    assert (report.tested_at, report.trained_at) == tuple(
        to_micros(NOW - timedelta(days=days)) for days in (DAYS, 2 * DAYS)
    )
    assert (report.learned, report.tested) == (1_800, 1_800)
    assert report.learned_outcomes > 330

    # What was written back to a day before tells everybody apart; what comes with the outcome is known only then.
    dropped = {leak.feature: leak for leak in report.leaks}
    assert dropped[Feature("trait", "segment_code")].why == "alone"
    assert dropped[Feature("trait", "segment_code")].measure > 0.98
    assert dropped[Feature("trait", "contract")].why == "later"
    assert dropped[Feature("event", "Contract Sent")].why == "later"
    assert len(dropped) == 3

    # It finds visits and the city, and nothing else is as strong.
    assert 0.62 < report.auc < 0.85
    assert report.auc_from < report.auc < report.auc_to
    assert report.useful
    first, second = report.reasons[:2]
    assert (first.feature, first.more) == (Feature("event", "Pricing Viewed"), True)
    assert (second.feature, second.detail, second.more) == (Feature("trait", "city"), "Shanghai", True)
    assert first.lost > second.lost > max([0.005, *(one.lost for one in report.reasons[2:])])

    # Its probabilities come true among people whom it has not seen.
    assert sum(one.people for one in report.curve) == 900
    for one in report.curve:
        error = (one.said * (1 - one.said) / one.people) ** 0.5
        assert abs(one.said - one.happened) < 4 * error
    assert report.curve[-1].happened > 3 * report.curve[0].happened

    found = queries.scores_by(shop.workspace, model.id)
    assert found is not None
    assert found.persons.tolist() == list(range(1, 1_801))
    assert found.scores.min() >= 0
    assert found.scores.max() <= 100
    assert found.scores.mean() == pytest.approx(100 * report.learned_outcomes / 1_800, abs=6)
    # It is nobody's likelihood until somebody chooses it.
    assert queries.likelihoods(shop.workspace) is None
    assert actions.choose_model(shop.workspace, model.id).chosen
    likely = queries.likelihoods(shop.workspace)
    assert likely is not None
    assert likely.scores.tolist() == found.scores.tolist()

    # Whoever is erased is in no scores any more.
    erased = made.erase("user_id", "u7")
    assert erased.database["learned_scores"] == 1
    left = queries.likelihoods(shop.workspace)
    assert left is not None
    kept = found.persons != erased.people[0]
    assert (left.persons.tolist(), left.scores.tolist()) == (found.persons[kept].tolist(), found.scores[kept].tolist())

    coin = learned(shop, "Coin", Did(event="Coin Landed", where=(_heads(),)))
    assert coin.report is not None
    assert 0.44 < coin.report.auc < 0.56
    assert not coin.report.useful
    assert queries.scores_by(shop.workspace, coin.id) is None
    with pytest.raises(Refused, match="The model gives no scores"):
        actions.choose_model(shop.workspace, coin.id)
    assert [one.name for one in queries.newest_models(shop.workspace)] == ["Coin", "Trial"]


def _heads() -> Where:
    return Where.model_validate({"property": "side", "is": Equals(value="heads")})


def test_a_rule_is_an_outcome_as_its_event_is(made: Brand) -> None:
    shop = Shop(made, 1_200)
    now = to_micros(NOW)
    plain = learn(shop.workspace, Did(event="Trial Started"), DAYS, now)
    group = AllOf(rules=(Did(event="Trial Started"), Did(event="*", at_least=1)))
    whole = learn(shop.workspace, group, DAYS, now)
    assert whole.report.learned_outcomes == plain.report.learned_outcomes
    assert whole.report.auc == pytest.approx(plain.report.auc, abs=0.02)
    thrice = learn(shop.workspace, Did(event="Pricing Viewed", at_least=3), DAYS, now)
    twice = learn(shop.workspace, Did(event="Pricing Viewed", at_least=2), DAYS, now)
    assert 200 < thrice.report.learned_outcomes < twice.report.learned_outcomes < 1_000
    again = learn(shop.workspace, Did(event="Trial Started"), DAYS, now)
    assert again.report == plain.report
    assert np.array_equal(again.likely, plain.likely)


def test_too_little_is_refused_and_says_what_is_missing(made: Brand) -> None:
    shop = Shop(made, 300)
    model = learned(shop, "Trial", "Trial Started")
    assert model.state == "failed"
    assert model.report is None
    assert str(model.problem).startswith("Of 300 people known 60 days ago, ")
    assert "it takes 200 who had it and 200 who had not" in str(model.problem)
    nobody = learned(shop, "Nobody", "Never Happened")
    assert str(nobody.problem).startswith("Of 300 people known 60 days ago, 0 had the outcome in the 30 days after;")
    assert queries.scores_by(shop.workspace, model.id) is None
