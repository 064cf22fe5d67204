"""Events that the edge makes itself of what visitors do: clicks, views of pages, submissions."""

from collections.abc import Sequence

from lianyi.edge.appender import Appender
from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.appending import own_row


class Recorder:
    """Puts them into the log, durably."""

    def __init__(self, appender: Appender) -> None:
        self._appender = appender

    async def record(self, workspace: int, events: Sequence[OwnEvent], received_at: int) -> None:
        """Returns when the events are on disk. `appender.Unavailable` when they may not be; an id counts once, so the
        same may be recorded again.
        """
        await self._appender.append(own_row(workspace, events, received_at))
