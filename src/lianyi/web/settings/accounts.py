"""Connected accounts: connected, changed, given new secrets that are shown once, disconnected; and how each fares."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from lianyi.channels.accounts import actions, queries
from lianyi.connectors.platforms import PLATFORMS, platform_named
from lianyi.connectors.port.platforms import Field, Platform
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.kernel.secret import Secret
from lianyi.web.access import Seat, seated
from lianyi.web.saving import found, saved, tell

# Why a call was not taken, and what to do.
REFUSALS: dict[str, Promise] = {
    "method.not_allowed": _("It was no call of the platform."),
    "body.too_large": _("It was too large to be the platform's."),
    "body.malformed": _("It was not written as the platform writes."),
    "signature.missing": _("It was not signed: somebody else called, or opened the address."),
    "signature.wrong": _("Its signature is wrong: compare the Token with the one in the platform's console."),
    "signature.old": _("It was more than ten minutes old, or ahead: set this machine's clock."),
    "seal.missing": _("It was not encrypted: choose safe mode in the platform's console, or plain mode here."),
    "seal.wrong": _("It does not open: compare the EncodingAESKey and the AppID with the platform's console."),
    "account.other": _("It was for another account: compare the original ID."),
    "account.incomplete": _("The Token or the key is missing here, or was sealed under another secret key."),
}


@require_safe
@seated(Ability.EDIT_ACCOUNTS)
def accounts(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The list, with the form for a new one."""
    return _list(request, seat)


@sensitive_post_parameters()
@sensitive_variables("made", "given")
@require_POST
@seated(Ability.EDIT_ACCOUNTS)
def connect(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new account; the secrets that were made for it stand on this page and on no other."""
    said = request.POST
    try:
        of = platform_named(said.get("platform", ""))
        number, made = actions.connect(
            seat.workspace.pk,
            of.name,
            said.get("external", ""),
            system_clock(),
            name=said.get("name", ""),
            settings=_settings(of, said),
            given=_given(of, said),
        )
    except Refused as refused:
        return _list(request, seat, refused)
    return _one(request, seat, number, made=made)


@require_safe
@seated(Ability.EDIT_ACCOUNTS)
def account(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """One account: what to enter in the console, and how it fares."""
    return _one(request, seat, number)


@sensitive_post_parameters()
@sensitive_variables("given")
@require_POST
@seated(Ability.EDIT_ACCOUNTS)
def change(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """Another name, other settings; secrets that are left empty stay."""
    said, workspace = request.POST, seat.workspace.pk
    of = PLATFORMS[found(lambda: queries.account(workspace, number)).platform]
    name, settings, given = said.get("name", ""), _settings(of, said), _given(of, said)
    refused = saved(
        request,
        lambda: actions.change_account(workspace, number, system_clock(), name=name, settings=settings, given=given),
        _("Saved."),
    )
    return _one(request, seat, number, refused=refused) if refused else redirect("settings-accounts-one", number)


@sensitive_variables("made")
@require_POST
@seated(Ability.EDIT_ACCOUNTS)
def renew(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """New secrets, shown here and nowhere else."""
    made = found(lambda: actions.renew_secrets(seat.workspace.pk, number, system_clock()))
    return _one(request, seat, number, made=made)


@require_POST
@seated(Ability.EDIT_ACCOUNTS)
def disconnect(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """The account goes."""
    gone = saved(request, lambda: actions.disconnect(seat.workspace.pk, number), _("The account is disconnected."))
    tell(request, gone)
    return redirect("settings-accounts")


def _list(request: HttpRequest, seat: Seat, refused: Refused | None = None) -> HttpResponse:
    of = next(iter(PLATFORMS.values()))
    context = {
        "accounts": [
            {"one": one, "platform": _told(PLATFORMS[one.platform])} for one in queries.accounts(seat.workspace.pk)
        ],
        "refused": refused,
        "platform": of.name,
        "title": _told(of),
        "external": _field(of.external, request.POST),
        "fields": _fields(of, request.POST),
        "typed": request.POST,
    }
    return render(request, "web/settings/accounts.html", context, status=400 if refused else 200)


def _one(
    request: HttpRequest,
    seat: Seat,
    number: int,
    *,
    made: Mapping[str, Secret] | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    one = found(lambda: queries.account(seat.workspace.pk, number))
    of = PLATFORMS[one.platform]
    typed = request.POST if refused else {"name": one.name, **one.settings}
    context = {
        "account": one,
        "title": _told(of),
        "url": request.build_absolute_uri(one.path),
        "made": [
            (gettext(field.title.template), made[field.name].reveal()) for field in of.secrets if field.name in made
        ]
        if made
        else [],
        "mode": dict(_choices(of)).get(one.settings.get("mode", ""), ""),
        "why": REFUSALS.get(one.refused_why, ""),
        "refused": refused,
        "fields": _fields(of, typed),
        "kept": [gettext(field.title.template) for field in of.secrets if field.name in one.secrets],
        "typed": typed,
    }
    return render(request, "web/settings/account.html", context, status=400 if refused else 200)


def _told(of: Platform) -> str:
    return gettext(of.title.template)


def _choices(of: Platform) -> list[tuple[str, str]]:
    return [(value, gettext(said.template)) for field in of.settings for value, said in field.choices]


def _fields(of: Platform, typed: Mapping[str, str]) -> list[dict[str, object]]:
    shown = [_field(field, typed) for field in of.settings]
    return [*shown, *({**_field(field, {}), "secret": True} for field in of.secrets)]


def _field(field: Field, typed: Mapping[str, str]) -> dict[str, object]:
    return {
        "name": field.name,
        "title": gettext(field.title.template),
        "help": gettext(field.help.template),
        "value": typed.get(field.name, ""),
        "choices": [(value, gettext(said.template)) for value, said in field.choices],
        "made": field.make is not None,
    }


def _settings(of: Platform, said: Mapping[str, str]) -> dict[str, str]:
    return {field.name: said.get(field.name, "") for field in of.settings}


def _given(of: Platform, said: Mapping[str, str]) -> dict[str, Secret]:
    return {field.name: Secret(said[field.name]) for field in of.secrets if said.get(field.name, "").strip()}
