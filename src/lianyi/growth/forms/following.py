"""The pages that follow a form: thanks, the button by which an address is confirmed, what is said of a link that is
over. They work without scripts. No Django here: the edge serves them.
"""

import re
from html import escape
from typing import NamedTuple

from lianyi.growth.forms.passes import PARAMETER
from lianyi.growth.forms.rendering import framed, hidden, whole
from lianyi.growth.forms.schemas import Definition
from lianyi.kernel.sentences import Sentence, Tell

_THANKS = Sentence("Thank you. We have your answers.")
_MAIL = Sentence("One more step: we have sent you a mail. Please open the link in it, so that we know your address.")
_ON = Sentence("Continue")
_CONFIRM, _ASKED = Sentence("Confirm"), Sentence("Please confirm that you left your e-mail address with us.")
_CONFIRMED = Sentence("Thank you. Your address is confirmed.")
_FILE = Sentence("Download the file")
_AGAIN, _BACK = Sentence("Fill in the form again"), Sentence("Back to the page")
_PAGE = re.compile(r"/p/[a-z0-9-]{1,200}")


class Reader(NamedTuple):
    """Who reads, of which form."""

    definition: Definition
    language: str
    tell: Tell

    @property
    def title(self) -> str:
        """The title of the form."""
        return self.definition.title.told(self.language)


def page_of_ours(text: str) -> str:
    """The path of the landing page that a form says it was filled in on; "" for anything else that a caller writes."""
    return text if _PAGE.fullmatch(text) else ""


def thanks_page(
    reader: Reader, *, mailed: bool = False, download: str = "", in_frame: bool = False, back: str = ""
) -> bytes:
    """The page that follows a submission; `mailed` says that an address is to be confirmed, `download` where the form's
    file is. Where the form names an address of the web it leads there: by itself when there is nothing to do first. In
    a frame on a website it is the website that goes there. `back` is the landing page that it was filled in on.
    """
    own = reader.definition.thanks.text.told(reader.language)
    said = [own or reader.tell(_THANKS)] if own or not mailed else []
    said += [reader.tell(_MAIL)] if mailed else []
    address = reader.definition.thanks.address
    alone = bool(address) and not mailed and not download
    goes = f'<meta http-equiv="refresh" content="0;url={escape(address)}">' if alone and not in_frame else ""
    home = f'<p><a href="{escape(back)}">{escape(reader.tell(_BACK))}</a></p>' if back and not address else ""
    return _page(reader, said, _on(reader, download, goes=alone and in_frame) + home, goes)


def confirm_page(reader: Reader, token: str) -> bytes:
    """The page behind the link of a mail. Scanners of mail follow links, so it is the button that confirms."""
    form = f'<form method="post">{hidden(PARAMETER, token)}<button>{escape(reader.tell(_CONFIRM))}</button></form>'
    return _page(reader, [reader.tell(_ASKED)], form)


def confirmed_page(reader: Reader, *, download: str = "") -> bytes:
    """The page that follows a confirmation."""
    return _page(reader, [reader.tell(_CONFIRMED)], _on(reader, download))


def over_page(reader: Reader, sentence: Sentence, form: str) -> bytes:
    """What is said of a link that works no more, and the way back to the form at the address `form`; "" for none."""
    return _page(reader, [reader.tell(sentence)], _button(form, reader.tell(_AGAIN)) if form else "")


def plain_page(sentence: Sentence, language: str, tell: Tell) -> bytes:
    """A page that says one thing."""
    return whole(tell(sentence), language, framed(f"<h1>{escape(tell(sentence))}</h1>"))


def _page(reader: Reader, said: list[str], below: str = "", head: str = "") -> bytes:
    told = "".join(f'<p class="done" role="status">{escape(one)}</p>' for one in said)
    return whole(reader.title, reader.language, framed(f"<h1>{escape(reader.title)}</h1>{told}{below}"), head)


def _on(reader: Reader, download: str, *, goes: bool = False) -> str:
    """Where one may go from here."""
    address = reader.definition.thanks.address
    file = _button(download, reader.tell(_FILE)) if download else ""
    more = ' target="_top" data-go' if goes else ' target="_top"'
    return file + (_button(address, reader.tell(_ON), more) if address else "")


def _button(address: str, label: str, more: str = "") -> str:
    return f'<a class="button" href="{escape(address)}"{more}>{escape(label)}</a>'
