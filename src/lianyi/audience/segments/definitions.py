"""Live segments as the pipeline sees them: their rules, what these need, and in which order they are asked."""

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

from django.db import connection

from lianyi.audience.segments.models import SegmentRow
from lianyi.audience.segments.schemas import Kind, State
from lianyi.kernel.errors import Refused
from lianyi.rules.needing import Needs, leaves, needs
from lianyi.rules.nodes import Leaf, Rule
from lianyi.rules.reading import read


class Live(NamedTuple):
    """A live segment whose rule can be answered."""

    number: int
    rule: Rule
    needs: Needs
    state: State


class Definitions(NamedTuple):
    """The live segments of a workspace, inner ones first, and the numbers of all segments."""

    edition: int
    live: tuple[Live, ...]
    every: tuple[int, ...]
    version: int = 0  # of the columns, up to which their news were asked about
    likelihood: str = ""  # the stamp of the likelihoods by which rules were asked

    @property
    def leaves(self) -> list[Leaf]:
        """All that the rules ask."""
        return [leaf for one in self.live for leaf in leaves(one.rule)]

    def with_snapshot(self, number: int, rule: Rule) -> "Definitions":
        """These and a snapshot, to be asked once as if it were live."""
        return self._replace(live=(*self.live, Live(number, rule, needs(rule), State.BUILDING)))


NONE = Definitions(0, (), ())


class Known:
    """Definitions by workspace; read again when a stamp says that one has changed."""

    def __init__(self) -> None:
        self._read: dict[int, Definitions] = {}

    def of(self, workspace: int) -> Definitions:
        """Those of now: one short question as long as none changes."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT edition, version, likelihood FROM segment_stamp WHERE workspace = %s", [workspace])
            row = cursor.fetchone()
        if row is None:
            return NONE
        known = self._read.get(workspace)
        if known is None or known.edition != row[0]:
            known = self._read[workspace] = _definitions(workspace, row[0])
        return known._replace(version=row[1], likelihood=row[2])


def _definitions(workspace: int, edition: int) -> Definitions:
    rows = list(SegmentRow.objects.filter(workspace=workspace).order_by("number"))
    live = {}
    for row in rows:
        if row.kind == Kind.LIVE and row.state != State.BROKEN and row.rule is not None:
            rule = rule_in(row.rule)
            if rule is None:  # a newer version wrote it: its members stay, and the others go on
                continue
            live[row.number] = Live(row.number, rule, needs(rule), State(row.state))
    return Definitions(edition, tuple(live[number] for number in _in_order(live)), tuple(row.number for row in rows))


def rule_in(document: Mapping[str, Any]) -> Rule | None:
    """The rule that is stored so; None where this version cannot read it."""
    try:
        return read(document)
    except Refused:
        return None


def _in_order(live: Mapping[int, Live]) -> list[int]:
    """Inner segments before those that ask for them."""
    inner = {number: sorted(one.needs.segments & live.keys()) for number, one in sorted(live.items())}
    return list(TopologicalSorter(inner).static_order())


def refuse_ring(numbers: Mapping[int, Sequence[int]], names: Mapping[int, str]) -> None:
    """Refuses segments that ask for one another in a ring, and names it. `numbers` are the inner ones of each."""
    try:
        TopologicalSorter(numbers).prepare()
    except CycleError as error:
        ring = " → ".join(names.get(number, str(number)) for number in reversed(error.args[1]))
        raise Refused(
            "segment.ring",
            "These segments would ask for one another in a ring: {ring}.",
            "Leave one of them out of the rule.",
            ring=ring,
        ) from None
