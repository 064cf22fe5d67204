"""Forms of signing in, in our words; what they check is allauth's."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as factor
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.foundation.members.schemas import Member

_CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false"}


def _word(form: Any, words: dict[str, Promise]) -> None:
    for name, label in words.items():
        field = form.fields[name]
        field.label, field.help_text = label, ""
        field.widget.attrs.pop("placeholder", None)


class SignIn(account.LoginForm):  # type: ignore[misc, unused-ignore]
    """By address and password."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        _word(self, {"login": _("E-mail"), "password": _("Password")})
        self.fields["login"].widget.attrs["autocomplete"] = "username webauthn"


class AskForCode(account.RequestLoginCodeForm):  # type: ignore[misc, unused-ignore]
    """By an address alone."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        _word(self, {"email": _("E-mail")})


class AskAgain(account.RequestReauthenticationCodeForm):  # type: ignore[misc, unused-ignore]
    """The address of somebody who is signed in, to which a code shall go."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        _word(self, {"recipient": _("E-mail")})


class _Coded:
    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        _word(self, {"code": _("Code")})
        self.fields["code"].widget.attrs.update(_CODE | {"inputmode": "text"})  # type: ignore[attr-defined]


class Code(_Coded, account.ConfirmLoginCodeForm):  # type: ignore[misc, unused-ignore]
    """The code of a mail."""


class AgainByCode(_Coded, account.ConfirmReauthenticationCodeForm):  # type: ignore[misc, unused-ignore]
    """The code of a mail, from somebody who is signed in."""


class SecondFactor(_Coded, factor.AuthenticateForm):  # type: ignore[misc, unused-ignore]
    """A code of the authenticator app, or a recovery code."""


class AgainByFactor(_Coded, factor.ReauthenticateForm):  # type: ignore[misc, unused-ignore]
    """The same, from somebody who is signed in."""


class ActivateTotp(_Coded, totp.ActivateTOTPForm):  # type: ignore[misc, unused-ignore]
    """The first code that an authenticator app shows."""


class AgainByPassword(account.ReauthenticateForm):  # type: ignore[misc, unused-ignore]
    """The password, from somebody who is signed in."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        _word(self, {"password": _("Password")})


class _NewPassword:
    def _name(self, words: dict[str, Promise]) -> None:
        _word(self, {**words, "password1": _("New password"), "password2": _("New password, again")})
        self.fields["password1"].help_text = " ".join(map(str, password_validators_help_texts()))  # type: ignore[attr-defined]


class ChangePassword(_NewPassword, account.ChangePasswordForm):  # type: ignore[misc, unused-ignore]
    """From the old password to a new one."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._name({"oldpassword": _("Present password")})


class SetPassword(_NewPassword, account.SetPasswordForm):  # type: ignore[misc, unused-ignore]
    """The first password."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._name({})


class AddPasskey(webauthn.AddWebAuthnForm):  # type: ignore[misc, unused-ignore]
    """A passkey that signs in alone."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        _word(self, {"name": pgettext_lazy("of a thing", "Name")})
        self.fields["passwordless"].widget = forms.HiddenInput()
        self.fields["passwordless"].initial = True


class Join(forms.Form):
    """What somebody invited says of themselves; a password unless they take a passkey."""

    name = forms.CharField(label=_("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *arguments: Any, email: str, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._email = email
        self.fields["password"].help_text = " ".join(map(str, password_validators_help_texts()))

    def clean(self) -> dict[str, Any]:
        """The policy, unless the other button was pressed."""
        data = super().clean() or self.cleaned_data
        if "passkey" in self.data:
            data["password"] = None
        elif password := data.get("password"):
            member = Member(email=self._email, name=data.get("name", ""))
            try:
                validate_password(password, member)
            except forms.ValidationError as problem:
                self.add_error("password", problem)
        else:
            self.add_error("password", _("Choose a password, or take a passkey."))
        return data
