"""What the process remembers of presence: it spares look-ups and never hides anything from the database."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.people.profiles.builders import cookie, event, moment

from lianyi.events.schemas import Batch
from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.kernel.clock import DAY
from lianyi.people.identity.projector import IdentityProjector
from lianyi.people.profiles.persons.presence import Memory, Seen, presence_of, seen_in
from lianyi.people.profiles.projector import ProfilesProjector

sightings = st.lists(
    st.dictionaries(st.integers(1, 3000), st.tuples(st.integers(0, 9), st.integers(0, 3)), max_size=4), max_size=6
)


def seen_of(rows) -> Seen:
    numbers = sorted(rows)
    return Seen(
        *(
            np.array(column, np.int64)
            for column in (numbers, [rows[n][0] for n in numbers], [rows[n][1] for n in numbers])
        )
    )


@given(sightings)
def test_the_memory_lets_through_whatever_would_change_what_is_stored(batches):
    memory = Memory()
    stored: dict[int, tuple[int, int]] = {}
    for rows in batches:
        news = memory.news(1, 0, seen_of(rows))
        let_through = set(news.numbers.tolist())
        for number, (first_at, last_on) in rows.items():
            before = stored.get(number)
            after = (min(first_at, before[0]), max(last_on, before[1])) if before else (first_at, last_on)
            assert before == after or number in let_through
            stored[number] = after
        memory.learn(1, 0, news)
    assert memory.news(1, 0, seen_of(stored)).numbers.tolist() == []
    assert memory.news(1, 1, seen_of(stored)).numbers.tolist() == sorted(stored)
    assert memory.news(2, 0, seen_of(stored)).numbers.tolist() == sorted(stored)


def test_a_batch_without_people_shows_nobody():
    batch = Batch(1, 1, [event("purchase", "2024-01-01")], [0])
    assert [column.tolist() for column in seen_in(batch)] == [[], [], []]
    assert [column.tolist() for column in seen_in(Batch(1, 1, [], []))] == [[], [], []]


@pytest.mark.django_db(transaction=True)
def test_one_projector_for_many_batches_keeps_what_fresh_ones_would():
    kept = []
    for fresh in (True, False):
        workspace = create_workspace(f"presence-{fresh}".lower(), "P").pk
        projector, numbering = ProfilesProjector(), IdentityProjector()
        start = moment("2024-01-01")
        for number, hour in enumerate([5, 6, 30, 29, 2, 30, 54, 1], 1):
            events = [
                event("page.viewed", start + hour * DAY // 24, cookie(f"c{place % 3}")) for place in range(number)
            ]
            batch = Batch(workspace, number, events, [])
            numbering.project(batch)
            (ProfilesProjector() if fresh else projector).project(batch)
        kept.append(presence_of(workspace, range(1, 9)))
        for derived in (projector, numbering):
            derived.forget(workspace)
    assert kept[0] == kept[1]
    assert kept[0][1] == (moment("2024-01-01T01:00:00"), moment("2024-01-03") // DAY)
