"""What the worker does for segments of several workspaces."""

import pytest
from django.db import connection
from tests.people.erasing.told import brand, identify

from lianyi.assembly.segments import _Keeping
from lianyi.audience.segments import actions, queries
from lianyi.audience.segments.schemas import State
from lianyi.kernel.clock import system_clock
from lianyi.rules.reading import read

RULE = {"kind": "trait", "trait": "city", "is": {"test": "known"}}


def test_what_is_wrong_with_one_workspace_hinders_no_other(transactional_db: None) -> None:
    with brand() as one, brand() as other:
        numbers = []
        for made in (one, other):
            made.send(identify("a", city="x"))
            made.run(to_lake=False)
            numbers.append(actions.create_segment(made.workspace, "s", read(RULE), system_clock()))
        with connection.cursor() as cursor:  # a set that nobody can read
            cursor.execute("UPDATE segment_members SET members = 'x' WHERE workspace = %s", [one.workspace])
        with pytest.raises(ValueError, match="bitmap"):
            _Keeping().work(lambda: False)
        assert queries.segment(other.workspace, numbers[1]).state is State.CURRENT
        assert list(queries.members(other.workspace, numbers[1])) == [other.person("user_id", "a")]
