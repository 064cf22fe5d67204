"""What a platform says of itself: how its accounts are named, which values a member types, which are made for them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lianyi.connectors.port.receiving import Receives
from lianyi.kernel.errors import Refused
from lianyi.kernel.secret import Secret
from lianyi.kernel.sentences import Sentence


@dataclass(frozen=True)
class Field:
    """One value of an account. `form` says what it may be, whole; `make` makes one, where the platform leaves it to us;
    `choices` are all there are, the first being what is meant by nothing.
    """

    name: str
    title: Sentence
    help: Sentence
    form: re.Pattern[str]
    required: bool = False
    make: Callable[[], str] | None = None
    choices: tuple[tuple[str, Sentence], ...] = field(default=())

    def checked(self, text: str) -> str:
        """The value. Refuses one of another form."""
        text = text.strip()
        if not text and self.choices:
            return self.choices[0][0]
        if text and not self.form.fullmatch(text):
            raise Refused("account.value", "This is no {name}.", self.help, name=self.title)
        if not text and self.required:
            raise Refused("account.value_missing", "The {name} is missing.", self.help, name=self.title)
        return text

    def checked_secret(self, secret: Secret) -> Secret:
        """The same for a value that is never said again."""
        return Secret(self.checked(secret.reveal()))


@dataclass(frozen=True)
class Platform:
    """A platform that accounts can be connected of."""

    name: str  # as it stands in addresses
    title: Sentence
    channel: str  # of sources
    external: Field
    settings: tuple[Field, ...]
    secrets: tuple[Field, ...]
    receiver: Receives
