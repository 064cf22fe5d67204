"""Events as they arrive, and dead letters: listed by reason, looked at, taken in again, dropped, and nobody else's."""

from collections.abc import Callable

import pytest
from django.db import connection
from tests.web.conftest import Brand

from lianyi.events.log.letters import newest, reasons
from lianyi.foundation.audit.models import AuditLine

pytestmark = pytest.mark.django_db(transaction=True)
HOSTILE = b'{"type":"track","event":"<script>alert(1)</script>","userId":"u"}'


def bury(brand: Brand, reason: str, body: bytes = HOSTILE) -> int:
    """A letter of the door's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dead_letter (workspace_id, key, form, received_at, reason, detail, body, projector) "
            "VALUES (%s, %s, 'segment', 1700000000000000, %s, 'said so', %s, 'intake') RETURNING id",
            [brand.workspace.pk, brand.key.id, reason, body],
        )
        return int(cursor.fetchone()[0])


def test_the_tail_shows_what_came_last(brand: Brand) -> None:
    client = brand.visitor()
    assert "They appear here as they arrive." in client.get("/events").text
    brand.send({"userId": "u", "event": "Product Viewed"}, {"userId": "u", "event": "Odd <b>"})
    page = client.get("/events")
    assert [one.name for one in page.context["events"]] == ["Odd <b>", "Product Viewed"]
    assert "Odd &lt;b&gt;" in page.text
    assert client.get("/events", headers={"HX-Target": "tail"}).text.count("<li") == 2


def test_letters_are_listed_by_reason_a_page_at_a_time(brand: Brand) -> None:
    ids = [bury(brand, "name.missing") for _ in range(60)] + [bury(brand, "time.future")]
    client = brand.visitor()
    first = client.get("/events/dead-letters")
    assert [one.id for one in first.context["letters"]] == ids[:-51:-1]
    rest = client.get("/events/dead-letters", {"before": first.context["further"]})
    assert [one.id for one in rest.context["letters"]] == ids[10::-1]
    assert first.context["reasons"] == reasons(brand.workspace.pk) == ["name.missing", "time.future"]
    assert [one.id for one in client.get("/events/dead-letters?reason=time.future").context["letters"]] == ids[-1:]


def test_a_letter_is_looked_at_safely_taken_in_again_and_dropped(brand: Brand) -> None:
    good, bad = bury(brand, "key.unknown"), bury(brand, "name.missing", b'{"type":"track","userId":"u"}')
    client = brand.visitor()
    page = client.get(f"/events/dead-letters/{good}").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert client.post(f"/events/dead-letters/{good}/replay").status_code == 302
    refused = client.post(f"/events/dead-letters/{bad}/replay")
    assert refused.status_code == 422
    assert "still cannot be taken" in refused.text
    assert client.post(f"/events/dead-letters/{bad}/drop").status_code == 302
    assert [(one.id, one.replayed_at is not None) for one in newest(brand.workspace.pk, 9)] == [(good, True)]
    assert [one.action for one in AuditLine.objects.filter(action__startswith="letter.").order_by("pk")] == [
        "letter.replayed",
        "letter.dropped",
    ]


def test_another_workspace_s_letters_are_not_there(new_brand: Callable[[], Brand]) -> None:
    mine, other = new_brand(), new_brand()
    letter = bury(mine, "name.missing")
    client = other.visitor()
    assert client.get("/events/dead-letters").context["letters"] == []
    for what in ("", "/replay", "/drop"):
        ask = client.post if what else client.get
        assert ask(f"/events/dead-letters/{letter}{what}").status_code == 404
    assert len(newest(mine.workspace.pk, 9)) == 1
