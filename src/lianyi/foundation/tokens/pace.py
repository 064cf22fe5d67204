"""How fast a token may call: LIMIT calls a minute, spread as it likes, counted for all processes together.

One statement on one row a call, in a table that is not logged: a crash forgets the pace and nothing else. The row holds
until when the calls so far are paid for; each costs its share of the window, and none may be further ahead than it.
"""

import math

from django.db import connection

from lianyi.foundation.tokens.schemas import Allowance

LIMIT = 600  # calls
WINDOW = 60  # seconds

_TAKE = """
    INSERT INTO api_pace AS pace (token, until) VALUES (%(token)s, %(now)s + %(share)s)
    ON CONFLICT (token) DO UPDATE SET until = greatest(pace.until, %(now)s) + %(share)s
    WHERE greatest(pace.until, %(now)s) + %(share)s <= %(now)s + %(window)s
    RETURNING until
"""


def take(token: int, now: float, limit: int = LIMIT) -> Allowance:
    """Counts one call at `now` (seconds since 1970), unless it is one too many: then `wait` says how long to wait."""
    share = WINDOW / limit
    values = {"token": token, "now": now, "share": share, "window": WINDOW + share / 1000}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        row = cursor.fetchone()
        if row is not None:
            ahead = max(0.0, row[0] - now)
            return Allowance(limit, WINDOW, int((WINDOW - ahead) / share + 0.001), math.ceil(ahead), None)
        cursor.execute("SELECT until FROM api_pace WHERE token = %s", [token])
        ahead = max(0.0, cursor.fetchone()[0] - now)
    return Allowance(limit, WINDOW, 0, math.ceil(ahead), max(1, math.ceil(ahead + share - WINDOW)))
