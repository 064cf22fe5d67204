"""Surveys at the edge: page by page, with branches, quotas, one answer per person, and coming back."""

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from itertools import count
from time import sleep
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from tests.edge.edges import Said, Shop
from tests.growth.surveys.making import CITY, FAST, GRID, NPS, RANKED, STARS, WHY, definition_of, page, whole

from lianyi.edge.respondents import GOOD_FOR
from lianyi.growth.forms.guarding import solved
from lianyi.growth.surveys import actions
from lianyi.growth.surveys.lines import Survey
from lianyi.growth.surveys.schemas import Definition
from lianyi.growth.surveys.storing import keep
from lianyi.kernel.clock import system_clock
from lianyi.kernel.ids import digest

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0",
    "Accept": "text/html",
    "Accept-Language": "en-GB,en;q=0.9",
}


def published(shop: Shop, definition: Definition) -> Survey:
    made = actions.create_survey(shop.workspace.pk, "Shops", definition, system_clock())
    return actions.publish_survey(shop.workspace.pk, made.id, system_clock())


def opened(shop: Shop, survey: Survey, query: str = "", **headers: str) -> Said:
    return shop.edge.ask("GET", f"/s/{survey.address}{query}", headers=BROWSER | headers)


def sent(shop: Shop, survey: Survey, before: Said, cookie: str = "", **fields: Any) -> Said:
    """The page that follows, or what is said of that page."""
    text = before.body.decode()
    issue = re.search(r'name="ly_issue" value="([^"]*)"', text)
    assert issue, text
    told = {"ly_issue": unescape(issue[1]), **{name.replace("__", "."): value for name, value in fields.items()}}
    riddle = re.search(r'data-riddle="(\w+)" data-work="(\d+)"', text)
    if riddle:
        told["ly_work"] = next(str(one) for one in count() if solved(int(riddle[2]), riddle[1], str(one)))
    headers = FORM | BROWSER | ({"Cookie": cookie} if cookie else {})
    return shop.edge.ask("POST", f"/s/{survey.address}", urlencode(told, doseq=True).encode(), headers)


def cookie_of(said: Said) -> str:
    return said.headers["set-cookie"].partition(";")[0]


def text_of(said: Said) -> str:
    """What one reads."""
    return unescape(re.sub(r"<script>.*</script>|<style>.*</style>|<[^>]*>", " ", said.body.decode(), flags=re.S))


def test_each_page_is_an_event_before_the_next_is_shown(shop: Shop) -> None:
    survey = published(shop, whole())
    first = opened(shop, survey, "?utm_source=wechat&utm_campaign=spring")
    cookie = cookie_of(first)
    second = sent(shop, survey, first, cookie, city="sh", stars="4")
    assert "What do you like in Shanghai?" in text_of(second)
    third = sent(shop, survey, second, cookie, liked=["tea"], nps="10")
    last = sent(shop, survey, third, cookie, grid__0="good", ranked__0="1", ranked__2="2")
    assert (last.status, last.headers["location"]) == (303, f"/s/{survey.address}/thanks?lang=en")
    one, two, three, *tags = shop.accepted()
    assert [one.name, two.name, three.name] == ["survey.answered", "survey.answered", "survey.completed"]
    assert three.properties["answers"] == {
        "city": "sh", "stars": 4, "liked": ["tea"], "nps": 10, "grid": {"taste": "good"}, "ranked": ["a", "c"],
    }  # fmt: skip
    assert three.traits == {"city": "sh"}
    assert three.source is not None
    assert (three.source.channel, three.source.campaign) == ("wechat", "spring")
    assert [(event.name, event.properties["tag"]) for event in tags] == [
        ("tag.added", "tea drinker"),
        ("tag.added", "promoter"),
    ]
    assert {claim.value for event in (one, two, three, *tags) for claim in event.claims} == {cookie.partition("=")[2]}
    assert len({event.properties["response"] for event in (one, two, three)}) == 1


def test_what_was_typed_is_escaped_where_it_is_said_again(shop: Shop) -> None:
    survey = published(shop, whole())
    evil = '"><script>alert(1)</script>'
    second = sent(shop, survey, opened(shop, survey), city="other", city__other=evil)
    assert evil.encode() not in second.body
    assert f"What do you like in {evil}?" in unescape(second.body.decode())
    wrong = sent(shop, survey, second, liked=[evil])
    assert (wrong.status, evil.encode() in wrong.body) == (422, False)


def test_a_page_of_all_kinds_is_small_and_bound_by_its_policy(shop: Shop) -> None:
    survey = published(shop, definition_of(page(CITY, STARS, NPS, WHY, GRID, RANKED)))
    said = opened(shop, survey)
    assert (said.status, len(said.body) < 30_000) == (200, True)
    assert "default-src 'none'" in said.headers["content-security-policy"]
    assert b'data-when="nps" data-values="[' in said.body


def test_what_is_wrong_is_said_and_leaves_nothing(shop: Shop) -> None:
    survey = published(shop, whole())
    said = sent(shop, survey, opened(shop, survey), stars="4")
    assert (said.status, "Choose something." in text_of(said), 'value="4" checked' in said.body.decode()) == (
        422,
        True,
        True,
    )
    trapped = sent(shop, survey, opened(shop, survey), city="sh", ly_website="x")
    assert trapped.status == 409
    forged = shop.edge.ask("POST", f"/s/{survey.address}", b"ly_issue=none&city=sh", FORM | BROWSER)
    assert (forged.status, shop.accepted()) == (409, [])


def test_who_goes_back_changes_what_was_said_and_what_follows(shop: Shop) -> None:
    survey = published(
        shop, definition_of(page(NPS), page({**WHY, "required": True}), page(STARS), title={"en": "Our shops"})
    )
    unhappy = sent(shop, survey, opened(shop, survey), nps="2")
    assert "Why not?" in text_of(unhappy)
    back = sent(shop, survey, unhappy, ly_back="1")
    assert 'value="2" checked' in back.body.decode()
    happy = sent(shop, survey, back, nps="9")
    assert "How was the staff?" in text_of(happy)
    assert sent(shop, survey, happy, stars="5").status == 303
    assert shop.accepted()[-2].properties["answers"] == {"nps": 9, "stars": 5}


def test_without_scripts_people_confirm_once(shop: Shop) -> None:
    survey = published(shop, definition_of(page(CITY), page(STARS), guard={**FAST, "work": 14}))
    plain = opened(shop, survey)
    issue = unescape(re.findall(r'name="ly_issue" value="([^"]*)"', plain.body.decode())[0])
    body = urlencode({"ly_issue": issue, "city": "sh"}).encode()
    asked = shop.edge.ask("POST", f"/s/{survey.address}", body, FORM | BROWSER)
    assert (asked.status, "confirm" in text_of(asked), shop.accepted()) == (200, True, [])
    issue = unescape(re.findall(r'name="ly_issue" value="([^"]*)"', asked.body.decode())[0])
    body = urlencode({"ly_issue": issue, "city": "sh"}).encode()
    second = shop.edge.ask("POST", f"/s/{survey.address}", body, FORM | BROWSER)
    assert "How was the staff?" in text_of(second)
    assert sent(shop, survey, second, stars="5").status == 303


def test_the_same_page_sent_twice_counts_once(shop: Shop) -> None:
    survey = published(shop, definition_of(page(STARS)))
    first = opened(shop, survey)
    assert [sent(shop, survey, first, stars="5").status for _ in range(2)] == [303, 303]
    assert len(shop.counted()) == 1


def test_the_last_page_sent_again_with_other_answers_gives_no_other_tags(shop: Shop) -> None:
    tags = [{"tag": "promoter", "least": 9}, {"tag": "critic", "most": 6}]
    survey = published(shop, definition_of(page({**NPS, "tags": tags})))
    first = opened(shop, survey)
    assert [sent(shop, survey, first, nps=answer).status for answer in ("10", "2")] == [303, 303]
    assert [event.properties.get("tag") for event in shop.counted()] == [None, "promoter"]


def test_a_browser_answers_once(shop: Shop) -> None:
    survey = published(shop, definition_of(page(STARS)))
    first = opened(shop, survey)
    cookie = cookie_of(first)
    assert sent(shop, survey, first, cookie, stars="5").status == 303
    again = opened(shop, survey, Cookie=cookie)
    assert (again.status, "answered this survey already" in text_of(again)) == (200, True)
    assert b"ly_issue" not in again.body


def test_many_may_answer_at_one_device_when_the_survey_says_so(shop: Shop) -> None:
    survey = published(shop, definition_of(page(STARS), once=False))
    first = opened(shop, survey)
    cookie = cookie_of(first)
    sent(shop, survey, first, cookie, stars="5")
    sent(shop, survey, opened(shop, survey, Cookie=cookie), cookie, stars="1")
    assert [event.properties["answers"] for event in shop.counted()] == [{"stars": 5}, {"stars": 1}]


def test_a_full_quota_lets_others_go_kindly(shop: Shop) -> None:
    quota = {"key": "sh", "most": 1, "when": [{"question": "city", "values": ["sh"]}]}
    survey = published(
        shop, definition_of(page(CITY), page(STARS), quotas=[quota], screened={"en": "Thanks, we know your city."})
    )
    second = sent(shop, survey, opened(shop, survey), city="sh")
    assert sent(shop, survey, second, stars="5").status == 303
    late = sent(shop, survey, opened(shop, survey), city="sh")
    assert (late.status, "Thanks, we know your city." in text_of(late)) == (200, True)
    assert "How was the staff?" in text_of(sent(shop, survey, opened(shop, survey), city="hz"))
    done = [(one.name, one.properties.get("quotas"), one.properties.get("quota")) for one in shop.counted()]
    assert done == [
        ("survey.answered", None, None),
        ("survey.completed", ["sh"], None),
        ("survey.screened", None, "sh"),
        ("survey.answered", None, None),
    ]


def known(shop: Shop, number: int, person: int, kind: str, value: str) -> None:
    """An identity of a person."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO identity (workspace, number, person, kind, scope, value, hash, strong, first_seen_at)"
            " VALUES (%s, %s, %s, %s, 'default', %s, %s, false, 0)",
            [shop.workspace.pk, number, person, kind, value, digest(kind, "default", value)],
        )


def projected(shop: Shop, number: int = 0) -> None:
    """What was recorded so far, as the projector keeps it, all under one identity."""
    keep(shop.workspace.pk, [(event, number) for event in shop.counted() if event.name.startswith("survey.")])


def test_who_comes_back_goes_on_where_they_stopped(shop: Shop) -> None:
    survey = published(shop, whole())
    first = opened(shop, survey)
    cookie = cookie_of(first)
    sent(shop, survey, first, cookie, city="sh")
    projected(shop)
    again = opened(shop, survey, Cookie=cookie)
    assert ("Welcome back" in text_of(again), "What do you like in Shanghai?" in text_of(again)) == (True, True)
    third = sent(shop, survey, again, cookie, nps="8")
    assert sent(shop, survey, third, cookie).status == 303
    one, _two, three = shop.counted()
    assert three.properties["answers"] == {"city": "sh", "nps": 8}
    assert three.properties["response"] == one.properties["response"]
    assert three.properties["began"] == one.properties["began"]


def test_who_answered_in_another_browser_is_told_so(shop: Shop) -> None:
    survey = published(shop, definition_of(page(STARS)))
    first = opened(shop, survey)
    sent(shop, survey, first, cookie_of(first), stars="5")
    known(shop, 7, 7, "user_id", "u1")
    known(shop, 8, 7, "cookie", "cookie-of-the-phone")
    projected(shop, 7)
    said = opened(shop, survey, Cookie="ly_id=cookie-of-the-phone")
    assert "answered this survey already" in text_of(said)
    assert "How was the staff?" in text_of(opened(shop, survey, Cookie="ly_id=cookie-of-somebody"))


def test_what_another_browser_of_a_person_has_begun_is_shown_to_nobody_else(shop: Shop) -> None:
    """Whoever types somebody's address into a form may count as that person from then on."""
    survey = published(shop, whole())
    first = opened(shop, survey)
    sent(shop, survey, first, cookie_of(first), city="other", city__other="by the river")
    known(shop, 7, 7, "user_id", "u1")
    known(shop, 8, 7, "cookie", "cookie-of-another")
    projected(shop, 7)
    said = opened(shop, survey, Cookie="ly_id=cookie-of-another")
    assert ("Where are you?" in text_of(said), "by the river" in said.body.decode()) == (True, False)
    sent(shop, survey, said, "ly_id=cookie-of-another", city="hz")
    mine, other = shop.counted()
    assert mine.properties["response"] != other.properties["response"]


def test_a_known_person_answers_by_a_link_of_their_own(shop: Shop) -> None:
    survey = published(shop, definition_of(page(STARS)))
    known(shop, 7, 7, "user_id", "u1")
    secret = shop.edge.environment.secret_key().encode()
    ((_, token),) = actions.invite(shop.workspace.pk, survey.id, [7, 99], secret, system_clock())
    first = opened(shop, survey, f"?t={token}")
    policies = [one.headers["referrer-policy"] for one in (first, opened(shop, survey))]
    assert policies == ["no-referrer", "strict-origin-when-cross-origin"]
    assert sent(shop, survey, first, cookie_of(first), stars="5").status == 303
    (event,) = shop.counted()
    assert [(claim.kind, claim.value) for claim in event.claims] == [("user_id", "u1")]
    assert "answered this survey already" in text_of(opened(shop, survey, f"?t={token}"))
    assert "How was the staff?" in text_of(opened(shop, survey, f"?t=e{token}"))


@pytest.mark.parametrize(("path", "status"), [("/s/nothinghere", 404), ("/s/" + "x" * 50, 404), ("/s/%E4%BD%A0", 404)])
def test_where_there_is_none_that_is_said(shop: Shop, path: str, status: int) -> None:
    assert shop.edge.ask("GET", path, headers=BROWSER).status == status


def test_what_is_taken_offline_says_so(shop: Shop) -> None:
    survey = published(shop, definition_of(page(STARS)))
    first = opened(shop, survey)
    actions.unpublish_survey(shop.workspace.pk, survey.id, system_clock())
    assert first.status == 200
    thanks = shop.edge.ask("GET", f"/s/{survey.address}/thanks?lang=zh", headers=BROWSER)
    assert (thanks.status, "门店调查" in text_of(thanks)) == (200, True)
    assert shop.edge.ask("DELETE", f"/s/{survey.address}", headers=BROWSER).status == 405


def test_of_many_at_once_no_more_than_the_quota_are_taken(shop: Shop) -> None:
    quota = {"key": "sh", "most": 2, "when": [{"question": "city", "values": ["sh"]}]}
    survey = published(shop, definition_of(page(CITY), page(STARS), quotas=[quota]))
    last = [sent(shop, survey, opened(shop, survey), city="sh") for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda one: sent(shop, survey, one, stars="5").status, last))
    assert sorted(statuses) == [200] * 18 + [303] * 2
    assert [event.name for event in shop.counted()].count("survey.completed") == 2


def test_a_quota_holds_while_the_pipeline_is_behind_and_counts_nobody_twice_afterwards(shop: Shop) -> None:
    quota = {"key": "sh", "most": 3, "when": [{"question": "city", "values": ["sh"]}]}
    survey = published(shop, definition_of(page(CITY), page(STARS), quotas=[quota]))

    def taken() -> bool:
        answer = sent(shop, survey, opened(shop, survey), city="sh")
        return "How was the staff?" in text_of(answer) and sent(shop, survey, answer, stars="5").status == 303

    assert (taken(), taken()) == (True, True)
    projected(shop)
    for _ in range(3):  # one page to find them counted, and one to forget them
        opened(shop, survey)
        sent(shop, survey, opened(shop, survey), city="sh")
        sleep(1.2 * GOOD_FOR)
    assert taken()
    sleep(3 * GOOD_FOR)  # nothing of the third is in the database
    assert not taken()


def test_the_last_page_that_is_sent_twice_at_once_is_let_go_by_no_quota(shop: Shop) -> None:
    quota = {"key": "all", "most": 1}
    survey = published(shop, definition_of(page(CITY), page(STARS), quotas=[quota]))
    first = opened(shop, survey)
    last = sent(shop, survey, first, cookie_of(first), city="sh")
    with ThreadPoolExecutor(8) as pool:
        again = list(pool.map(lambda _: sent(shop, survey, last, cookie_of(first), stars="5").status, range(8)))
    assert again == [303] * 8
    assert [event.name for event in shop.counted()] == ["survey.answered", "survey.completed"]
