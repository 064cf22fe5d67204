"""Waiting for a lock no longer than whoever asked would."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection

from lianyi.kernel.errors import Refused

_NOT_AVAILABLE = "55P03"  # PostgreSQL's lock_not_available


@contextmanager
def waiting(most: int, too_long: Callable[[], Refused]) -> Iterator[None]:
    """In a transaction: a lock that does not come within `most` ms raises `too_long`. Behind the block one waits as
    long as it takes again.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {most}")
            yield
            cursor.execute("SET LOCAL lock_timeout = 0")
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == _NOT_AVAILABLE:
            raise too_long() from None
        raise
