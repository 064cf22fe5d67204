"""One request to a form: how its body is read, and how it is answered, as a page or to a program."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import msgspec

from lianyi.edge.callers import Caller, Callers
from lianyi.edge.http import JSON, Answer, Header, Receive, Scope, header, pass_over, problem, replaced
from lianyi.edge.language import language_for, translate_into
from lianyi.events.intake.limits import BadBody
from lianyi.growth.forms.definitions import OWN
from lianyi.growth.forms.fields import Hidden
from lianyi.growth.forms.following import plain_page
from lianyi.growth.forms.guarding import ISSUE, PAGE, WORK
from lianyi.growth.forms.rendering import POLICY
from lianyi.growth.forms.schemas import Definition
from lianyi.kernel.sentences import Sentence, Tell

_MOST_NAMES = 500
HTML: Header = (b"content-type", b"text/html; charset=utf-8")
HEADERS: tuple[Header, ...] = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"x-content-type-options", b"nosniff"),
)
NO_REFERRER: Header = (b"referrer-policy", b"no-referrer")  # of a page whose address is a permission
CORS: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, POST"),
    (b"access-control-allow-headers", b"content-type"),
    (b"access-control-max-age", b"86400"),
)


class Call(NamedTuple):
    """One request."""

    caller: Caller
    query: Mapping[str, Sequence[str]]
    language: str
    tell: Tell
    program: bool  # JSON is asked for


class _Programmed(msgspec.Struct):
    """What a program sends."""

    answers: dict[str, bool | int | float | str | list[str] | None] = {}
    issue: str = ""
    work: str = ""
    page: str = ""


def call_of(scope: Scope, callers: Callers) -> Call:
    """What a request is."""
    caller = callers.caller_of(scope)
    query = query_of(scope["query_string"])
    language = (query.get("lang") or [caller.language])[0]
    program = b"application/json" in header(scope, b"accept") or is_json(scope)
    return Call(caller, query, language, teller_in(language), program)


def in_its_language(call: Call, definition: Definition) -> Call:
    """Chinese or English, whichever was asked for; what is neither reads the form's own."""
    language = language_for(call.language, definition.language)
    return call._replace(language=language, tell=teller_in(language))


def given(call: Call, definition: Definition) -> dict[str, list[str]]:
    """What the address says of the fields that nobody sees."""
    return {
        one.key: [call.query[one.parameter][0]]
        for one in definition.fields
        if isinstance(one, Hidden) and call.query.get(one.parameter)
    }


def teller_in(language: str) -> Tell:
    """What tells sentences to a reader of this language."""
    translate = translate_into(language)
    return lambda sentence: sentence.told(translate)


def page_answer(status: int, body: bytes, *more: Header) -> Answer:
    """A page; what is said of it in particular replaces what is said of every page."""
    return Answer(status, body, (HTML, *replaced(HEADERS, more)))


def say(call: Call, status: int, code: str, sentence: Sentence, *more: Header) -> Answer:
    """One sentence."""
    if call.program:
        return problem(status, code, call.tell(sentence), *more, *CORS)
    return page_answer(status, plain_page(sentence, call.language, call.tell), *more)


def tell_program(status: int, told: Any) -> Answer:
    """JSON."""
    return Answer(status, msgspec.json.encode(told), (JSON, *HEADERS, *CORS))


def texts_of(scope: Scope, body: bytes) -> dict[str, list[str]]:
    """What was sent, as texts by name."""
    if not is_json(scope):
        kind = header(scope, b"content-type").partition(b";")[0].strip().lower()
        if kind != b"application/x-www-form-urlencoded":
            raise BadBody("form.type", "The body is neither a form nor JSON.", 415)
        return _pairs(body)
    try:
        said = msgspec.json.decode(body, type=_Programmed)
    except (msgspec.DecodeError, RecursionError):
        raise BadBody("form.unreadable", "The body is no JSON of a submission.") from None
    texts = {name: _texts(value) for name, value in said.answers.items() if not name.startswith(OWN)}
    return {**texts, ISSUE: [said.issue], WORK: [said.work], PAGE: [said.page]}


def _texts(value: Any) -> list[str]:
    match value:
        case None | False:
            return []
        case True:
            return ["yes"]
        case list():
            return value
        case _:
            return [str(value)]


def _pairs(text: bytes) -> dict[str, list[str]]:
    try:
        return parse_qs(text.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_NAMES)
    except ValueError:
        raise BadBody("form.unreadable", "The body or the address is no form.") from None


def is_json(scope: Scope) -> bool:
    """Whether the body is JSON."""
    return header(scope, b"content-type").partition(b";")[0].strip().lower() == b"application/json"


def query_of(query: bytes) -> dict[str, list[str]]:
    """What the address asks for; nothing where it is no form."""
    try:
        return _pairs(query)
    except BadBody:
        return {}


def flood(seconds: int) -> Sentence:
    """What is said to a caller who sends too much."""
    return Sentence(
        "Many answers came from your network just now. Please send yours again in {seconds} seconds.", seconds=seconds
    )


async def leave(method: str, receive: Receive) -> None:
    """Reads what nobody wants to know."""
    if method == "POST":
        await pass_over(receive)
