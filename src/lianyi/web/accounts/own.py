"""The page about oneself: profile, ways of signing in, sessions."""

from functools import cache

from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.i18n import set_language

from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import oneself
from lianyi.foundation.members.own.actions import edit_profile, end_sessions, speak
from lianyi.foundation.members.schemas import Member
from lianyi.foundation.members.sessions import sessions_of
from lianyi.foundation.workspaces.zones import zone_names
from lianyi.web.access import Seat, seated
from lianyi.web.accounts.devices import device_name, give_language
from lianyi.web.choosing import LongSelect


@cache
def zones() -> list[tuple[str, str]]:
    """Every time zone by its IANA name, those of a region together."""
    return [(name, name.replace("_", " ")) for name in sorted(zone_names()) if "/" in name or name == "UTC"]


class Profile(forms.Form):
    """How a member is called, and how pages are shown to them."""

    name = forms.CharField(label=_("Name"), max_length=150, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    zone = forms.ChoiceField(label=_("Time zone"), required=False, widget=LongSelect)

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type]
        self.fields["zone"].choices = [("", _("That of the workspace")), *zones()]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@seated(None)
def profile(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Shows it, and takes changes of the profile."""
    member = Member.objects.get(pk=seat.member)
    shown = {"name": member.name, "language": member.language, "zone": member.zone}
    form = Profile(request.POST if request.method == "POST" else None, initial=shown)
    if request.method == "POST" and form.is_valid():
        edit_profile(member, **form.cleaned_data)
        messages.success(request, _("Saved."))
        answer = redirect("me")
        give_language(answer, form.cleaned_data["language"])
        return answer
    factors = list(Authenticator.objects.filter(user=member.pk).order_by("pk"))
    context = {
        "form": form,
        "member": member,
        "passkeys": [one.wrap() for one in factors if one.type == Authenticator.Type.WEBAUTHN],
        "totp": next((one for one in factors if one.type == Authenticator.Type.TOTP), None),
        "recovery": next((one for one in factors if one.type == Authenticator.Type.RECOVERY_CODES), None),
        "sessions": [(one, device_name(one.user_agent), one.is_current()) for one in sessions_of(seat.member)],
    }
    return render(request, "web/accounts/me.html", context)


@require_safe
@seated(None)
def second_factor(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Where one is led whose workspace demands a second factor; who has one is led on."""
    if not seat.lacks_factor:
        return redirect("overview")
    return render(request, "web/accounts/demanded.html")


@require_POST
@seated(None)
def end_session(_request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """Ends one session."""
    if not end_sessions(seat.member, only=number):
        raise Http404
    return redirect("me")


@require_POST
@seated(None)
def end_other_sessions(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Ends all but this one."""
    end_sessions(seat.member, but=request.session.session_key or "")
    messages.success(request, _("All other sessions have ended."))
    return redirect("me")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Pages in another language; mail to a member who is signed in follows."""
    if request.user.is_authenticated:
        with acting_as(oneself(request.user.pk)):
            speak(request.user.pk, request.POST.get("language", ""))
    answer: HttpResponse = set_language(request)
    return answer
