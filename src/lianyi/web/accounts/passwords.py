"""What a password has to be: long enough, not common, not like its owner, nor made of the product's name or that of a
workspace that the member works in. Each is said in the words of these pages.
"""

import re

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from lianyi.foundation.members.queries import memberships_of
from lianyi.foundation.members.schemas import Member

_OURS = ("lianyi", "涟漪")
_LEAST = 6  # characters that have to be left when a name is taken out
_SHORTEST = 3  # characters of a name that counts


class LongEnough(password_validation.MinimumLengthValidator):
    """The length alone: nothing is asked about kinds of characters."""

    def get_error_message(self) -> str:
        """Said when it is too short."""
        return _("Too short: it takes at least {length} characters.").format(length=self.min_length)

    def get_help_text(self) -> str:
        """Said beside the field."""
        return _("At least {length} characters.").format(length=self.min_length)


class NotCommon(password_validation.CommonPasswordValidator):
    """None of those that are tried first everywhere."""

    def get_error_message(self) -> str:
        """Said when it is one."""
        return _("Too many people use this password.")

    def get_help_text(self) -> str:
        """Said beside the field."""
        return _("Not one that many use.")


class NotLikeOneself(password_validation.UserAttributeSimilarityValidator):
    """Not the member's name or address."""

    def get_help_text(self) -> str:
        """Said beside the field."""
        return _("Not like your name or address.")


class NotOurNames:
    """A validator of Django's: `lianyi-2026` is guessed first."""

    def validate(self, password: str, user: Member | None = None) -> None:
        """Refuses a password of which too little is left without such names."""
        names = set(_OURS)
        if user is not None and user.pk:
            for one in memberships_of(user):
                names |= {one.workspace.name, one.workspace.slug}
        left = password.casefold()
        for name in sorted((name.casefold() for name in names), key=len, reverse=True):
            if len(name) >= _SHORTEST or name in _OURS:
                left = re.sub(re.escape(name), "", left)
        if left != password.casefold() and len(left) < _LEAST:
            raise ValidationError(_("The password is too close to the name of Lianyi or of the workspace."))

    def get_help_text(self) -> str:
        """Said beside the field."""
        return _("Not made of the name of Lianyi or of the workspace.")
