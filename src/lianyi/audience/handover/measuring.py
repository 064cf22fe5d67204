"""How fast and how often members accept, and what becomes of people by where they came from."""

from decimal import Decimal
from typing import NamedTuple

from django.db import connection

_BY_MEMBER = """
SELECT member, count(*),
    count(*) FILTER (WHERE outcome = 'accepted'), count(*) FILTER (WHERE outcome = 'rejected'),
    count(*) FILTER (WHERE outcome = 'expired'), count(*) FILTER (WHERE outcome = ''),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY worked) FILTER (WHERE outcome = 'accepted')
FROM handover_take WHERE workspace = %s AND offered_at >= %s AND offered_at < %s AND outcome NOT IN ('merged', 'passed')
GROUP BY member ORDER BY 3 DESC, 2 DESC, member LIMIT 500
"""
_BY_SOURCE = """
SELECT t.channel, count(DISTINCT t.handover),
    count(DISTINCT t.handover) FILTER (WHERE t.outcome = 'accepted'),
    count(DISTINCT t.handover) FILTER (WHERE t.outcome = 'rejected'),
    count(*) FILTER (WHERE t.outcome = 'expired'),
    count(DISTINCT t.handover) FILTER (WHERE t.outcome = ''),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY t.worked) FILTER (WHERE t.outcome = 'accepted')
FROM handover_take t
WHERE t.workspace = %s AND t.offered_at >= %s AND t.offered_at < %s AND t.outcome NOT IN ('merged', 'passed')
GROUP BY t.channel ORDER BY 3 DESC, 2 DESC, t.channel LIMIT 500
"""
_WON = """
SELECT {by}, state, count(*), coalesce(currency, ''), sum(amount) FROM handover
WHERE workspace = %s AND offered_at >= %s AND offered_at < %s AND state IN ('won', 'lost')
GROUP BY 1, 2, 4 ORDER BY 1, 2, 4
"""


class Pace(NamedTuple):
    """What became of the offers of a period, to a member or to people of a source."""

    of: int | str  # a member, or a channel
    offered: int
    accepted: int
    rejected: int
    expired: int
    waiting: int
    median: float | None  # seconds of working time until it was accepted
    won: int
    lost: int
    amounts: tuple[tuple[str, Decimal], ...]  # currency, what was won in it

    @property
    def rate(self) -> float | None:
        """The share that was accepted of those that were answered or ran out; None where there is none."""
        ended = self.offered - self.waiting
        return self.accepted / ended if ended else None


def pace_by_member(workspace: int, since: int, until: int) -> list[Pace]:
    """By member, of offers in [since, until) (µs); whoever accepted the most comes first."""
    return _pace(_BY_MEMBER, "member", workspace, since, until)


def pace_by_source(workspace: int, since: int, until: int) -> list[Pace]:
    """By the channel that people came from last when they were offered."""
    return _pace(_BY_SOURCE, "channel", workspace, since, until)


def _pace(query: str, by: str, workspace: int, since: int, until: int) -> list[Pace]:
    with connection.cursor() as cursor:
        cursor.execute(query, [workspace, since, until])
        rows = cursor.fetchall()
        cursor.execute(_WON.format(by=by), [workspace, since, until])
        ends = cursor.fetchall()
    found = []
    for of, offered, accepted, rejected, expired, waiting, median in rows:
        own = [row[1:] for row in ends if row[0] == of]
        won, lost = (sum(many for state, many, _, _ in own if state == wanted) for wanted in ("won", "lost"))
        amounts = tuple((currency, total) for state, _, currency, total in own if state == "won" and total is not None)
        found.append(Pace(of, offered, accepted, rejected, expired, waiting, median, won, lost, amounts))
    return found
