"""What an error of a sender means for its row: a pure function.

A row is tried at most `MOST_ATTEMPTS` times, twice as long apart each time up to an hour: about six hours in all. One
that is throttled waits as long as it is told. A sender may have other pauses (`Paces`).
"""

from datetime import datetime, timedelta

from lianyi.foundation.outbox.schemas import Again, Failed, Finds, Open, Paces, Sender, Settlement
from lianyi.kernel.errors import Refused
from lianyi.kernel.outcomes import Disconnected, Outcome, Rejected, Throttled, Unavailable

MOST_ATTEMPTS = 12
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)


def pause_after(attempt: int) -> timedelta:
    """How long to wait after the attempt of this number, counted from one."""
    return min(_FIRST_PAUSE * (1 << min(attempt - 1, 10)), _LONGEST_PAUSE)


def settlement(error: Exception, sender: Sender, attempt: int, now: datetime) -> Settlement:
    """How a row goes on after `sender` raised `error` at its `attempt`."""
    said = _said(error)
    match error:
        case Rejected() | Disconnected() | Refused():
            return Failed(said)
        case Throttled():
            return _again(said, sender, attempt, now, at_least=error.until - now)
        case Unavailable():
            return _again(said, sender, attempt, now)
        case _:
            return lost(said, sender, attempt, now)


def lost(said: str, sender: Sender | None, attempt: int, now: datetime) -> Settlement:
    """How a row goes on of which nobody knows whether it is out."""
    if sender is not None and sender.repeat_is_safe:
        return _again(said, sender, attempt, now)
    if isinstance(sender, Finds) and attempt < MOST_ATTEMPTS:
        return Open(said, now + pause_after(attempt))
    return Open(said, None)


def _again(said: str, sender: Sender, attempt: int, now: datetime, *, at_least: timedelta | None = None) -> Settlement:
    if isinstance(sender, Paces):
        pause = sender.pause_after(attempt)
    else:
        pause = pause_after(attempt) if attempt < MOST_ATTEMPTS else None
    if pause is None:
        return Failed(said)
    return Again(said, now + (pause if at_least is None else max(at_least, _FIRST_PAUSE)))


def _said(error: Exception) -> str:
    """The error's name and code; of one that is not ours the name alone, since its words may quote contents."""
    name = type(error).__name__
    match error:
        case Outcome():
            return f"{name} {error.reason}"[:120]
        case Refused():
            return f"{name} {error.code}"[:120]
        case _:
            return name[:120]
