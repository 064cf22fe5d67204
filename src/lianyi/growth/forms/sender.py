"""The outbox's sender of mail to those who left an address in a form. Address and words are looked up when it is sent,
so that the outbox holds none; of what somebody typed the mail repeats nothing.
"""

from datetime import UTC, datetime

from django.utils import translation
from django.utils.translation import gettext

from lianyi.foundation.notices.mail import WayOut, deliver
from lianyi.foundation.notices.words import Words
from lianyi.foundation.outbox.schemas import Parcel
from lianyi.growth.forms.lines import Letter
from lianyi.growth.forms.passes import PARAMETER, Pass, Purpose, write
from lianyi.growth.forms.queries import letter_of
from lianyi.growth.forms.ticking import LETTER
from lianyi.kernel.clock import to_micros
from lianyi.kernel.outcomes import Rejected
from lianyi.kernel.sentences import Sentence

_SUBJECT = Sentence("Please confirm your e-mail address")
_TEXT = Sentence("Thank you for filling in our form. One more step: please confirm that this address is yours.")


class LetterSender:
    """Takes out the mails by which addresses are confirmed. `address` is that of the installation."""

    kind = LETTER

    def __init__(self, way: WayOut, address: str, secret: bytes) -> None:
        self._way, self._address, self._secret = way, address, secret

    @property
    def repeat_is_safe(self) -> bool:
        """A folder makes one file of two; of a server nobody knows."""
        return self._way.repeat_is_safe

    def send(self, parcel: Parcel, now: datetime) -> str:
        """Its Message-ID. Rejected when the submission is gone, as with a person who was erased, or the link over."""
        event = str(parcel.payload["submission"])
        letter = letter_of(parcel.workspace, bytes.fromhex(event))
        if letter is None or letter.until <= to_micros(now):
            raise Rejected("letter.gone")
        return deliver(self._way, parcel, letter.email, self._words(letter, event), now)

    def _words(self, letter: Letter, event: str) -> Words:
        wanted = letter.definition.double_opt_in
        if wanted is None:
            raise Rejected("letter.gone")
        token = write(self._secret, Purpose.CONFIRM, Pass(letter.address, event), letter.until // 1_000_000)
        site = f"https://{letter.host}" if letter.host else self._address
        link = f"{site}/f/{letter.address}/confirm?{PARAMETER}={token}&lang={letter.language}"
        until = datetime.fromtimestamp(letter.until // 1_000_000, tz=UTC).strftime("%Y-%m-%d %H:%M")
        with translation.override("zh-hans" if letter.language.startswith("zh") else "en"):
            subject = wanted.subject.told(letter.language) or _SUBJECT.told(gettext)
            text = wanted.text.told(letter.language) or _TEXT.told(gettext)
            behind = _behind(until).told(gettext)
        return Words(subject.replace("\n", " "), f"{text}\n\n{link}\n\n{behind}\n")


def _behind(until: str) -> Sentence:
    return Sentence(
        "The link works until {until} (UTC). If you did not fill in a form, you need not do anything: without your"
        " confirmation nobody writes to you.",
        until=until,
    )
