"""The settings of scores: saved, refused at their places, rows more and less, and two members at once."""

import json
from typing import Any

import pytest
from tests.web.conftest import Brand
from tests.web.scores.test_matrix import SETTINGS, scored

from lianyi.audience.scoring import actions, queries
from lianyi.audience.scoring.checking import read_document
from lianyi.audience.scoring.defaults import DEFAULTS
from lianyi.foundation.audit.models import AuditLine
from lianyi.kernel.clock import system_clock
from lianyi.rules.nodes import Identified
from lianyi.web.scores.form import Typed, typed_of

pytestmark = pytest.mark.django_db(transaction=True)
PLACE = "/settings/scoring/change"


def fields(typed: Typed, **more: Any) -> dict[str, Any]:
    """What a browser sends of the form."""
    return {
        "seen": typed.seen,
        "fit_rule": [one.rule for one in typed.fit],
        "fit_points": [one.points for one in typed.fit],
        "fit_note": [one.note for one in typed.fit],
        "event": [one.event for one in typed.acts],
        "points": [one.points for one in typed.acts],
        "most": [one.most for one in typed.acts],
        "where": [one.where for one in typed.acts],
        "note": [one.note for one in typed.acts],
        "half_life": typed.half_life,
        "fit_grade": typed.fit_grades,
        "engagement_grade": typed.engagement_grades,
        "state": typed.matrix,
        "do": "save",
        **more,
    }


def shown(brand: Brand) -> Typed:
    typed = brand.visitor().get("/settings/scoring").context["typed"]
    assert isinstance(typed, Typed)
    return typed


def test_what_is_shown_is_what_is_saved(brand: Brand) -> None:
    client, workspace = brand.visitor(), brand.workspace.pk
    assert "Nobody is scored until they are saved." in client.get("/settings/scoring").text
    assert client.post(PLACE, fields(shown(brand)))["Location"] == "/scores"
    assert queries.scoring(workspace).settings == DEFAULTS
    scored(brand)
    settings = read_document(SETTINGS)
    assert shown(brand) == typed_of(settings, 2)
    client.post(PLACE, fields(shown(brand)))
    assert (queries.scoring(workspace).settings, queries.scoring(workspace).edition) == (settings, 2)
    page = client.get("/settings/scoring").text
    assert "is &#x27;上海&#x27;" in page
    assert ">Viewed a product<" in page


def test_everything_can_be_changed(brand: Brand) -> None:
    scored(brand)
    typed = shown(brand)
    where = json.dumps([{"property": "seats", "is": {"test": "range", "at_least": 5}}])
    brand.visitor().post(PLACE, fields(
        typed,
        fit_rule=['{"kind": "identified", "by": "phone"}', "", ""][:1], fit_points=["-7"], fit_note=["by phone"],
        event=["*"], points=["3"], most=[""], where=[where], note=["all"],
        half_life="30", fit_grade=["80", "40.5", "20"], state=["hot"] * 16,
    ))  # fmt: skip
    found = queries.scoring(brand.workspace.pk).settings
    assert [(one.rule, one.points, one.note) for one in found.fit] == [(Identified(by="phone"), -7, "by phone")]
    (weight,) = found.weights
    assert (weight.event, weight.points, weight.most_a_day, weight.note) == ("*", 3, None, "all")
    assert weight.where[0].property == "seats"
    assert (found.half_life, found.fit_grades.b, set(found.matrix)) == (30, 40.5, {"hot"})
    lines = AuditLine.objects.filter(workspace=brand.workspace.pk, action="scoring.changed").order_by("pk")
    assert [line.detail for line in lines] == [{"edition": 1}, {"edition": 2}]


@pytest.mark.parametrize(
    ("field", "value", "place", "said"),
    [
        ("fit_points", ["60", "abc", "-20"], "fit[1].points", "This must be a whole number."),
        ("fit_points", ["60", "500", "-20"], "fit[1].points", "This must be 100 or less."),
        ("fit_rule", ["", "[", "{}"], "fit[0].rule.rules", "This must not be empty."),
        ("fit_rule", ["", "[", "{}"], "fit[1].rule", "This is no JSON"),
        ("fit_rule", ['{"kind": "did", "event": "x"}'] * 3, "fit[0].rule", "Fit asks only for what is in the profile."),
        ("event", ["", "Quote"], "weights[0].event", "This must not be empty."),
        ("event", ["score.changed", "Quote"], "weights[0].event", "it never counts."),
        ("most", ["0", ""], "weights[0].most_a_day", "This must be 1 or more."),
        ("where", ["", '[{"property": "seats", "is": {"test": "none"}}]'], "weights[1].where[0].is", "There is no"),
        ("half_life", "", "half_life", "This must be a whole number."),
        ("fit_grade", ["10", "20", "30"], "fit_grades", "A must begin above B, and B above C."),
        ("engagement_grade", ["60", "x", "10"], "engagement_grades.b", "This must be a number."),
        ("state", ["hot"], "matrix", "This"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(
    brand: Brand, field: str, value: Any, place: str, said: str
) -> None:
    scored(brand)
    before = queries.scoring(brand.workspace.pk)
    page = brand.visitor().post(PLACE, fields(shown(brand), half_life="3") | {field: value})
    assert page.status_code == 422
    assert place in [one.place for one in page.context["problems"]]
    assert said in page.text
    assert page.text.count('role="alert"') >= 2
    if field != "half_life":
        assert page.context["typed"].half_life == "3"
    assert queries.scoring(brand.workspace.pk) == before


def test_rows_come_and_go_without_saving(brand: Brand) -> None:
    scored(brand)
    before, client = queries.scoring(brand.workspace.pk), brand.visitor()
    sent = fields(shown(brand), half_life="9")
    added = client.post(PLACE, sent | {"do": "fit.add"}).context["typed"]
    assert (len(added.fit), added.fit[-1].rule, added.half_life) == (4, "", "9")
    fewer = client.post(PLACE, sent | {"do": "acts.remove.0"}).context["typed"]
    assert [one.event for one in fewer.acts] == ["Quote"]
    for button in ("fit.remove.7", "fit.remove.x", "nothing.add", "acts", ""):
        same = client.post(PLACE, sent | {"do": button}).context["typed"]
        assert (len(same.fit), len(same.acts)) == (3, 2), button
    assert queries.scoring(brand.workspace.pk) == before


def test_nobody_s_change_is_lost(brand: Brand) -> None:
    scored(brand)
    typed = shown(brand)
    actions.change_settings(brand.workspace.pk, read_document(SETTINGS | {"half_life": 5}), system_clock())
    page = brand.visitor().post(PLACE, fields(typed, half_life="6"))
    assert page.status_code == 422
    assert "Somebody else changed the settings meanwhile." in page.text
    assert page.context["typed"].half_life == "6"
    assert queries.scoring(brand.workspace.pk).settings.half_life == 5
    assert brand.visitor().post(PLACE, fields(typed, seen="nonsense")).status_code == 422


def test_a_rule_is_tried(brand: Brand) -> None:
    scored(brand)
    client = brand.visitor()

    def tried(rule: Any) -> str:
        return str(client.post("/settings/scoring/rule", {"rule": json.dumps(rule)}).text)

    page = tried(SETTINGS["fit"][0]["rule"])
    assert 'data-count="2"' in page
    assert "is &#x27;上海&#x27;" in page
    assert 'data-problem="rules[0]"' in tried({"kind": "all_of", "rules": [{"kind": "did", "event": "x"}]})
    assert 'data-problem="trait"' in tried({"kind": "trait", "trait": "no", "is": {"test": "known"}})
