"""Gatherings at the edge: the page, registering, tickets, calendar files and cancelling."""

import json
import time
from datetime import datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import icalendar
import msgspec
import zxingcpp
from PIL import Image
from tests.edge.edges import Said, Shop
from tests.edge.test_forms import BROWSER, FORM, named, work_of
from tests.growth.forms.making import CONSENT, NAME, WORDING
from tests.growth.gatherings.making import published

from lianyi.assembly.pipeline import Pipeline
from lianyi.growth.gatherings import actions, queries
from lianyi.growth.gatherings.arrivals import Outcome, Scan, check_in
from lianyi.growth.gatherings.lines import Gathering
from lianyi.growth.gatherings.rendering import qr
from lianyi.growth.gatherings.tickets import code_of
from lianyi.kernel.clock import system_clock

_fences = count(1)
_slugs = (f"tasting-{number}" for number in count())
JOIN = "https://meet.example.com/secret-room"


def gathering(shop: Shop, seats: int | None = None, **parts: Any) -> Gathering:
    return published(shop.workspace.pk, next(_slugs), seats, **parts)


def opened(shop: Shop, one: Gathering, query: str = "", **headers: str) -> Said:
    return shop.edge.ask("GET", f"/g/{one.slug}{query}", headers=BROWSER | headers)


def register(shop: Shop, one: Gathering, page: Said | None = None, **fields: Any) -> Said:
    shown = page or opened(shop, one)
    body = urlencode({"ly_issue": named(shown, "ly_issue"), "ly_work": work_of(shown), **fields}, doseq=True).encode()
    return shop.edge.ask("POST", f"/g/{one.slug}", body, FORM | BROWSER)


def run_pipeline() -> None:
    running = Pipeline(next(_fences), system_clock)
    running.start()
    while running.step():
        pass
    running.flush(all_of_it=True)


def looked(shop: Shop, said: Said) -> str:
    """The ticket's page, once the pipeline has read what was sent."""
    run_pipeline()
    time.sleep(1.1)  # what the edge remembers of a ticket
    return shop.edge.ask("GET", said.headers["location"], headers=BROWSER).body.decode()


def test_a_registration_is_durable_before_it_is_answered_and_has_a_ticket(shop: Shop) -> None:
    one = gathering(shop, questions=[NAME, CONSENT], online=JOIN)
    page = opened(shop, one, "?utm_source=wechat&utm_campaign=spring&ly_code=booth-3&lang=zh")
    text = page.body.decode()
    assert (page.status, JOIN in text) == (200, False)
    assert "春季品鉴会" in text
    assert "14:00 – 16:00（中国标准时间，GMT+08:00）" in text
    said = register(shop, one, page, name="访客一", agree="yes")
    assert said.status == 303
    resized, registered, consent = shop.accepted()
    assert (resized.name, resized.properties) == ("gathering.resized", {"gathering": one.id, "seats": None})
    assert (registered.name, consent.name) == ("gathering.registered", "consent.given")
    assert registered.properties == {
        "gathering": one.id,
        "title": "春季品鉴会",
        "starts": one.draft.starts,
        "slug": one.slug,
        "version": 1,
        "language": "zh",
        "answers": {"name": "访客一", "agree": True},
        "agreed": {"agree": WORDING["zh"]},
    }
    assert tuple(registered.source or ()) == ("wechat", "", "spring", "booth-3")
    before = shop.edge.ask("GET", said.headers["location"], headers=BROWSER).body.decode()
    assert ('http-equiv="refresh"' in before, JOIN in before, "<svg" in before) == (True, False, False)
    after = looked(shop, said)
    assert ('http-equiv="refresh"' in after, JOIN in after, "<svg" in after) == (False, True, True)
    (row,) = [line for line, _ in queries.registrations(shop.workspace.pk, one.id, 9)]
    assert (row.seat.value, row.source.code) == ("seated", "booth-3")


def test_a_ticket_is_read_from_its_code_and_checks_in_once(shop: Shop, settings: Any) -> None:
    settings.SECRET_KEY = shop.edge.environment.secret_key()  # the edge of the tests has a home of its own
    one = gathering(shop)
    said = register(shop, one, name="a")
    looked(shop, said)
    place = said.headers["location"].partition("?")[0]
    picture = BytesIO()
    qr(f"{shop.edge.url}{place}").save(picture, kind="png", scale=4)
    (seen,) = zxingcpp.read_barcodes(Image.open(picture))
    scans = [Scan(ticket=seen.text), Scan(code=code_of(place.rpartition("/")[2]).lower()), Scan(ticket=seen.text + "x")]
    found = check_in(shop.workspace.pk, one.id, scans, system_clock())
    assert [line.outcome for line in found] == [Outcome.CAME, Outcome.BEFORE, Outcome.UNKNOWN]
    assert (found[1].at, found[1].name) == (found[0].at, "a")
    other = gathering(shop)
    assert check_in(shop.workspace.pk, other.id, scans[:1], system_clock())[0].outcome is Outcome.UNKNOWN
    text = looked(shop, said)
    assert ("You were checked in" in text, "/cancel" in text) == (True, False)
    assert shop.edge.ask("POST", f"{place}/cancel", b"", FORM | BROWSER).status == 409


def test_a_cancelled_seat_goes_to_whoever_waits(shop: Shop) -> None:
    one = gathering(shop, 1, online=JOIN)
    first, second = register(shop, one, name="a"), register(shop, one, name="b")
    text = looked(shop, second)
    assert ("number 1 on the waiting list" in text, "<svg" in text, JOIN in text) == (True, False, False)
    place = first.headers["location"].partition("?")[0]
    assert shop.edge.ask("GET", f"{place}/cancel", headers=BROWSER).status == 200
    assert [event.name for event in shop.accepted()].count("gathering.cancelled") == 0
    said = shop.edge.ask("POST", f"{place}/cancel", b"", FORM | BROWSER)
    assert said.status == 303
    assert (
        "This registration is cancelled."
        in shop.edge.ask("GET", said.headers["location"], headers=BROWSER).body.decode()
    )
    assert "Show this code at the door" in looked(shop, second)
    assert "All seats are taken" in opened(shop, one).body.decode()


def test_what_is_called_off_says_so_and_leaves_the_calendar(shop: Shop) -> None:
    one = gathering(shop, online=JOIN)
    page, said = opened(shop, one), register(shop, one, name="a")
    looked(shop, said)
    actions.call_off_gathering(shop.workspace.pk, one.id, system_clock())
    time.sleep(2.1)
    closed = register(shop, one, page, name="b")
    assert (closed.status, b"This is called off." in closed.body) == (410, True)
    assert (b"This is called off." in opened(shop, one).body, b"<form" in opened(shop, one).body) == (True, False)
    text = looked(shop, said)
    assert b"free" not in opened(shop, one).body
    assert ("This is called off." in text, "<svg" in text, JOIN in text, "/cancel" in text) == (
        True,
        False,
        False,
        False,
    )
    place = said.headers["location"].partition("?")[0]
    calendar = icalendar.Calendar.from_ical(shop.edge.ask("GET", f"{place}/calendar.ics", headers=BROWSER).body)
    (entry,) = calendar.walk("VEVENT")
    assert (calendar["method"], str(entry["status"]), entry["sequence"]) == ("CANCEL", "CANCELLED", 1)


def test_whoever_tries_many_tickets_has_to_wait(shop: Shop) -> None:
    one = gathering(shop, guard={"quickest": 0, "work": 4, "per_minute": 2})
    place = register(shop, one, name="a").headers["location"].partition("?")[0]
    for status in (404, 404, 429):
        said = shop.edge.ask("POST", f"/g/{one.slug}/t/a.1.b/cancel", b"", FORM | BROWSER)
        assert said.status == status
    assert int(said.headers["retry-after"]) in range(25, 32)
    assert shop.edge.ask("POST", f"{place}/cancel", b"", FORM | BROWSER).status == 429
    assert shop.edge.ask("GET", place, headers=BROWSER).status == 200
    assert "gathering.cancelled" not in [event.name for event in shop.accepted()]


def test_the_calendar_file_tells_the_same_hours_in_the_zone(shop: Shop) -> None:
    one = gathering(shop, online=JOIN, zone="America/New_York", about={"en": "Bring; a, glass\nand " + "more " * 40})
    said = register(shop, one, name="a")
    looked(shop, said)
    place = said.headers["location"].partition("?")[0]
    file = shop.edge.ask("GET", f"{place}/calendar.ics", headers=BROWSER)
    assert file.headers["content-type"] == "text/calendar; charset=utf-8"
    assert file.body.count(b"\n") == file.body.count(b"\r\n") > 10
    assert max(map(len, file.body.split(b"\r\n"))) <= 75
    calendar = icalendar.Calendar.from_ical(file.body)
    (entry,) = calendar.walk("VEVENT")
    starts = datetime.fromisoformat(one.draft.starts).replace(tzinfo=ZoneInfo("America/New_York"))
    assert (entry["dtstart"].dt, entry["dtend"].dt) == (starts, starts + timedelta(hours=2))
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["America/New_York"]
    assert (entry["sequence"], str(entry["url"])) == (0, JOIN)
    moved_to = msgspec.structs.replace(one.draft, place=one.draft.title)
    actions.change_gathering(shop.workspace.pk, one.id, "Tasting", moved_to, system_clock())
    actions.publish_gathering(shop.workspace.pk, one.id, system_clock())
    time.sleep(2.1)
    again = shop.edge.ask("GET", f"{place}/calendar.ics", headers=BROWSER)
    (moved,) = icalendar.Calendar.from_ical(again.body).walk("VEVENT")
    assert (moved["uid"], moved["sequence"]) == (entry["uid"], 1)


def test_what_is_closed_or_wrong_leaves_nothing_behind(shop: Shop) -> None:
    one = gathering(shop)
    page = opened(shop, one)
    wrong = register(shop, one, page, name="<b>", phone="138", email="=1+1")
    assert (wrong.status, b"&lt;b&gt;" in wrong.body, b"This is no phone number." in wrong.body) == (422, True, True)
    actions.close_gathering(shop.workspace.pk, one.id, system_clock())
    time.sleep(2.1)
    closed = register(shop, one, page, name="a")
    assert (closed.status, b"Registration is closed." in closed.body) == (410, True)
    assert b"<form" not in opened(shop, one).body
    assert shop.edge.ask("GET", "/g/nowhere", headers=BROWSER).status == 404
    for token in ("x", "a.b.c", "a." * 140):
        assert shop.edge.ask("GET", f"/g/{one.slug}/t/{token}", headers=BROWSER).status == 404, token
    assert [event.name for event in shop.accepted()] == ["gathering.resized"]


def test_programs_register_and_never_see_where_it_is_joined(shop: Shop) -> None:
    one = gathering(shop, 3, online=JOIN, guard={"quickest": 0, "work": 0})
    told = shop.edge.ask("GET", f"/g/{one.slug}", headers={"Accept": "application/json"})
    assert (told.json["free"], JOIN.encode() in told.body) == (3, False)
    body = json.dumps({"answers": {"name": "a"}, "issue": told.json["issue"]}).encode()
    headers = {"Content-Type": "application/json", "User-Agent": BROWSER["User-Agent"]}
    sent = [shop.edge.ask("POST", f"/g/{one.slug}", body, headers) for _ in range(2)]
    assert [said.status for said in sent] == [200, 200]
    assert sent[0].json == sent[1].json
    assert [event.name for event in shop.counted()].count("gathering.registered") == 1
