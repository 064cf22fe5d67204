"""Webhooks: made, changed, switched, their secret shown once, their log with what was answered and a way to resend."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.webhooks import actions, queries
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.saving import found, lines_of, saved, tell

_AT_ONCE = 50

# What a button of the page does: the action, and what is said afterwards.
_BUTTONS: dict[str, tuple[Callable[[int, int], object], str | Promise]] = {
    "on": (lambda at, one: actions.switch_on(at, one, system_clock()), _("The webhook is on.")),
    "off": (actions.switch_off, _("The webhook is off.")),
    "test": (
        lambda at, one: actions.send_test(at, one, system_clock()),
        _("A test event is on its way: it appears in the log."),
    ),
    "remove": (actions.remove_endpoint, _("The webhook is removed.")),
}


@require_safe
@seated(Ability.EDIT_KEYS)
def webhooks(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The list, with the form for a new one."""
    return _list(request, seat)


@sensitive_variables("secret")
@require_POST
@seated(Ability.EDIT_KEYS)
def create(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new webhook; its secret stands on this page and on no other."""
    said = request.POST
    try:
        number, secret = actions.create_endpoint(
            seat.workspace.pk,
            said.get("url", ""),
            lines_of(said.get("events", "")),
            system_clock(),
            settings.ENVIRONMENT.webhooks,
            label=said.get("label", ""),
        )
    except Refused as refused:
        return _list(request, seat, refused)
    return _one(request, seat, number, secret=secret.reveal())


@require_safe
@seated(Ability.EDIT_KEYS)
def webhook(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """One webhook and its log, the newest first; `before` is the number that the page before ended with."""
    return _one(request, seat, number)


@require_POST
@seated(Ability.EDIT_KEYS)
def change(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """Another address, other events, another label."""
    said, reach = request.POST, settings.ENVIRONMENT.webhooks
    url, events, label = said.get("url", ""), lines_of(said.get("events", "")), said.get("label", "")
    refused = saved(
        request,
        lambda: actions.change_endpoint(seat.workspace.pk, number, url, events, reach, label=label),
        _("Saved."),
    )
    return _one(request, seat, number, refused=refused) if refused else redirect("settings-webhooks-one", number)


@require_POST
@seated(Ability.EDIT_KEYS)
def press(request: HttpRequest, seat: Seat, number: int, button: str) -> HttpResponse:
    """On, off, test, or remove."""
    if button not in _BUTTONS:
        raise Http404(button)
    action, done = _BUTTONS[button]
    tell(request, saved(request, lambda: action(seat.workspace.pk, number), done))
    return redirect("settings-webhooks") if button == "remove" else redirect("settings-webhooks-one", number)


@sensitive_variables("secret")
@require_POST
@seated(Ability.EDIT_KEYS)
def rotate(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """A new secret, shown here and nowhere else."""
    secret = found(lambda: actions.rotate_secret(seat.workspace.pk, number, system_clock()))
    return _one(request, seat, number, secret=secret.reveal())


@require_safe
@seated(Ability.EDIT_KEYS)
def delivery(request: HttpRequest, seat: Seat, number: int, row: int) -> HttpResponse:
    """One delivery with its attempts."""
    one = found(lambda: queries.endpoint(seat.workspace.pk, number))
    line, attempts = found(lambda: queries.delivery(seat.workspace.pk, number, row))
    return render(
        request, "web/settings/webhook_delivery.html", {"webhook": one, "delivery": line, "attempts": attempts}
    )


@require_POST
@seated(Ability.EDIT_KEYS)
def resend(request: HttpRequest, seat: Seat, number: int, row: int) -> HttpResponse:
    """Once more, under the same id."""
    tell(
        request,
        saved(
            request,
            lambda: actions.resend(seat.workspace.pk, number, row, system_clock()),
            _("It is sent once more."),
        ),
    )
    return redirect("settings-webhooks-delivery", number, row)


def _list(request: HttpRequest, seat: Seat, refused: Refused | None = None) -> HttpResponse:
    context = {"webhooks": queries.endpoints(seat.workspace.pk), "refused": refused, "typed": request.POST}
    return render(request, "web/settings/webhooks.html", context, status=400 if refused else 200)


def _one(
    request: HttpRequest, seat: Seat, number: int, *, secret: str = "", refused: Refused | None = None
) -> HttpResponse:
    one = found(lambda: queries.endpoint(seat.workspace.pk, number))
    before = number_in(request.GET.get("before", ""))
    rows = queries.deliveries(seat.workspace.pk, number, limit=_AT_ONCE + 1, before=before)
    typed = request.POST if refused else {"url": one.url, "label": one.label, "events": "\n".join(one.patterns)}
    context = {
        "webhook": one,
        "secret": secret,
        "refused": refused,
        "typed": typed,
        "deliveries": rows[:_AT_ONCE],
        "further": rows[_AT_ONCE - 1].id if len(rows) > _AT_ONCE else None,
        "most": queries.MOST_COUNTED,
    }
    return render(request, "web/settings/webhook.html", context, status=400 if refused else 200)
