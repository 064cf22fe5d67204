"""How people are handed over to sales: the time to accept, the pause, and the rules by which a member is found."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianyi.audience.handover.actions import set_assignment
from lianyi.audience.handover.queries import assignment, takers
from lianyi.audience.handover.schemas import Assignment, AssignmentRule, Way
from lianyi.audience.segments.previewing import names
from lianyi.audience.segments.queries import segments
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.members.queries import member_here, names_of
from lianyi.kernel.errors import Refused
from lianyi.people.profiles.queries import trait_catalogue
from lianyi.rules.describing import describe
from lianyi.rules.nodes import InSegment
from lianyi.rules.reading import read, write
from lianyi.web.access import Seat, seated
from lianyi.web.asked import PERSONS, number_in
from lianyi.web.labels import WAYS
from lianyi.web.saving import lines_of, saved, tell


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
    kept = replace(assignment(seat.workspace.pk), accept_minutes=hours * 60, pause_days=days)
    refused = saved(request, lambda: set_assignment(seat.workspace.pk, kept), _("Saved."))
    return _page(request, seat, times=refused) if refused else redirect("settings-handover")


@require_POST
@seated(Ability.EDIT_SETTINGS)
def add(request: HttpRequest, seat: Seat) -> HttpResponse:
    """One more rule, behind the others."""

    def write_it() -> None:
        before = assignment(seat.workspace.pk)
        rule = _typed(request, seat)
        set_assignment(seat.workspace.pk, replace(before, rules=(*before.rules, rule)))

    refused = saved(request, write_it, _("Saved."))
    return _page(request, seat, rule=refused) if refused else redirect("settings-handover")


@require_POST
@seated(Ability.EDIT_SETTINGS)
def press(request: HttpRequest, seat: Seat, place: int, button: str) -> HttpResponse:
    """A rule goes up, or away."""
    before = assignment(seat.workspace.pk)
    rules = list(before.rules)
    if not 1 <= place <= len(rules) or button not in ("up", "remove"):
        raise Http404(button)
    moved = rules.pop(place - 1)
    if button == "up":
        rules.insert(max(place - 2, 0), moved)
    tell(request, saved(request, lambda: set_assignment(seat.workspace.pk, replace(before, rules=tuple(rules)))))
    return redirect("settings-handover")


def _typed(request: HttpRequest, seat: Seat) -> AssignmentRule:
    said = request.POST
    way = said.get("way", "")
    if way not in set(Way):
        raise Refused("handover.way", "How the member is found is missing.", "Choose one.")
    segment = number_in(said.get("segment", ""), PERSONS)
    chosen = [number for text in said.getlist("member") if (number := number_in(text, PERSONS)) is not None]
    return AssignmentRule(
        name=said.get("name", "").strip(),
        way=Way(way),
        rule=None if segment is None else write(InSegment(segment=segment)),
        members=tuple(chosen[:1] if way == Way.MEMBER else chosen),
        trait=said.get("trait", ""),
        table=_table(seat.workspace.pk, said.get("table", "")) if way == Way.TABLE else {},
    )


def _table(workspace: int, text: str) -> dict[str, int]:
    """Lines of a value and the address of a member: 上海 = east@example.com."""
    table = {}
    for line in lines_of(text):
        value, _sign, address = (part.strip() for part in line.rpartition("="))
        if not value or not address:
            raise Refused("handover.line", "{line!r} has no value and member.", "Write value = e-mail.", line=line)
        table[value] = member_here(workspace, address)
    return table


def _count(text: str) -> int:
    typed = text.strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else -1


def _page(
    request: HttpRequest, seat: Seat, *, times: Refused | None = None, rule: Refused | None = None
) -> HttpResponse:
    workspace = seat.workspace.pk
    found = assignment(workspace)
    able = names_of(takers(workspace))
    typed: Mapping[str, Any] = request.POST
    context = {
        "hours": typed.get("hours", "") if times else max(1, round(found.accept_minutes / 60)),
        "days": typed.get("days", "") if times else found.pause_days,
        "rules": _told(seat, found),
        "members": able,
        "segments": segments(workspace),
        "traits": trait_catalogue(workspace),
        "ways": WAYS,
        "times": times,
        "rule": rule,
        "typed": typed if rule else {},
        "chosen": request.POST.getlist("member") if rule else [],
    }
    return render(request, "web/settings/handover.html", context, status=422 if times or rule else 200)


def _told(seat: Seat, found: Assignment) -> list[dict[str, Any]]:
    """Each rule in words: for whom, how, and to whom."""
    words = names(seat.workspace.pk, get_language() or "")
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
