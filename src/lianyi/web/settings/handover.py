"""How people are handed over to sales: the time to accept, the pause, and the rules by which a member is found."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianyi.audience.handover.actions import set_assignment
from lianyi.audience.handover.queries import assignment, takers
from lianyi.audience.handover.schemas import Assignment, AssignmentChanged
from lianyi.audience.segments.previewing import names
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.members.queries import names_of
from lianyi.kernel.errors import Refused
from lianyi.people.profiles.queries import trait_catalogue
from lianyi.rules.describing import describe
from lianyi.rules.reading import BadRule, read
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.labels import WAYS
from lianyi.web.refusals import told
from lianyi.web.saving import saved, tell
from lianyi.web.segments.building import tried
from lianyi.web.segments.seen import spoken
from lianyi.web.segments.vocabulary import vocabulary_of
from lianyi.web.settings.handover_form import EMPTY, TIMES, Typed, inside, place_of, rule_of, typed_in, typed_of


@require_safe
@seated(Ability.EDIT_SETTINGS)
def handover(request: HttpRequest, seat: Seat) -> HttpResponse:
    """How it is done now."""
    return _page(request, seat)


@require_POST
@seated(Ability.EDIT_SETTINGS)
def change(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Another time to accept, another pause."""
    hours, days = (_count(request.POST.get(name, "")) for name in ("hours", "days"))
    before = assignment(seat.workspace.pk)
    kept = replace(before, accept_minutes=hours * 60, pause_days=days)
    refused = saved(request, lambda: set_assignment(seat.workspace.pk, kept, seen=before), _("Saved."))
    return _page(request, seat, times=refused) if refused else redirect("settings-handover")


@require_safe
@seated(Ability.EDIT_SETTINGS)
def edit(request: HttpRequest, seat: Seat, place: int) -> HttpResponse:
    """One of the rules in the form."""
    rules = assignment(seat.workspace.pk).rules
    if not 1 <= place <= len(rules):
        raise Http404(place)
    return _page(request, seat, typed=typed_of(seat.workspace.pk, rules[place - 1], place))


@require_POST
@seated(Ability.EDIT_SETTINGS)
def add(request: HttpRequest, seat: Seat) -> HttpResponse:
    """One more rule, behind the others; or another instead of the one at a place."""
    typed, workspace = typed_in(request.POST), seat.workspace.pk
    before = assignment(workspace)
    place = number_in(typed.place) or len(before.rules) + 1
    if request.POST.get("do") == "try":
        return _page(request, seat, typed=typed, shown=tried(workspace, typed.rule))

    def write_it() -> None:
        rules = list(before.rules)
        if typed.place and [rule.name for rule in rules[place - 1 : place]] != [typed.was]:
            raise AssignmentChanged
        rules[place - 1 : place] = [rule_of(workspace, typed)]
        set_assignment(workspace, replace(before, rules=tuple(rules)), seen=before)

    refused = saved(request, write_it, _("Saved."))
    if refused is None:
        return redirect("settings-handover")
    return _page(request, seat, typed=typed, rule=inside(refused, f"rules[{place - 1}].rule"))


@require_POST
@seated(Ability.EDIT_SETTINGS)
def press(request: HttpRequest, seat: Seat, place: int, button: str) -> HttpResponse:
    """A rule goes up, or away. The form names it: pressed twice, the next one stands at its place."""
    before = assignment(seat.workspace.pk)
    rules = list(before.rules)
    if not 1 <= place <= len(rules) or button not in ("up", "remove"):
        raise Http404(button)
    moved = rules.pop(place - 1)
    if button == "up":
        rules.insert(max(place - 2, 0), moved)

    def write_it() -> None:
        if moved.name != request.POST.get("name"):
            raise AssignmentChanged
        set_assignment(seat.workspace.pk, replace(before, rules=tuple(rules)), seen=before)

    tell(request, saved(request, write_it))
    return redirect("settings-handover")


def _count(text: str) -> int:
    typed = text.strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else -1


def _page(
    request: HttpRequest,
    seat: Seat,
    *,
    times: Refused | None = None,
    rule: Refused | None = None,
    typed: Typed = EMPTY,
    shown: Mapping[str, Any] | None = None,
) -> HttpResponse:
    workspace = seat.workspace.pk
    found = assignment(workspace)
    said: Mapping[str, Any] = request.POST
    field = place_of(rule, typed) if rule else ""
    context = {
        "hours": said.get("hours", "") if times else max(1, round(found.accept_minutes / 60)),
        "days": said.get("days", "") if times else found.pause_days,
        "times": times,
        "wrong_times": {TIMES[times.code]: told(times)} if times and times.code in TIMES else {},
        "rules": _told(seat, found),
        "members": names_of({*takers(workspace), *(number for text in typed.members if (number := number_in(text)))}),
        "traits": trait_catalogue(workspace),
        "ways": WAYS,
        "typed": typed,
        "rule": rule,
        "wrong": {field: told(rule)} if rule and field else {},
        "vocabulary": vocabulary_of(workspace, spoken()),
        "shown": {"problems": rule.problems} if isinstance(rule, BadRule) else shown,
    }
    return render(request, "web/settings/handover.html", context, status=422 if times or rule else 200)


def _told(seat: Seat, found: Assignment) -> list[dict[str, Any]]:
    """Each rule in words: for whom, how, and to whom."""
    words = names(seat.workspace.pk, spoken())
    members = names_of({one for rule in found.rules for one in (*rule.members, *rule.table.values())})
    return [
        {
            "name": rule.name,
            "way": WAYS[rule.way.value],
            "holds": None if rule.rule is None else describe(read(dict(rule.rule)), words).told(_),
            "members": [members.get(one, f"#{one}") for one in rule.members],
            "trait": rule.trait,
            "table": [(value, members.get(one, f"#{one}")) for value, one in rule.table.items()],
        }
        for rule in found.rules
    ]
