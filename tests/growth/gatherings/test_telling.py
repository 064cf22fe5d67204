"""Mails about tickets and waiting lists, and who did not come."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from pathlib import Path

import icalendar
import pytest
import zxingcpp
from PIL import Image
from tests.growth.gatherings.making import Hall
from tests.people.erasing.told import Brand, brand

from lianyi.foundation.notices.folder import MailFolder
from lianyi.foundation.outbox.sending import send_due
from lianyi.growth.gatherings.arrivals import Scan, check_in
from lianyi.growth.gatherings.letters import TicketSender
from lianyi.growth.gatherings.queries import no_shows
from lianyi.growth.gatherings.telling import SETTLES_FOR, tell_missed, tell_registered
from lianyi.kernel.clock import HOUR, from_micros, system_clock, to_micros
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
    while tell_registered(hall.workspace, ADDRESS, system_clock()):
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
    assert [row.answers["name"] for row, _ in no_shows(hall.workspace, hall.gathering.id, 9)] == ["b"]


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
    assert [row.answers["name"] for row, _ in no_shows(hall.workspace, hall.gathering.id, 9)] == ["c"]
