"""The builder of surveys: whatever a definition may hold goes through its inputs and comes back; buttons only change
what is typed.
"""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from tests.growth.surveys.definitions import definitions
from tests.growth.surveys.making import CITY, FAST, GRID, LIKED, NPS, STARS, WHY, definition_of, page, whole
from tests.web.conftest import Brand
from tests.web.surveys.typing import sent_by

from lianyi.foundation.access.schemas import Role
from lianyi.foundation.members.models import Membership
from lianyi.growth.surveys.actions import change_survey, create_survey, publish_survey
from lianyi.growth.surveys.lines import Survey
from lianyi.growth.surveys.queries import survey_of, versions_of
from lianyi.growth.surveys.schemas import Definition
from lianyi.kernel.clock import system_clock

pytestmark = pytest.mark.django_db(transaction=True)


def made(brand: Brand, definition: Definition) -> Survey:
    return create_survey(brand.workspace.pk, "Shops", definition, system_clock())


def draft(brand: Brand, survey: Survey) -> Definition:
    return survey_of(brand.workspace.pk, survey.id).draft


EVERYTHING = whole(
    intro={"zh": "第一行\n第二行", "en": " begins with a blank"},
    thanks={"en": "\nThank you"},
    screened={"zh": "谢谢"},
    once=False,
    language="en",
    campaign="spring",
    quotas=[
        {"key": "sh", "most": 200, "when": [{"question": "city", "values": ["sh"]}, {"question": "nps", "least": 3}]},
        {"key": "all", "most": 0},
    ],
)


def test_what_the_builder_is_given_comes_back_whole(brand: Brand) -> None:
    survey, client = made(brand, EVERYTHING), brand.visitor()
    place = f"/surveys/{survey.id}"
    sent = sent_by(client.get(place).content.decode())
    blank = [
        name.rpartition("-")[0] for name, said in sent.items() if name.endswith(("-question", "-tag")) and said == [""]
    ]
    assert {sent[f"{line}-{name}"][0] for line in blank for name in ("values", "least", "most")} == {""}
    assert client.post(f"{place}/change", {**sent, "do": "save"}).status_code == 302
    assert draft(brand, survey) == EVERYTHING


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(definition=definitions())
def test_every_definition_comes_back_from_the_builder(brand: Brand, definition: Definition) -> None:
    survey, client = made(brand, definition), brand.visitor()
    place = f"/surveys/{survey.id}"
    sent = sent_by(client.get(place).content.decode())
    answer = client.post(f"{place}/change", {**sent, "do": "save"})
    assert answer.status_code == 302, answer.content.decode()
    assert draft(brand, survey) == definition


def test_buttons_change_what_is_typed_and_save_nothing(brand: Brand) -> None:
    first = definition_of(page(CITY, STARS), page(NPS, WHY))
    survey, client = made(brand, first), brand.visitor()
    place = f"/surveys/{survey.id}"

    def keys(answer: str) -> list[str]:
        sent = sent_by(answer)
        return ["page" if mark.endswith(".page") else sent[f"r{mark.partition('.')[0]}-key"][0] for mark in sent["row"]]

    shown = client.get(place).content.decode()
    assert keys(shown) == ["page", "city", "stars", "page", "nps", "why"]
    for button, after in (
        ("down.2", ["page", "city", "page", "stars", "nps", "why"]),
        ("up.3", ["page", "city", "stars", "page", "nps", "why"]),
        ("up.3", ["page", "nps", "why", "page", "city", "stars"]),
        ("remove.3", ["page", "nps", "why", "city", "stars"]),
        ("remove.1", ["page", "why", "city", "stars"]),
        ("page", ["page", "why", "city", "stars", "page"]),
        ("quota", ["page", "why", "city", "stars", "page", "quota1"]),
        ("remove.5", ["page", "why", "city", "stars", "page"]),
    ):
        shown = client.post(f"{place}/change", {**sent_by(shown), "do": button}).content.decode()
        assert keys(shown) == after, button
    more = client.post(f"{place}/change", {**sent_by(shown), "kind4": "matrix", "do": "add.4"}).content.decode()
    assert keys(more) == ["page", "why", "city", "stars", "page", "q1"]
    assert draft(brand, survey) == first


def test_everything_can_be_typed(brand: Brand) -> None:
    """Tags, a quota, conditions of a page and of a question, bounds, ends, and answers once: without any JSON."""
    survey, client = made(brand, definition_of(page(CITY), page(LIKED, NPS))), brand.visitor()
    place = f"/surveys/{survey.id}"
    shown = client.get(place).content.decode()
    shown = client.post(f"{place}/change", {**sent_by(shown), "do": "add.2", "kind2": "scale"}).content.decode()
    shown = client.post(f"{place}/change", {**sent_by(shown), "do": "quota"}).content.decode()
    typed: dict[str, Any] = {
        **sent_by(shown),
        "r1-help_zh": "省会", "r1-w0-question": "", "r1-t0-tag": "上海人", "r1-t0-dimension": "attribute",
        "r1-t0-values": "sh", "r2-w0-question": "city", "r2-w0-unless": "yes", "r2-w0-values": "hz, other",
        "r3-least": "1", "r3-most": "2", "r5-low_zh": "差", "r5-high_en": "great", "r5-least": "0", "r5-most": "10",
        "r5-w0-question": "nps", "r5-w0-least": "0", "r5-w0-most": "6", "r5-maps": "mood", "r5-label_zh": "心情",
        "r6-most": "5", "r6-w0-question": "city", "r6-w0-values": "sh", "screened_en": "Full",
    }  # fmt: skip
    typed.pop("once")
    assert client.post(f"{place}/change", {**typed, "do": "publish"}).status_code == 302
    now = draft(brand, survey)
    city, liked, mood = (now.question(key) for key in ("city", "liked", "q1"))
    assert city is not None
    assert mood is not None
    assert liked is not None
    assert [(one.tag, one.dimension, one.values) for one in city.tags] == [("上海人", "attribute", ("sh",))]
    assert (city.help.zh, now.once, now.screened.en) == ("省会", False, "Full")
    assert [(one.question, one.unless, one.values) for one in now.pages[1].when] == [("city", True, ("hz", "other"))]
    assert [(one.question, one.least, one.most) for one in mood.when] == [("nps", 0, 6)]
    assert mood.maps_to == "trait:mood"
    assert [(one.key, one.most, one.when[0].values) for one in now.quotas] == [("quota1", 5, ("sh",))]


@pytest.mark.parametrize(
    ("changes", "said", "row"),
    [
        ({"r1-key": "Stadt"}, "A key begins with a letter", "r1-key"),
        ({"r1-options": "only one"}, "Write at least two options", "r1-options"),
        ({"r5-w0-values": "mars"}, "asks for what nobody can answer", "r5-key"),
        ({"r3-most": "9"}, "Nothing fits between the bounds of liked", "r3-most"),
        ({"r6-most": "many"}, "A bound is no number", "r6-most"),
        ({"r4-t0-tag": "x", "r4-t0-least": "11"}, "At most twenty tags", "r4-key"),
        ({"r2-w0-question": "gone"}, "no question before it", "r2-title_zh"),
        ({"r1-label_zh": "长" * 4_001}, "A text has at most 4,000 characters.", "r1-label_zh"),
        ({"r1-options": "a" * 101 + "\nb"}, "A value has 1 to 100 characters.", "r1-options"),
        (
            {
                "r1-label_zh": "长" * 4_000,
                "thanks_zh": "谢" * 4_000,
                "intro_zh": "问" * 4_000,
                "screened_zh": "满" * 4_000,
                "r1-help_zh": "长" * 4_000,
                "r3-label_zh": "长" * 4_000,
            },
            "more than 60,000 bytes",
            "",
        ),
        ({"name": ""}, "needs a name", ""),
    ],
)
def test_a_mistake_is_said_where_it_is(brand: Brand, changes: dict[str, str], said: str, row: str) -> None:
    before = definition_of(
        page(CITY), page(LIKED, {**NPS, "tags": []}, {**WHY, "when": [{"question": "city", "values": ["sh"]}]}),
        quotas=[{"key": "all", "most": 3}],
    )  # fmt: skip
    survey, client = made(brand, before), brand.visitor()
    place = f"/surveys/{survey.id}"
    sent = sent_by(client.get(place).content.decode())
    answer = client.post(f"{place}/change", {**sent, **changes, "do": "save"})
    told = answer.content.decode()
    assert answer.status_code == 422
    assert said in told
    if row:
        at = told.index(said)
        opened = told.rindex('name="row"', 0, at)
        assert row.partition("-")[0][1:] == re.findall(r'name="row" value="(\d+)', told[opened:at])[-1]
    assert draft(brand, survey) == before


def test_who_saves_what_somebody_else_changed_is_told(brand: Brand) -> None:
    survey, client = made(brand, definition_of(page(NPS))), brand.visitor()
    place = f"/surveys/{survey.id}"
    sent = sent_by(client.get(place).content.decode())
    other = definition_of(page(CITY))
    change_survey(brand.workspace.pk, survey.id, "Shops", other, system_clock())
    answer = client.post(f"{place}/change", {**sent, "do": "save"})
    assert (answer.status_code, "Somebody else has changed" in answer.content.decode()) == (422, True)
    assert draft(brand, survey) == other


def test_the_preview_shows_each_page_of_what_is_typed(brand: Brand) -> None:
    first = definition_of(page(CITY), page({**GRID, "when": [{"question": "city"}]}, when=[{"question": "city"}]))
    survey, client = made(brand, first), brand.visitor()
    place = f"/surveys/{survey.id}"
    sent = sent_by(client.get(place).content.decode())
    typed = {**sent, "r1-label_zh": "<b>城市</b>？"}
    shown = client.post(f"{place}/preview", typed)
    assert "&lt;b&gt;城市&lt;/b&gt;？" in shown.content.decode()
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    second = client.post(f"{place}/preview", {**typed, "preview_page": "2", "preview_language": "en"}).content.decode()
    assert ("How was it?" in second, 'lang="en"' in second) == (True, True)
    assert (
        "We have your answers."
        in client.get(f"{place}/preview?preview_page=thanks&preview_language=en").content.decode()
    )
    wrong = client.post(f"{place}/preview", {**sent, "r1-key": "city", "r3-key": "city"}).content.decode()
    assert "Two questions are called city." in wrong
    assert draft(brand, survey) == first


def test_an_earlier_version_is_looked_at_and_becomes_the_draft(brand: Brand) -> None:
    workspace, client = brand.workspace.pk, brand.visitor()
    survey = made(brand, definition_of(page(NPS), guard=FAST))
    place = f"/surveys/{survey.id}"
    assert "Not published yet." in client.get(f"{place}/versions").content.decode()
    publish_survey(workspace, survey.id, system_clock())
    change_survey(workspace, survey.id, "Shops", definition_of(page(CITY)), system_clock())
    publish_survey(workspace, survey.id, system_clock())
    listed = client.get(f"{place}/versions").content.decode()
    assert re.findall(r'href="\?version=(\d)"', listed) == ["2", "1"]
    assert "Would you recommend us?" in client.get(f"{place}/preview?version=1&preview_language=en").content.decode()
    assert client.get(f"{place}/preview?version=7").status_code == 404
    assert client.post(f"{place}/versions/7/restore").status_code == 404
    assert client.post(f"{place}/versions/1/restore").status_code == 302
    now = survey_of(workspace, survey.id)
    assert (now.draft, now.published, now.changed) == (versions_of(workspace, survey.id)[1].definition, 2, True)


def test_whoever_may_only_look_sees_the_preview_and_no_inputs(brand: Brand) -> None:
    survey = made(brand, whole())
    client = brand.visitor()
    Membership.objects.filter(member=brand.owner).update(role=Role.ANALYST)
    shown = client.get(f"/surveys/{survey.id}").content.decode()
    assert ('id="builder"' in shown, f"/surveys/{survey.id}/preview" in shown) == (False, True)
