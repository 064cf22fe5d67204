"""Words for the closed sets of gatherings."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.growth.gatherings.lines import State
from lianyi.growth.gatherings.seats import Seat

STATES: dict[State, tuple[str, Promise]] = {
    State.DRAFT: ("plain", pgettext_lazy("a gathering", "Draft")),
    State.PUBLISHED: ("good", pgettext_lazy("a gathering", "Takes registrations")),
    State.CLOSED: ("warn", pgettext_lazy("a gathering", "Closed")),
    State.CALLED_OFF: ("bad", pgettext_lazy("a gathering", "Called off")),
    State.ARCHIVED: ("plain", pgettext_lazy("a gathering", "Archived")),
}
_OVER = ("plain", pgettext_lazy("a gathering", "Over"))


def state_of(state: State, ends_at: int | None, now: int) -> tuple[str, Promise]:
    """The tone and the word for what has become of a gathering; one that is over takes no registrations."""
    over = ends_at is not None and ends_at < now and state in (State.PUBLISHED, State.CLOSED)
    return _OVER if over else STATES[state]


SEATS: dict[Seat, tuple[str, Promise]] = {
    Seat.SEATED: ("good", _("Has a seat")),
    Seat.WAITING: ("warn", pgettext_lazy("a registration", "Waits")),
    Seat.CANCELLED: ("plain", _("Has cancelled")),
    Seat.REPEATED: ("plain", _("Registered twice")),
}
KINDS: dict[str, Promise] = {
    "text": _("One line"),
    "long_text": _("Several lines"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "number": _("Number"),
    "choice": _("One of several"),
    "choices": _("Any of several"),
    "consent": _("A line to agree to"),
}
TARGETS: dict[str, Promise] = {
    "": _("only into the registration"),
    "trait:name": _("Name of the person"),
    "email": _("E-mail of the person"),
    "phone": _("Phone of the person"),
    "trait:company": _("Company of the person"),
    "trait:city": _("City of the person"),
}
