"""The public pages of a gathering as HTML: what it is, with its questions, and a ticket. They work without scripts;
nothing of what is in a definition or was typed is run. No Django here: the edge serves them.
"""

from html import escape
from typing import NamedTuple

import segno

from lianyi.growth.documents import described, document, in_a_line, policy
from lianyi.growth.forms.rendering import SCRIPT, Shown, form_html
from lianyi.growth.forms.rendering import STYLE as FORM_STYLE
from lianyi.growth.gatherings.reading import times_of
from lianyi.growth.gatherings.schemas import Definition
from lianyi.growth.gatherings.seats import Seat
from lianyi.growth.gatherings.serving import Held, Served
from lianyi.growth.gatherings.telling_time import moment, when
from lianyi.growth.gatherings.tickets import code_of, spaced
from lianyi.kernel.clock import from_micros
from lianyi.kernel.sentences import Sentence, Tell

STYLE = (
    FORM_STYLE
    + """
dl{display:grid;grid-template-columns:auto 1fr;gap:.5rem 1rem;margin:0 0 1.5rem}dt{color:var(--soft)}dd{margin:0;
white-space:pre-line;overflow-wrap:anywhere}.about{white-space:pre-line;margin:0 0 1.5rem;overflow-wrap:anywhere}
h2{font-size:1.125rem;margin:2rem 0 1rem}.ticket{border:1px solid var(--line);border-radius:.75rem;padding:1rem;
margin:0 0 1.5rem;text-align:center}.ticket svg{display:block;width:min(100%,16rem);height:auto;margin:0 auto .75rem;
border-radius:.5rem}.code{font:600 1.25rem/1.4 ui-monospace,Menlo,monospace;letter-spacing:.08em;margin:0}
a{color:var(--do);text-underline-offset:.15em}.do{display:inline-block;padding:.6rem 0;min-height:2.75rem}
details{border-top:1px solid var(--line);padding-top:1rem;margin-top:1.5rem}summary{cursor:pointer;min-height:2.75rem}
button.plain{background:none;color:var(--bad);border:1px solid var(--bad)}
"""
)


POLICY = policy([STYLE], SCRIPT, frames="'none'", pictures="'self'")
_WHEN, _WHERE, _SEATS = Sentence("When"), Sentence("Venue"), Sentence("Seats")
_ONLINE = Sentence("Online; whoever has a seat gets the address with the ticket.")
_FULL = Sentence("All seats are taken. Whoever registers now waits for one that frees, in the order of registration.")
_CALLED_OFF = Sentence("This is called off.")
_CLOSED, _OVER = Sentence("Registration is closed."), Sentence("This is over.")
_REGISTER = Sentence("Register")
_SEATED = Sentence("Your seat is reserved. Show this code at the door.")
_JOIN = Sentence("Join online")
_REPEATED = Sentence(
    "Somebody with the same phone or e-mail is registered already, so this makes no second seat. The ticket is with "
    "the first registration."
)
_CANCELLED = Sentence("This registration is cancelled.")
_SOON = Sentence("We have your registration and are looking for your seat. This page tells you in a moment.")
_CALENDAR = Sentence("Add to the calendar")
_CANCEL, _SURE = Sentence("I cannot come"), Sentence("Cancel my registration")
_GIVES = Sentence("Your seat then goes to whoever waits for one. This cannot be taken back.")
_BACK = Sentence("About this gathering")


class Facts(NamedTuple):
    """What a page about a gathering is told: what it is of, for whom, and where it stands."""

    served: Served
    language: str
    tell: Tell
    site: str  # scheme and host
    now: int  # µs

    @property
    def definition(self) -> Definition:
        return self.served.definition

    @property
    def address(self) -> str:
        """That of the gathering's page."""
        return f"{self.site}/g/{self.served.slug}"


def gathering_page(facts: Facts, form: Shown | None) -> bytes:
    """What it is, and its questions where it takes registrations."""
    definition, tell, language = facts.definition, facts.tell, facts.language
    title = definition.title.told(language)
    about = f'<p class="about">{escape(definition.about.told(language))}</p>' if definition.about else ""
    first, rest = "", ""
    if form is not None:
        full = f'<p class="notice">{escape(tell(_FULL))}</p>' if facts.served.free == 0 else ""
        rest = f"<h2>{escape(tell(_REGISTER))}</h2>{full}{form_html(form)}"
    else:
        over = _OVER if facts.now >= times_of(definition).ends else _CLOSED
        said = _CALLED_OFF if facts.served.called_off else over
        first = f'<p class="notice">{escape(tell(said))}</p>'
    whereabouts = _facts(facts, seated=False, registers=form is not None)
    return _whole(facts, title, f"<h1>{escape(title)}</h1>{first}{whereabouts}{about}{rest}")


def ticket_page(facts: Facts, token: str, held: Held | None) -> bytes:
    """A ticket, or what has become of it; None while nobody has looked for its seat."""
    definition, tell, language = facts.definition, facts.tell, facts.language
    title = definition.title.told(language)
    seated = held is not None and held.seat is Seat.SEATED and not facts.served.called_off
    said = f'<p class="notice" role="status">{escape(tell(_said(facts, held)))}</p>'
    place = f"/g/{facts.served.slug}/t/{token}"
    code = _code(f"{facts.site}{place}", token) if seated else ""
    more = ""
    if held is not None and held.seat in (Seat.SEATED, Seat.WAITING) and not facts.served.called_off:
        more = f'<p><a class="do" href="{place}/calendar.ics">{escape(tell(_CALENDAR))}</a></p>'
        if held.came_at is None:
            more += (
                f"<details><summary>{escape(tell(_CANCEL))}</summary><p>{escape(tell(_GIVES))}</p>"
                f'<form method="post" action="{place}/cancel"><button class="plain">{escape(tell(_SURE))}</button>'
                "</form></details>"
            )
    back = f'<p><a href="/g/{facts.served.slug}">{escape(tell(_BACK))}</a></p>'
    body = f"<h1>{escape(title)}</h1>{said}{code}{_facts(facts, seated=seated)}{more}{back}"
    head = '<meta name="robots" content="noindex">' + ('<meta http-equiv="refresh" content="2">' if not held else "")
    return _whole(facts, title, body, head)


def plain_page(facts: Facts | None, sentence: Sentence, language: str, tell: Tell) -> bytes:
    """A page that says one thing."""
    said = tell(sentence)
    back = f'<p><a href="/g/{facts.served.slug}">{escape(tell(_BACK))}</a></p>' if facts else ""
    return document(said, language, STYLE, f"<h1>{escape(said)}</h1>{back}")


def qr(text: str) -> segno.QRCode:
    """The code of a ticket."""
    return segno.make_qr(text, error="m")


def _said(facts: Facts, held: Held | None) -> Sentence:
    if held is None:
        return _SOON
    if held.came_at is not None:
        at = moment(held.came_at, facts.definition, facts.language)
        return Sentence("You were checked in: {at}.", at=at)
    if facts.served.called_off:
        return _CALLED_OFF
    match held.seat:
        case Seat.SEATED:
            return _SEATED
        case Seat.WAITING:
            return Sentence(
                "All seats are taken. You are number {place} on the waiting list; you have the seat when one frees.",
                place=held.place,
            )
        case Seat.REPEATED:
            return _REPEATED
        case Seat.CANCELLED:
            return _CANCELLED


def _code(address: str, token: str) -> str:
    drawn = qr(address).svg_inline(dark="#000", light="#fff", border=4, omitsize=True)
    return f'<div class="ticket">{drawn}<p class="code">{spaced(code_of(token))}</p></div>'


def _facts(facts: Facts, *, seated: bool, registers: bool = False) -> str:
    """When and where; how many seats are free says something to those alone who register."""
    definition, tell, language = facts.definition, facts.tell, facts.language
    starts = from_micros(times_of(definition).starts).isoformat()
    found = [(tell(_WHEN), f'<time datetime="{starts}">{escape(when(definition, language))}</time>')]
    if definition.place:
        found.append((tell(_WHERE), escape(definition.place.told(language))))
    if definition.online and not facts.served.called_off:
        link = f'<a href="{escape(definition.online)}" rel="noreferrer">{escape(definition.online)}</a>'
        found.append((tell(_JOIN), link if seated else escape(tell(_ONLINE))))
    if facts.served.seats is not None and registers:
        free = Sentence("{free} of {seats} free", free=facts.served.free, seats=facts.served.seats)
        found.append((tell(_SEATS), escape(tell(free))))
    return "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{said}</dd>" for name, said in found) + "</dl>"


def _whole(facts: Facts, title: str, body: str, head: str = "") -> bytes:
    about = in_a_line(facts.definition.about.told(facts.language)) or when(facts.definition, facts.language)
    return document(title, facts.language, STYLE, body, described(about) + head)
