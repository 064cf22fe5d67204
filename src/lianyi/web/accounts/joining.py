"""The page behind the link of an invitation."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from lianyi.foundation.members.invitations.actions import accept_invitation
from lianyi.foundation.members.invitations.queries import invitation_behind
from lianyi.foundation.members.schemas import Member
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.web.accounts.forms import Join


@sensitive_post_parameters("password")
@sensitive_variables("secret", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Whoever is signed in by the invited address joins by a button; whoever is new names themselves first."""
    now = system_clock()
    try:
        letter = invitation_behind(secret, now)
    except Refused as refused:
        return render(request, "web/accounts/invitation.html", {"dead": refused}, status=410)
    user = request.user if request.user.is_authenticated else None
    mine = isinstance(user, Member) and user.email == letter.email
    form = Join(request.POST if request.method == "POST" else None, email=letter.email)
    context = {"letter": letter, "form": form, "mine": mine, "other": user is not None and not mine}
    if request.method == "POST" and (mine or (not letter.known and user is None and form.is_valid())):
        name, password = ("", None) if mine else (form.cleaned_data["name"], form.cleaned_data["password"])
        try:
            joining = user if isinstance(user, Member) else None
            member = accept_invitation(
                secret, now, joining=joining, name=name, password=password, language=get_language() or ""
            )
        except Refused as refused:
            if refused.code == "invitation.known":  # since a moment ago: the page says how to go on
                return redirect(request.path)
            return render(request, "web/accounts/invitation.html", {"dead": refused}, status=410)
        place = f"{reverse('overview')}?workspace={letter.slug}"
        return redirect(place) if mine else _come_in(request, member, place, by_passkey=password is None)
    return render(request, "web/accounts/invitation.html", context)


def _come_in(request: HttpRequest, member: Member, place: str, *, by_passkey: bool) -> HttpResponse:
    """Signs the newcomer in: the link came by mail to their address. A passkey is made at once."""
    record_authentication(request, member, method="code", email=member.email, reauthenticated=True)
    after = reverse("mfa_add_webauthn") if by_passkey else place
    answer: HttpResponse = perform_login(request, Login(user=member, email=member.email, redirect_url=after))
    return answer
