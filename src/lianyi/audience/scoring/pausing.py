"""Whom sales let go counts as nurture for a while, however hot they are; then they are what their scores say again,
which is told as what time did.

Until when is a column of its own. It is a record and follows from no scores: whoever keeps it says it here.
"""

from collections.abc import Mapping

import numpy as np
from pyroaring import BitMap

from lianyi.audience.scoring import storing
from lianyi.audience.scoring.definitions import Known
from lianyi.audience.scoring.schemas import Cause
from lianyi.audience.scoring.storing import News
from lianyi.events.log.queries import cursor_of
from lianyi.people.columns import names
from lianyi.people.columns.actions import put_differing
from lianyi.people.columns.parts import Kind, nothing, part

_known = Known()


def pause(workspace: int, until: Mapping[int, int], now: int, *, batch: int | None = None) -> None:
    """These people count as nurture until the moment (µs) that each is given; one that has passed ends a pause. In the
    caller's transaction, with the projection held still; `batch` is the one that is being projected.
    """
    if not until:
        return
    people = sorted(until)
    lasting = [one for one in people if until[one] > now]
    pauses = part(Kind.MOMENT, np.array(lasting, np.uint32), np.array([until[one] for one in lasting], np.int64))
    about = BitMap(people)
    definition = _known.of(workspace)
    if definition is None or definition.due:  # whoever scores everybody looks at pauses too
        at = cursor_of(workspace, "columns") if batch is None else batch
        put_differing(workspace, at, {names.PAUSED: (pauses, about)})
        return
    none = nothing(Kind.NUMBER)
    news = News(none, BitMap(), none, BitMap(), looked=about, pauses=pauses, paused=about)
    now = max(now, definition.asked_at)
    storing.write(workspace, definition.settings, news, now=now, cause=Cause.HANDOVER, batch=batch)
