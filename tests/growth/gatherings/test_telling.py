"""Mails about tickets and waiting lists, and who did not come."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from pathlib import Path
from typing import Any

import icalendar
import msgspec
import pytest
import zxingcpp
from PIL import Image
from tests.growth.gatherings.making import Hall
from tests.people.erasing.told import Brand, brand

from lianyi.foundation.notices.folder import MailFolder
from lianyi.foundation.outbox.sending import send_due
from lianyi.growth.gatherings import actions, queries
from lianyi.growth.gatherings.arrivals import Scan, check_in
from lianyi.growth.gatherings.changes import telling_of
from lianyi.growth.gatherings.letters import TicketSender
from lianyi.growth.gatherings.queries import registrations
from lianyi.growth.gatherings.seats import Seat
from lianyi.growth.gatherings.telling import SETTLES_FOR, tell_changed, tell_missed, tell_registered
from lianyi.growth.words import Words
from lianyi.kernel.clock import HOUR, from_micros, system_clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.erasing.actions import erase

ADDRESS = "https://lianyi.example.com"
JOIN = "https://meet.example.com/secret-room"


@pytest.fixture
def made(transactional_db: None) -> Iterator[Brand]:
    with brand() as one:
        yield one


def posted(hall: Hall, folder: Path) -> dict[str, EmailMessage]:
    """What was mailed since, by whom it is to."""
    for old in folder.glob("*"):
        old.unlink()
    for tell in (tell_registered, tell_changed):
        while tell(hall.workspace, ADDRESS, system_clock()):
            pass
    send_due([TicketSender(MailFolder(folder, "brand@example.com"))], system_clock, lambda: False)
    letters = [message_from_bytes(file.read_bytes(), policy=default) for file in folder.glob("*.eml")]
    assert len({one["to"] for one in letters}) == len(letters)
    return {str(one["to"]): one for one in letters}  # type: ignore[misc]


def said(letter: EmailMessage) -> str:
    """All that a mail says, attachments and all."""
    parts = [part.get_payload(decode=True) for part in letter.walk() if not part.is_multipart()]
    return b"\n".join(part for part in parts if isinstance(part, bytes)).decode("utf-8", "replace")


def test_each_is_told_once_and_whoever_waited_when_a_seat_frees(made: Brand, tmp_path: Path) -> None:
    hall = Hall(made, 1, online=JOIN)
    first = hall.register("a", email="one@example.com")
    hall.register("b", email="two@example.com")
    hall.register("c", email="three@example.com")
    hall.register("nobody's")
    told = posted(hall, tmp_path)
    assert {to: one["subject"] for to, one in told.items()} == {
        "one@example.com": "您的入场票：春季品鉴会",
        "two@example.com": "您已进入候补名单：春季品鉴会",
        "three@example.com": "您已进入候补名单：春季品鉴会",
    }
    assert [JOIN in said(told[f"{who}@example.com"]) for who in ("one", "two")] == [True, False]
    assert posted(hall, tmp_path) == {}
    hall.cancel(first)
    again = posted(hall, tmp_path)
    assert {to: one["subject"] for to, one in again.items()} == {"two@example.com": "有空位了，已为您保留：春季品鉴会"}
    assert posted(hall, tmp_path) == {}


def test_a_mail_carries_the_code_and_the_calendar(made: Brand, tmp_path: Path) -> None:
    hall = Hall(made, title={"zh": "品鉴会\nSubject: x", "en": "Tasting"})
    hall.register("a", email="one@example.com")
    letter = posted(hall, tmp_path)["one@example.com"]
    assert letter["subject"] == "您的入场票：品鉴会 Subject: x"
    (picture,) = [part for part in letter.walk() if part.get_content_type() == "image/png"]
    (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(picture.get_content())))
    assert code.text.startswith(f"{ADDRESS}/g/{hall.gathering.slug}/t/")
    (file,) = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    content = file.get_payload(decode=True)
    assert isinstance(content, bytes)
    (entry,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert entry["sequence"] == 0
    assert code.text in str(entry["description"])
    (came,) = check_in(hall.workspace, hall.gathering.id, [Scan(ticket=code.text)], system_clock())
    assert came.outcome.value == "came"


def test_whoever_is_erased_before_it_is_sent_gets_nothing(made: Brand, tmp_path: Path) -> None:
    hall = Hall(made)
    hall.register("a", email="one@example.com")
    assert tell_registered(hall.workspace, ADDRESS, system_clock()) == 1
    erase(hall.workspace, hall.rows()[0].person or 0, system_clock)
    assert posted(hall, tmp_path) == {}


def test_who_did_not_come_is_told_once_after_the_end(made: Brand) -> None:
    hall = Hall(made, 2)
    came = hall.register("a", email="one@example.com")
    hall.register("b", email="two@example.com")
    hall.register("c", email="three@example.com")
    check_in(hall.workspace, hall.gathering.id, [Scan(registration=came)], system_clock())
    hall.brand.run()
    ends = from_micros(hall.gathering.ends_at or 0)
    assert tell_missed(hall.workspace, ends + timedelta(hours=1)) == 0
    late = ends + timedelta(microseconds=SETTLES_FOR)
    assert [tell_missed(hall.workspace, late) for _ in range(2)] == [1, 0]
    hall.brand.run()
    (body,) = [body.decode() for body in hall.brand.bodies() if b'"gathering.missed"' in body]
    assert ("two@example.com" in body, "one@example.com" in body) == (True, False)
    assert missing(hall) == ["b"]


def missing(hall: Hall) -> list[str]:
    """Who has a seat and was not checked in."""
    rows = registrations(hall.workspace, hall.gathering.id, 9, seat=Seat.SEATED, came=False)
    return [row.answers["name"] for row, _ in rows]


def test_a_phone_that_was_long_without_a_network_tells_when_each_came(made: Brand) -> None:
    hall = Hall(made, 3)
    names = [hall.register(name, email=f"{name}@example.com") for name in ("a", "b", "c")]
    ends = from_micros(hall.gathering.ends_at or 0)
    assert tell_missed(hall.workspace, ends + timedelta(hours=2)) == 1
    hall.brand.run()
    late = ends + timedelta(hours=3)
    waits = [4 * HOUR, 30 * HOUR]
    scans = [Scan(registration=name, ago=ago) for name, ago in zip(names, waits, strict=False)]
    found = check_in(hall.workspace, hall.gathering.id, scans, late)
    assert [one.outcome.value for one in found] == ["came", "came"]
    assert [to_micros(late) - (one.at or 0) for one in found] == [4 * HOUR, 24 * HOUR]
    hall.brand.run()
    assert missing(hall) == ["c"]


def put(hall: Hall, **parts: Any) -> None:
    """Another draft."""
    definition = msgspec.structs.replace(hall.gathering.draft, **parts)
    actions.change_gathering(hall.workspace, hall.gathering.id, "Tasting", definition, system_clock())


def publish(hall: Hall, *, tell: bool = True) -> None:
    hall.gathering = actions.publish_gathering(hall.workspace, hall.gathering.id, system_clock(), tell=tell)


def entry_of(letter: EmailMessage) -> tuple[str, Any]:
    """The method of a calendar file, and its entry."""
    (file,) = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    content = file.get_payload(decode=True)
    assert isinstance(content, bytes)
    calendar = icalendar.Calendar.from_ical(content)
    assert file.get_param("method") == calendar["method"]
    (entry,) = calendar.walk("VEVENT")
    return str(calendar["method"]), entry


def test_another_time_is_mailed_once_to_whom_it_concerns_in_their_language(made: Brand, tmp_path: Path) -> None:
    hall = Hall(made, 2)
    hall.register("a", email="one@example.com")
    hall.register("b", email="two@example.com", language="en")
    hall.register("c", email="three@example.com")
    hall.register("nobody's")
    gone = hall.register("gone", email="gone@example.com")
    hall.cancel(gone)
    posted(hall, tmp_path)
    when = {"starts": hall.gathering.draft.starts[:11] + "19:30", "ends": hall.gathering.draft.ends[:11] + "21:00"}
    put(hall, **when)
    assert telling_of(hall.workspace, hall.gathering.id) == (3, 3)
    with pytest.raises(Refused) as refused:
        publish(hall, tell=False)
    assert (refused.value.code, "registered: 3." in str(refused.value)) == ("gathering.tells", True)
    assert queries.gathering_of(hall.workspace, hall.gathering.id).published == 1
    publish(hall)
    told = posted(hall, tmp_path)
    assert {to: one["subject"] for to, one in told.items()} == {
        "one@example.com": "时间或地点有变：春季品鉴会",
        "two@example.com": "Another time or place: Spring tasting",
        "three@example.com": "时间或地点有变：春季品鉴会",
    }
    assert ["19:30" in said(one) for one in told.values()] == [True] * 3
    method, entry = entry_of(told["two@example.com"])
    assert (method, entry["sequence"], str(entry["status"])) == ("PUBLISH", 1, "CONFIRMED")
    assert f"{entry['dtstart'].dt:%Y-%m-%dT%H:%M}" == when["starts"]
    assert posted(hall, tmp_path) == {}
    hall.register("new", email="new@example.com")
    assert [one["subject"] for one in posted(hall, tmp_path).values()] == ["您已进入候补名单：春季品鉴会"]


def test_what_is_only_polished_is_told_to_nobody(made: Brand, tmp_path: Path) -> None:
    hall = Hall(made, 1)
    hall.register("a", email="one@example.com")
    hall.register("b", email="two@example.com", language="en")
    posted(hall, tmp_path)
    put(hall, title=Words("春季茶会", "Spring tea"), about=Words("五款新茶"), place=Words(" 一号展厅\n", "Hall 1"))
    assert telling_of(hall.workspace, hall.gathering.id).moved == 0
    publish(hall, tell=False)
    put(hall, place=Words("一号展厅", "Hall 1, upper floor"))
    assert telling_of(hall.workspace, hall.gathering.id).moved == 1
    publish(hall)
    assert list(posted(hall, tmp_path)) == ["two@example.com"]
    put(hall, online="https://meet.example.com/a")
    publish(hall)
    assert len(posted(hall, tmp_path)) == 2
    put(hall, online="https://meet.example.com/b")
    publish(hall)
    assert list(posted(hall, tmp_path)) == ["one@example.com"]


def test_what_is_moved_and_moved_back_before_anybody_was_told_is_told_to_nobody(made: Brand, tmp_path: Path) -> None:
    hall = Hall(made)
    hall.register("a", email="one@example.com")
    posted(hall, tmp_path)
    for place in ("二号展厅", "一号展厅"):
        put(hall, place=Words(place, "Hall 1"))
        publish(hall)
    assert posted(hall, tmp_path) == {}
    put(hall, place=Words("三号展厅", "Hall 1"))
    publish(hall)
    assert tell_changed(hall.workspace, ADDRESS, system_clock()) == 1
    put(hall, place=Words("四号展厅", "Hall 1"))
    publish(hall)
    (letter,) = posted(hall, tmp_path).values()  # the one before it was not sent yet, and is not sent any more
    assert ("四号展厅" in said(letter), "三号展厅" in said(letter)) == (True, False)


def test_what_is_called_off_is_mailed_once_and_for_ever(made: Brand, tmp_path: Path) -> None:
    hall = Hall(made, 1)
    came = hall.register("came", email="came@example.com")
    hall.register("b", email="two@example.com", language="en")
    posted(hall, tmp_path)
    check_in(hall.workspace, hall.gathering.id, [Scan(registration=came)], system_clock())
    hall.brand.run()
    late = hall.register("c", email="three@example.com")
    with pytest.raises(Refused) as refused:
        actions.call_off_gathering(hall.workspace, hall.gathering.id, system_clock())
    assert (refused.value.code, "registered: 2." in str(refused.value)) == ("gathering.tells", True)
    for _ in range(2):
        off = actions.call_off_gathering(hall.workspace, hall.gathering.id, system_clock(), tell=True)
    assert (off.state.value, off.called_off_at is None) == ("called_off", False)
    told = posted(hall, tmp_path)
    assert {to: one["subject"] for to, one in told.items()} == {
        "two@example.com": "Called off: Spring tasting",
        "three@example.com": "活动取消：春季品鉴会",
    }
    method, entry = entry_of(told["two@example.com"])
    assert (method, entry["sequence"], str(entry["status"])) == ("CANCEL", 1, "CANCELLED")
    assert posted(hall, tmp_path) == {}
    with pytest.raises(Refused, match="called off"):
        publish(hall)
    ends = from_micros(hall.gathering.ends_at or 0)
    assert tell_missed(hall.workspace, ends + timedelta(days=1)) == 0
    assert late
