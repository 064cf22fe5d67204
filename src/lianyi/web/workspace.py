"""The settings of a workspace itself: its name, and what days, phone numbers and amounts are read by."""

from functools import cache

from babel import Locale
from babel.numbers import get_territory_currencies
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.members.actions import demand_second_factor
from lianyi.foundation.workspaces.actions import edit_workspace
from lianyi.kernel.errors import Refused
from lianyi.web.access import Seat, seated
from lianyi.web.accounts.own import zones
from lianyi.web.choosing import LongSelect
from lianyi.web.refusals import told
from lianyi.web.saving import saved, tell

_FIELDS = ("name", "zone", "region", "currency", "language", "password_days")


class Settings(forms.Form):
    """What can be changed of a workspace; its slug stays."""

    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=200)
    language = forms.ChoiceField(label=_("Language of invitations"), choices=settings.LANGUAGES)
    zone = forms.ChoiceField(label=_("Time zone"), widget=LongSelect)
    region = forms.ChoiceField(
        label=_("Country or region"),
        help_text=_("How a phone number without a country code is read."),
        widget=LongSelect,
    )
    currency = forms.ChoiceField(
        label=_("Currency"), help_text=_("That of amounts which name none."), widget=LongSelect
    )
    password_days = forms.IntegerField(
        label=_("Days until a password is called old"),
        min_value=0,
        max_value=3650,
        help_text=_("Members are then reminded to change it; 0 means never."),
    )

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type]
        countries, currencies = places("en" if get_language() == "en" else "zh_Hans")
        self.fields["zone"].choices = zones()  # type: ignore[attr-defined]
        self.fields["region"].choices = countries  # type: ignore[attr-defined]
        self.fields["currency"].choices = currencies  # type: ignore[attr-defined]


@cache
def places(language: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Countries by name, and the currencies that one pays with in any of them, by code."""
    words = Locale.parse(language)
    countries = {code: name for code, name in words.territories.items() if len(code) == 2 and code.isalpha()}
    paid = {currency for country in countries for currency in get_territory_currencies(country)}
    currencies = [(code, f"{code} {words.currencies[code]}") for code in sorted(paid & words.currencies.keys())]
    return sorted(countries.items(), key=lambda one: one[1]), currencies


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_SETTINGS)
def workspace(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Shows them, and takes changes."""
    shown = {name: getattr(seat.workspace, name) for name in _FIELDS}
    form = Settings(request.POST if request.method == "POST" else None, initial=shown)
    if request.method == "POST" and form.is_valid():
        try:
            edit_workspace(seat.workspace, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, told(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("settings-workspace")
    context = {"form": form, "demands": seat.workspace.second_factor, "appoints": "owners_appoint" in seat.may}
    return render(request, "web/workspace.html", context, status=422 if form.errors else 200)


@require_POST
@seated(Ability.APPOINT_OWNERS)
def second_factor(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Demands a second factor of everybody, or of nobody."""
    demanded = request.POST.get("demanded") == "yes"
    tell(request, saved(request, lambda: demand_second_factor(seat.workspace, seat.member, demanded=demanded)))
    return redirect("settings-workspace")
