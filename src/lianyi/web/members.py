"""The members of a workspace: who they are, who is invited, and what they may."""

from collections.abc import Callable

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from lianyi.foundation.access.schemas import Ability, Role
from lianyi.foundation.members.actions import change_role, remove_member
from lianyi.foundation.members.invitations.actions import invite, withdraw_invitation
from lianyi.foundation.members.invitations.queries import open_invitations
from lianyi.foundation.members.queries import colleagues
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.refusals import told
from lianyi.web.saving import saved, tell

ROLES: dict[str, Promise] = {
    "owner": _("Owner"),
    "manager": _("Manager"),
    "editor": _("Editor"),
    "agent": _("Agent"),
    "sales": _("Sales"),
    "analyst": _("Analyst"),
    "viewer": _("Viewer"),
}
ROLES_SAID: dict[str, Promise] = {
    "owner": _("everything, and appoints owners"),
    "manager": _("everything but appointing owners"),
    "editor": _("people, imports and spend"),
    "agent": _("people, without imports"),
    "sales": _("people, and takes those who are handed over"),
    "analyst": _("looks, exports and records spend"),
    "viewer": _("looks"),
}
_AT_ONCE = 100


class Invite(forms.Form):
    """Whom, and as what."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=list(ROLES.items()), initial="editor")


@sensitive_variables("secret", "link")
@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_MEMBERS)
def members(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The list, and the form that invites. Where no mail is sent, the link of a new invitation stands on this page and
    on no other.
    """
    form = Invite(request.POST if request.method == "POST" else None)
    _limit(form, seat)
    link = email = ""
    if request.method == "POST" and form.is_valid():
        email, address = form.cleaned_data["email"], request.build_absolute_uri("/").rstrip("/")
        try:
            secret = invite(seat.workspace, email, Role(form.cleaned_data["role"]), address, system_clock())
        except Refused as refused:
            form.add_error("email", told(refused))
        else:
            if settings.MAIL_IS_SENT:
                messages.success(request, _("The invitation is on its way."))
                return redirect("settings-members")
            link = f"{address}/invitation/{secret}"
            form = Invite()
            _limit(form, seat)
    rows = colleagues(seat.workspace.pk, number_in(request.GET.get("after", "")) or 0, _AT_ONCE + 1)
    context = {
        "form": form,
        "link": link,
        "invited_now": email,
        "members": rows[:_AT_ONCE],
        "further": rows[_AT_ONCE - 1].member if len(rows) > _AT_ONCE else None,
        "invited": open_invitations(seat.workspace.pk, system_clock()),
        "roles": ROLES,
        "roles_said": [(ROLES[one], said) for one, said in ROLES_SAID.items()],
        "appoints": "owners_appoint" in seat.may,
    }
    return render(request, "web/members.html", context, status=422 if form.errors else 200)


@require_POST
@seated(Ability.EDIT_MEMBERS)
def member_role(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """Gives a member another role."""
    role = request.POST.get("role", "")
    if role not in ROLES:
        raise Http404
    return _done(request, lambda: change_role(seat.workspace, number, Role(role)))


@require_POST
@seated(Ability.EDIT_MEMBERS)
def member_remove(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """Removes a member."""
    return _done(request, lambda: remove_member(seat.workspace, number, system_clock()))


@require_POST
@seated(Ability.EDIT_MEMBERS)
def invitation_withdraw(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """Withdraws an invitation."""
    return _done(request, lambda: withdraw_invitation(seat.workspace, number))


def _done(request: HttpRequest, act: Callable[[], None]) -> HttpResponse:
    tell(request, saved(request, act))
    return redirect("settings-members")


def _limit(form: Invite, seat: Seat) -> None:
    if "owners_appoint" not in seat.may:
        choices = [one for one in ROLES.items() if one[0] != Role.OWNER]
        form.fields["role"].choices = choices  # type: ignore[attr-defined]
