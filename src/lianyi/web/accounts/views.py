"""The pages of signing in, and of how one signs in. What they do is allauth's; see it there for each step."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.http import HttpRequest, HttpResponseBase

from lianyi.web.access import Seat, seated
from lianyi.web.accounts.forms import AskAgain

PLACE = "web/accounts/"


def _own(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page about oneself: it asks for a seat, and for no ability."""

    @seated(None)
    @wraps(view)
    def within(request: HttpRequest, _seat: Seat, *arguments: Any, **named: Any) -> HttpResponseBase:
        return view(request, *arguments, **named)

    return within


# Before one is signed in
sign_in = account.LoginView.as_view(template_name=PLACE + "sign_in.html")
ask_for_code = account.RequestLoginCodeView.as_view(template_name=PLACE + "ask_for_code.html")
code = account.ConfirmLoginCodeView.as_view(template_name=PLACE + "code.html")
second_factor = factor.AuthenticateView.as_view(template_name=PLACE + "second_factor.html")
by_passkey = passkeys.LoginWebAuthnView.as_view(template_name=PLACE + "sign_in.html")

# Once more, before something that matters
again = _own(account.ReauthenticateView.as_view(template_name=PLACE + "again.html"))
again_ask = _own(
    account.RequestReauthenticationCodeView.as_view(form_class=AskAgain, template_name=PLACE + "again_ask.html")
)
again_by_code = _own(account.ConfirmReauthenticationCodeView.as_view(template_name=PLACE + "again_by_code.html"))
again_by_factor = _own(factor.ReauthenticateView.as_view(template_name=PLACE + "again.html"))
again_by_passkey = _own(passkeys.ReauthenticateWebAuthnView.as_view(template_name=PLACE + "again_by_passkey.html"))

# How one signs in
change_password = _own(account.PasswordChangeView.as_view(template_name=PLACE + "password.html"))
set_password = _own(
    account.PasswordSetView.as_view(template_name=PLACE + "password.html", extra_context={"first": True})
)
activate_totp = _own(totp.ActivateTOTPView.as_view(template_name=PLACE + "totp.html"))
deactivate_totp = _own(totp.DeactivateTOTPView.as_view(template_name=PLACE + "confirm.html"))
recovery_codes = _own(recovery.ViewRecoveryCodesView.as_view(template_name=PLACE + "recovery_codes.html"))
new_recovery_codes = _own(recovery.GenerateRecoveryCodesView.as_view(template_name=PLACE + "confirm.html"))
add_passkey = _own(passkeys.AddWebAuthnView.as_view(template_name=PLACE + "add_passkey.html"))
remove_passkey = _own(passkeys.RemoveWebAuthnView.as_view(template_name=PLACE + "confirm.html"))
