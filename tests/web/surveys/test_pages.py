"""The pages of surveys: the list, the builder, results, cross-tabs, answers and files."""

from io import BytesIO

import openpyxl
import pytest
from tests.web.conftest import Brand
from tests.web.surveys.typing import sent_by

from lianyi.events.log.actions import record_own
from lianyi.foundation.audit.models import AuditLine
from lianyi.growth.surveys.actions import create_survey, publish_survey
from lianyi.growth.surveys.beginnings import begun
from lianyi.growth.surveys.lines import State as Standing
from lianyi.growth.surveys.lines import Survey
from lianyi.growth.surveys.queries import survey_of
from lianyi.growth.surveys.recording import Given, completed
from lianyi.growth.surveys.state import State
from lianyi.insight.kept.keeping import settle
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.kernel.ids import digest

pytestmark = pytest.mark.django_db(transaction=True)


def published(brand: Brand, template: str = "satisfaction") -> Survey:
    made = create_survey(brand.workspace.pk, "Shops", begun(template), system_clock())
    return publish_survey(brand.workspace.pk, made.id, system_clock())


def answer(brand: Brand, survey: Survey, cookie: str, **found: str) -> None:
    """Somebody completes it; the pipeline has to run afterwards."""
    at = to_micros(system_clock())
    state = State(survey.address, 1, digest("r", cookie).hex(), 1, 0, cookie, "zh", at, {}, ("wechat", "", "", "b3"))
    said = {name.replace("__", "."): [value] for name, value in found.items()}
    given = Given(survey.id, survey.draft, said, at, [("cookie", "default", cookie, False)])
    record_own(brand.workspace.pk, completed(state, given, []))


def test_a_survey_is_made_built_published_and_archived(brand: Brand) -> None:
    client = brand.visitor()
    assert b"No survey yet." in client.get("/surveys").content
    assert client.post("/surveys/new", {"name": "", "template": "needs"}).status_code == 422
    made = client.post("/surveys/new", {"name": "Shops", "template": "satisfaction"})
    place = made["location"]
    survey = survey_of(brand.workspace.pk, int(place.rpartition("/")[2]))
    assert "您有多大可能把我们推荐给朋友？" in client.get(place).content.decode()
    sent = sent_by(client.get(place).content.decode())
    more = client.post(f"{place}/change", {**sent, "do": "add.0", "kind0": "single"}).content.decode()
    assert survey_of(brand.workspace.pk, survey.id).draft == survey.draft
    number = next(name[1:].partition("-")[0] for name, value in sent_by(more).items() if value == ["q1"])
    city = {"key": "city", "label_zh": "城市", "options": "sh | 上海 | Shanghai\r\nhz", "maps": "city", "other": "yes"}
    typed = {**sent_by(more), **{f"r{number}-{name}": value for name, value in city.items()}}
    wrong = client.post(f"{place}/change", {**typed, f"r{number}-w0-question": "nobody", "do": "save"})
    assert (wrong.status_code, "nobody" in wrong.content.decode()) == (422, True)
    assert client.post(f"{place}/change", {**typed, "do": "publish"}).status_code == 302
    one = survey_of(brand.workspace.pk, survey.id)
    question = one.draft.question("city")
    assert question is not None
    assert (one.state, one.published, question.maps_to) == (Standing.PUBLISHED, 1, "trait:city")
    assert "sh | 上海 | Shanghai" in client.get(place).content.decode()
    for act, state in (
        ("unpublish", "offline"),
        ("archive", "archived"),
        ("restore", "offline"),
        ("archive", "archived"),
    ):
        assert client.post(f"{place}/{act}").status_code == 302
        assert survey_of(brand.workspace.pk, survey.id).state == state
    assert client.post(f"{place}/explode").status_code == 404
    assert "Shops" in client.get("/surveys?archived=yes").content.decode()


def test_results_show_numbers_with_intervals(brand: Brand) -> None:
    survey, client = published(brand), brand.visitor()
    place = f"/surveys/{survey.id}/results"
    for number in range(10):
        answer(brand, survey, f"cookie-{number}", nps="10" if number < 6 else "3", parts__0="good")
    brand.project()
    client.get(place)
    settle()
    page = client.get(place).content.decode()
    assert "NPS +20" in page
    assert "60.0% <span" in page
    assert "(31.3–83.2)" in page  # Wilson's interval of 6 of 10
    assert "mean 3.00 (3.00 to 3.00)" in page
    assert "few: the intervals are wide" in page
    cross = client.get(f"/surveys/{survey.id}/cross?rows=nps&columns=parts.product").content.decode()
    assert "10 responses are in both." in cross
    assert "Some counts are small" in cross
    refused = client.get(f"/surveys/{survey.id}/cross?rows=nps&columns=trait:nothing")
    assert (refused.status_code, "no trait" in refused.content.decode()) == (422, True)


def test_answers_are_listed_searched_and_handed_out(brand: Brand) -> None:
    survey, client = published(brand), brand.visitor()
    place = f"/surveys/{survey.id}/responses"
    assert b"Nobody has answered yet." in client.get(place).content
    for number in range(52):
        answer(brand, survey, f"cookie-{number}", nps="3", reason=f"=1+{number} <b>", parts__0="good")
    brand.project()
    page = client.get(place).content.decode()
    assert (page.count("&lt;b&gt;"), "Product: Good" in page) == (50, True)
    further = page.partition(f"{place}?after=")[2].partition('"')[0]
    rest = client.get(f"{place}?after={further}", headers={"hx-target": "more"}).content.decode()
    assert rest.count("&lt;b&gt;") == 2
    assert client.get(f"{place}?q=%3D1%2B7+&stage=completed").content.decode().count("&lt;b&gt;") == 1
    assert "No answer is like that." in client.get(f"{place}?stage=screened").content.decode()
    told = b"".join(client.post(f"{place}/export", {"form": "codes"})).decode("utf-8-sig").splitlines()
    assert told[0] == (
        "response,at,seconds,stage,person,version,language,nps,reason,parts_1,parts_2,parts_3,wish,channel,campaign,code"
    )
    assert (len(told), "'=1+51 <b>" in told[1], ",3,,," in told[1]) == (53, True, True)
    book = b"".join(client.post(f"{place}/export", {"form": "codebook"})).decode("utf-8-sig")
    assert "parts_1,matrix,请给这些方面打分: 产品,3,good,满意" in book
    sheet = openpyxl.load_workbook(BytesIO(b"".join(client.post(f"{place}/export", {"form": "xlsx"})))).active
    assert (sheet.max_row, sheet["I2"].value, sheet["I2"].data_type) == (53, "'=1+51 <b>", "s")
    assert AuditLine.objects.filter(workspace=brand.workspace.pk, action="survey.exported").count() == 3
