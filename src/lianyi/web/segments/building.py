"""The builder of rules: a new segment, another rule for one, and what a rule comes to while it is written.

The form holds the rule as JSON. An island draws it as groups and conditions; without scripts the JSON is what
one edits.
"""

from typing import Any

import msgspec
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.audience.segments import actions, previewing
from lianyi.audience.segments.presets import presets
from lianyi.audience.segments.schemas import Kind
from lianyi.events.catalogue.queries import event_type
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.rules.reading import BadRule, Problem, read, write
from lianyi.web.access import Seat, seated
from lianyi.web.refusals import told
from lianyi.web.segments.beginning import beginning
from lianyi.web.segments.seen import around, moment_now, segment_at, spoken
from lianyi.web.segments.vocabulary import vocabulary_of

_KINDS = (Kind.LIVE.value, Kind.SNAPSHOT.value)


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_SEGMENTS)
def new(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new segment by a rule, which may begin as a ready-made one or as the people of another page."""
    workspace = seat.workspace.pk
    if request.method != "POST":
        ready = {one.key: one for one in presets(workspace)}
        begun = beginning(request.GET, ready)
        typed = {
            "kind": Kind.LIVE.value,
            "name": begun.name if begun else "",
            "note": begun.note if begun else "",
            "rule": pretty(write(begun.rule)) if begun else "",
        }
        return _page(request, seat, typed, {"chosen": ready.get(request.GET.get("preset", ""))})
    typed = _typed(request)
    if request.POST.get("do") == "try":
        return _page(request, seat, typed, {"tried": True, **tried(workspace, typed["rule"])})
    kind = typed["kind"] if typed["kind"] in _KINDS else Kind.LIVE.value
    try:
        rule = read(typed["rule"])
        number = actions.create_segment(
            workspace, typed["name"], rule, system_clock(), kind=Kind(kind), note=typed["note"]
        )
    except Refused as refused:
        return _page(request, seat, typed, _wrong(refused), 422)
    messages.success(request, _("The segment is made; its people are found within seconds."))
    return redirect("segment", number)


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_SEGMENTS)
def edit(request: HttpRequest, seat: Seat, segment: int) -> HttpResponse:
    """Another rule for a live segment."""
    one, workspace = segment_at(seat, segment), seat.workspace.pk
    if one.kind is not Kind.LIVE or one.rule is None:
        messages.error(request, _("Only a live segment has a rule that can change."))
        return redirect("segment", segment)
    more = around(seat, one)
    if request.method != "POST":
        typed = {"name": one.name, "note": one.note, "kind": one.kind.value, "rule": pretty(write(one.rule))}
        return _page(request, seat, typed, more)
    typed = {**_typed(request), "kind": one.kind.value}
    if request.POST.get("do") == "try":
        return _page(request, seat, typed, {**more, "tried": True, **tried(workspace, typed["rule"])})
    try:
        with transaction.atomic():
            actions.change_rule(workspace, segment, read(typed["rule"]), system_clock())
            actions.rename_segment(workspace, segment, typed["name"], typed["note"])
    except Refused as refused:
        return _page(request, seat, typed, {**more, **_wrong(refused)}, 422)
    messages.success(request, _("Changed."))
    return redirect("segment", segment)


@require_POST
@seated(Ability.SEE_PEOPLE)
def preview(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What the rule comes to: a part of the page."""
    return render(request, "web/segments/preview.html", tried(seat.workspace.pk, request.POST.get("rule", "")))


@require_safe
@seated(Ability.SEE_PEOPLE)
def properties(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The properties that events of a name had, with the type that each had most often; as JSON, for the island."""
    found = event_type(seat.workspace.pk, request.GET.get("event", ""))
    known = found.properties if found else []
    return JsonResponse({"properties": [[one.name, one.kinds[0][0] if one.kinds else ""] for one in known]})


def _page(
    request: HttpRequest, seat: Seat, typed: dict[str, str], more: dict[str, Any], status: int = 200
) -> HttpResponse:
    number = more["segment"].number if "segment" in more else None
    ready = [] if number else presets(seat.workspace.pk)
    context = {
        "typed": typed,
        "vocabulary": vocabulary_of(seat.workspace.pk, spoken(), but=number),
        "groups": [
            (_("By what they buy (RFM)"), [one for one in ready if one.group == "rfm"]),
            (_("By where they stand"), [one for one in ready if one.group == "lifecycle"]),
        ]
        if ready
        else [],
        **more,
    }
    return render(request, "web/segments/build.html", context, status=status)


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "").strip() for name in ("name", "note", "kind", "rule")}


def tried(workspace: int, text: str) -> dict[str, Any]:
    """What a rule comes to, for the part of a page that shows it."""
    if not text.strip():
        return {"nothing": True}
    try:
        found = previewing.preview(workspace, read(text), moment_now(), spoken())
    except Refused as refused:
        return {"problems": _problems(refused)}
    return {
        "count": len(found.people),
        "sample": found.sample,
        "said": found.sentence,
        "remarks": found.remarks,
    }


def _problems(refused: Refused) -> list[Problem]:
    return list(refused.problems) if isinstance(refused, BadRule) else [Problem("", refused.code, refused.whole)]


def _wrong(refused: Refused) -> dict[str, Any]:
    """What is wrong with the rule stands where it is previewed, anything else above the form."""
    if isinstance(refused, BadRule):
        return {"tried": True, "problems": _problems(refused)}
    return {"wrong": told(refused)}


def pretty(rule: Any) -> str:
    """A rule, or a part of one, as JSON that one can read."""
    return msgspec.json.format(msgspec.json.encode(rule), indent=2).decode()
