"""Words for the closed sets of segments."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.audience.segments.schemas import Cause, Kind, State

SEGMENT_KINDS: dict[str, Promise] = {
    Kind.LIVE.value: pgettext_lazy("kind of a segment", "Live"),
    Kind.SNAPSHOT.value: pgettext_lazy("kind of a segment", "Snapshot"),
    Kind.LIST.value: pgettext_lazy("kind of a segment", "List"),
}
SEGMENT_STATES: dict[str, tuple[str, Promise]] = {
    State.BUILDING.value: ("info", pgettext_lazy("state of a segment", "Being built")),
    State.CURRENT.value: ("good", pgettext_lazy("state of a segment", "Up to date")),
    State.BROKEN.value: ("bad", pgettext_lazy("state of a segment", "Broken")),
}
CAUSES: dict[str, Promise] = {
    Cause.RULE.value: _("The rule"),
    Cause.FACTS.value: _("Something happened"),
    Cause.TIME.value: _("Time passed"),
    Cause.IDENTITY.value: _("People were merged or split"),
    Cause.MEMBER.value: _("By hand"),
}
