"""What the edge asks of a visitor's person is found by an index, however many people there are."""

import pytest
from django.db import connection, transaction

from lianyi.growth.forms.knowing import KNOWN
from lianyi.growth.pages.looking_up import PERSON
from lianyi.growth.surveys.serving import STANDING

pytestmark = pytest.mark.django_db(transaction=True)

ASKED = {"workspace": 1, "mark": bytes(16), "proven": b"", "names": ["email"], "survey": 1, "identity": 0,
         "response": bytes(16)}  # fmt: skip


@pytest.mark.parametrize("query", [PERSON, KNOWN, STANDING])
def test_the_identities_of_a_person_are_looked_for_by_their_index(query: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # which is quickest while the tables are empty
        cursor.execute(f"EXPLAIN (COSTS OFF) {query}", ASKED)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "identity_moved" in plan
    assert "Seq Scan" not in plan
