"""What allauth asks of an installation: who may, which words, which mail."""

import base64
import json
from typing import Any, cast

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import oneself
from lianyi.foundation.members.own.actions import change_password, note_security
from lianyi.foundation.members.schemas import Member
from lianyi.foundation.notices.actions import tell_member
from lianyi.foundation.notices.schemas import Notice
from lianyi.foundation.vault.actions import installation_keys
from lianyi.foundation.vault.sealing import Sealed
from lianyi.kernel.clock import system_clock
from lianyi.kernel.secret import Secret
from lianyi.web.accounts.devices import note_device
from lianyi.web.accounts.guessing import address_tried, client_address

# allauth's names of its notices, and how the audit log and the mail call the change.
_CHANGES = {
    "account/email/password_changed": "member.password_changed",
    "account/email/password_set": "member.password_changed",
    "mfa/email/totp_activated": "member.totp_activated",
    "mfa/email/totp_deactivated": "member.totp_deactivated",
    "mfa/email/webauthn_added": "member.passkey_added",
    "mfa/email/webauthn_removed": "member.passkey_removed",
    "mfa/email/recovery_codes_generated": "member.recovery_codes_made",
}
_WAYS = {"password": "password", "code": "code", "link": "link", "mfa": "passkey"}
log = structlog.get_logger()


class Accounts(DefaultAccountAdapter):  # type: ignore[misc, unused-ignore]
    """Signing in: nobody signs up, mail leaves by the outbox, and each sign-in is written down."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed."),
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": _("The code is not right."),
        "incorrect_password": _("The password is not right."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes, or ask for a code by e-mail."),
        "rate_limited": _("Too many attempts. Wait a few minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """One comes in by an invitation."""
        del request
        return False

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Back to the sign-in page, which says so: only who knew the password gets here."""
        del user
        self.add_message(request, messages.ERROR, message=str(self.error_messages["account_inactive"]))
        return redirect("account_login")

    def get_client_ip(self, request: HttpRequest) -> str:
        """As the edge says."""
        return client_address(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A line in the log: whence, and never who was tried."""
        del credentials
        log.warning("sign_in.failed", address=client_address(request), path=request.path)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """By what the wide limit counts: the address, or the browser that its member knows."""
        return address_tried(request, credentials)

    def set_password(self, user: Any, password: str) -> None:
        """All sessions end with the old password; the one that changed it goes on under a new key."""
        change_password(cast(Member, user), password, system_clock())

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the page about oneself."""
        del request
        return reverse("me")

    def post_login(self, request: HttpRequest, user: Any, **named: Any) -> HttpResponse:
        """Writes the sign-in down, and tells the member of a device that is new."""
        answer: HttpResponse = super().post_login(request, user, **named)
        records = request.session.get("account_authentication_methods") or [{}]
        note_device(request, answer, cast(Member, user), _WAYS.get(str(records[0].get("method")), "other"))
        return answer

    def add_message(self, request: HttpRequest, level: int, *named: Any, **more: Any) -> None:
        """Only what went wrong is said; that something worked, the page shows."""
        if level >= messages.ERROR:
            super().add_message(request, level, *named, **more)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A code; everything else is told by `send_notification_mail` or not at all."""
        member = Member.objects.filter(email=email.lower(), is_active=True).first()
        if template_prefix == "account/email/login_code" and member is not None:
            tell_member(member.pk, Notice.SIGN_IN_CODE, {"code": str(context["code"])}, system_clock())

    def send_notification_mail(self, template_prefix: str, user: Any, *named: Any, **more: Any) -> None:
        """A line in the log and a mail, when it changed how the member signs in."""
        del named, more
        what = _CHANGES.get(template_prefix)
        if what is None:
            return
        now = system_clock()
        if what != "member.password_changed":  # the action has written that down
            with acting_as(oneself(user.pk)):
                note_security(user.pk, what)
        values = {"at": f"{now:%Y-%m-%d %H:%M}", "what": what, "address": client_address(self.request)}
        tell_member(user.pk, Notice.SECURITY_CHANGED, values, now)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """In our words."""
        said = {
            "reauthenticate": _("Password"),
            "reauthenticate_by_code": _("Code by e-mail"),
            "mfa_reauthenticate": _("Code of the authenticator app"),
            "mfa_reauthenticate:webauthn": _("Passkey"),
        }
        found = super().get_reauthentication_methods(user)
        return [{**one, "description": said.get(one["id"], one["description"])} for one in found]


class Factors(DefaultMFAAdapter):  # type: ignore[misc, unused-ignore]
    """Second factors: their secrets are sealed by the installation's keys."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_generate_recovery_codes": _("Recovery codes stand in for an authenticator app or a passkey: add one."),
        "incorrect_code": _("The code is not right."),
        "unverified_email": _("Sign in by a code once, so that your address is known to be yours."),
    }

    def encrypt(self, text: str) -> str:
        """Sealed, as text."""
        sealed = installation_keys().seal(0, "member.factor", Secret(text))
        parts = (base64.b64encode(part).decode() for part in (sealed.nonce, sealed.text))
        return json.dumps([sealed.key_id, *parts])

    def decrypt(self, encrypted_text: str) -> str:
        """What was sealed."""
        key, nonce, text = json.loads(encrypted_text)
        sealed = Sealed(key, base64.b64decode(nonce), base64.b64decode(text))
        return installation_keys().open(0, "member.factor", sealed).reveal()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """How a new passkey is called where nobody says otherwise."""
        del user, type
        return str(_("Passkey"))

    def _get_site_name(self) -> str:
        return "Lianyi"
