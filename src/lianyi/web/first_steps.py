"""The first steps of an empty workspace: a snippet to copy, the first event, a file, the first person, scores.

Whether a step is done is asked of what is there, each time, by a look into an index; that the snippet was copied is
known by its button, in the session, or by the first event. A browser's key stands in the snippets, since it is public;
a server's key is a secret, stands nowhere here, and is made in the settings.
"""

from collections.abc import Container
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from lianyi.audience.scoring.queries import scoring
from lianyi.events.catalogue.queries import any_came_by_key
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.members.own.actions import close_guide
from lianyi.foundation.members.queries import guide_closed
from lianyi.foundation.workspaces.actions import create_write_key
from lianyi.foundation.workspaces.queries import public_key
from lianyi.foundation.workspaces.schemas import KeyKind
from lianyi.people.imports.uploads.queries import any_import
from lianyi.people.profiles.queries import newest_people
from lianyi.web.access import Seat, seated

WAYS = {
    "website": gettext_lazy("Website"),
    "segment": "Segment",
    "sensors": gettext_lazy("Sensors Data"),
    "curl": "curl",
}

# Of the steps behind the signing in, in their order.
NAMES = (
    gettext_lazy("Copy the snippet"),
    gettext_lazy("See the first event arrive"),
    gettext_lazy("Import a file"),
    gettext_lazy("See the first person"),
    gettext_lazy("Score people"),
)


class Steps(NamedTuple):
    """What is there already; `person` is the number of the newest one, 0 for nobody."""

    key: str
    copied: bool
    event: bool
    imported: bool
    person: int
    scored: bool

    @property
    def done(self) -> int:
        """How many of them, the signing in included."""
        return 1 + sum(self._told)

    @property
    def ahead(self) -> str:
        """The first that is not done, in words; empty when all are."""
        return str(next((name for name, done in zip(NAMES, self._told, strict=True) if not done), ""))

    @property
    def _told(self) -> tuple[bool, ...]:
        return self.copied or self.event, self.event, self.imported, bool(self.person), self.scored


STEPS = 1 + len(NAMES)
_COPIED = "copied:"  # in the session, with the workspace


def steps_of(workspace: int, session: Container[str]) -> Steps:
    """What is there, and what this session's member did."""
    newest = newest_people(workspace, 1)
    person = newest[0].number if newest else 0
    return Steps(
        public_key(workspace),
        f"{_COPIED}{workspace}" in session,
        any_came_by_key(workspace),
        any_import(workspace),
        person,
        scoring(workspace).taken,
    )


def card_for(request: HttpRequest, seat: Seat) -> Steps | None:
    """The steps for the overview; None when all are done, when the member wants no more of them, or may not do them."""
    if Ability.EDIT_KEYS not in seat.actor.abilities or guide_closed(seat.member, seat.workspace.pk):
        return None
    steps = steps_of(seat.workspace.pk, request.session)
    return steps if steps.done < STEPS else None


@require_safe
@seated(Ability.EDIT_KEYS)
def first_steps(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The page; of the list alone when it asks for that."""
    return first_page(request, seat)


def first_page(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The steps with the snippets, as the page itself and in the place of an empty overview."""
    way = request.GET.get("way", "")
    context: dict[str, Any] = {
        "steps": steps_of(seat.workspace.pk, request.session),
        "all": STEPS,
        "live": seat.live,
        "ways": WAYS,
        "way": way if way in WAYS else "website",
        "address": request.build_absolute_uri("/").rstrip("/"),
        "project": seat.workspace.slug.replace("-", "_"),
    }
    part = request.headers.get("HX-Target") == "steps"
    return render(request, "web/parts/first_steps.html" if part else "web/first_steps.html", context)


@require_POST
@seated(Ability.EDIT_KEYS)
def make_key(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A browser key for the snippets, unless there is one."""
    if not public_key(seat.workspace.pk):
        create_write_key(seat.workspace, KeyKind.BROWSER, _("Website"))
        messages.success(request, _("The key is made. Copy the snippet."))
    return redirect("first-steps")


@require_POST
@seated(Ability.EDIT_KEYS)
def copied(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The button was pressed, and the snippet is in the clipboard."""
    request.session[f"{_COPIED}{seat.workspace.pk}"] = True
    return first_page(request, seat)


@require_POST
@seated(Ability.SEE_REPORTS)
def close(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The card goes from this member's overview."""
    del request
    close_guide(seat.member, seat.workspace.pk)
    return redirect("overview")
