"""The pages of a survey as HTML, dressed and checked as those of forms. They work without scripts; nothing of what is
in a definition or was typed is run. No Django here: the edge serves them.
"""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple, assert_never

import msgspec

from lianyi.growth.documents import policy
from lianyi.growth.forms import rendering as forms
from lianyi.growth.forms.checks import checks_of, spelling_of
from lianyi.growth.forms.fields import LongText
from lianyi.growth.forms.fields import Text as Line
from lianyi.growth.forms.guarding import TRAP, WORK
from lianyi.growth.surveys import piping
from lianyi.growth.surveys.asking import Field, fields_of, within
from lianyi.growth.surveys.branching import is_asked, page_before
from lianyi.growth.surveys.questions import Matrix, Multiple, Nps, Question, Ranking, Scale, Single, Text
from lianyi.growth.surveys.schemas import Definition, Found
from lianyi.growth.surveys.state import BACK, NAME
from lianyi.growth.words import Words
from lianyi.kernel.sentences import Sentence, Tell

STYLE = (  # besides that of forms
    ".points{display:grid;gap:.375rem;grid-template-columns:repeat(auto-fit,minmax(3rem,1fr))}"
    "@media(min-width:36rem){.points{grid-template-columns:repeat(auto-fit,minmax(2.5rem,1fr))}}.points label{"
    "text-align:center;border:1px solid var(--line);border-radius:.5rem;padding:.4rem .2rem;cursor:pointer}"
    ".points input{display:block;"
    "margin:0 auto .2rem;width:1.25rem;height:1.25rem;accent-color:var(--do)}.ends{display:flex;"
    "justify-content:space-between;gap:1rem;color:var(--soft);font-size:.875rem;margin-top:.25rem}"
    ".row{border:0;border-top:1px solid var(--line);padding:.5rem 0;margin:0;min-width:0}.row legend{font-weight:400}"
    ".place{display:flex;gap:.75rem;align-items:center;margin:.4rem 0}.place select{width:5rem;flex:none}"
    ".far{display:block;width:100%;height:.5rem;margin:0 0 1.5rem;accent-color:var(--do)}h2{font-size:1.15rem;"
    "margin:0 0 .75rem}.back{margin-top:.75rem;background:transparent;color:var(--do);border:1px solid var(--do)}"
    "[hidden]{display:none!important}"
)
SCRIPT = forms.SCRIPT + Path(__file__).with_name("survey.js").read_text()
POLICY = policy([STYLE, forms.STYLE], SCRIPT)
_HEAD = f"<style>{STYLE}</style>"
_NEXT, _SEND, _BACK = Sentence("Next page"), Sentence("Send"), Sentence("Page before")
_CONFIRM, _NEEDED = Sentence("Confirm and go on"), Sentence("(required)")
_EMPTY, _LOOK = Sentence("Leave this empty"), Sentence("Please look at the marked fields.")
_OTHER, _TYPED = Sentence("Other"), Sentence("What do you mean?")
_THANKS = Sentence("Thank you. We have your answers.")
FULL = Sentence("Thank you for coming. We have all the answers that we need from people like you.")


class Shown(NamedTuple):
    """What a page shows: which page of which survey, to whom, and what they had answered."""

    definition: Definition
    place: int
    language: str
    tell: Tell
    token: str
    before: Found  # of earlier pages
    riddle: str = ""  # what the puzzle is about; "" none
    values: Mapping[str, Sequence[str]] = {}
    problems: Mapping[str, Sentence] = {}
    notice: Sentence | None = None
    confirming: bool = False


def survey_page(shown: Shown) -> bytes:
    """The page with its questions."""
    definition, tell, place = shown.definition, shown.tell, shown.place
    page, last = definition.pages[place], place == len(definition.pages) - 1
    notice = shown.notice or (_LOOK if shown.problems else None)
    said = f'<p class="notice" role="alert">{escape(tell(notice))}</p>' if notice else ""
    questions = "".join(_question(one, shown) for one in _asked(shown))
    button = _CONFIRM if shown.confirming else _SEND if last else _NEXT
    work = definition.guard.work
    puzzle = f' data-riddle="{escape(shown.riddle)}" data-work="{work}"' if shown.riddle and work else ""
    trap = (
        f'<div class="trap" aria-hidden="true"><label>{escape(tell(_EMPTY))}'
        f'<input name="{TRAP}" tabindex="-1" autocomplete="off"></label></div>'
    )
    hidden = forms.hidden(NAME, shown.token)
    first = page_before(definition, place, shown.before) is None
    backwards = f'{hidden}{forms.hidden(BACK, "1")}<button class="back">{escape(tell(_BACK))}</button>'
    back = "" if first else f'<form method="post">{backwards}</form>'
    title = definition.title.told(shown.language)
    intro = _text(definition.intro.told(shown.language)) if first else ""
    body = (
        f"<h1>{escape(title)}</h1>{_far(shown)}{intro}{_of_page(page.title, page.intro, shown)}{said}"
        f'<form method="post" novalidate data-form{puzzle}>{hidden}{forms.hidden(WORK, "")}{trap}{questions}'
        f"<button>{escape(tell(button))}</button></form>{back}<script>{SCRIPT}</script>"
    )
    return forms.whole(title, shown.language, body, _HEAD, definition.intro.told(shown.language))


def said_page(definition: Definition, words: str, language: str) -> bytes:
    """A page that says one thing under the survey's title."""
    title = definition.title.told(language)
    body = f'<h1>{escape(title)}</h1><p class="done" role="status">{escape(words)}</p>'
    return forms.whole(title, language, body, _HEAD)


def thanks_page(definition: Definition, language: str, tell: Tell) -> bytes:
    """What follows the last page."""
    return said_page(definition, definition.thanks.told(language) or tell(_THANKS), language)


def _asked(shown: Shown) -> list[Question]:
    """The questions whose conditions on earlier pages hold; the browser and the server settle the rest."""
    here = {one.key for one in shown.definition.pages[shown.place].questions}
    found = []
    for question in shown.definition.pages[shown.place].questions:
        settled = tuple(one for one in question.when if one.question not in here)
        if is_asked(shown.definition, msgspec.structs.replace(question, when=settled), shown.before):
            found.append(question)
    return found


def _far(shown: Shown) -> str:
    pages = len(shown.definition.pages)
    if pages == 1:
        return ""
    said = escape(shown.tell(Sentence("Page {page} of {pages}", page=shown.place + 1, pages=pages)))
    return f'<progress class="far" max="{pages}" value="{shown.place + 1}" aria-label="{said}">{said}</progress>'


def _of_page(title: Words, intro: Words, shown: Shown) -> str:
    named = f"<h2>{escape(_told(title, shown))}</h2>" if title else ""
    return named + (_text(_told(intro, shown)) if intro else "")


def _told(words: Words, shown: Shown) -> str:
    return piping.told(words, shown.definition, shown.before, shown.language)


def _text(text: str) -> str:
    return f'<p class="intro">{escape(text)}</p>' if text else ""


def _question(question: Question, shown: Shown) -> str:
    fields = fields_of(question)
    match question:
        case Single() | Multiple():
            return _choice(question, fields[0], shown) + "".join(_typed(one, shown) for one in fields[1:])
        case Scale():
            return _points(question, fields[0], shown, _told(question.low, shown), _told(question.high, shown))
        case Nps():
            ends = [shown.tell(one) for one in (Sentence("Not at all likely"), Sentence("Very likely"))]
            return _points(question, fields[0], shown, *ends)
        case Matrix():
            rows = "".join(_row(question, place, one, shown) for place, one in enumerate(fields))
            return _group(question, rows, shown, _whole_of(question, shown))
        case Ranking():
            return _ranking(question, fields, shown)
        case Text():
            return _text_field(question, fields[0], shown)
        case _:
            assert_never(question)


def _choice(question: Single | Multiple, field: Field, shown: Shown) -> str:
    labels = [(one.value, piping.label(one, shown.language)) for one in question.options]
    if question.other:
        labels.append(("other", shown.tell(_OTHER)))
    kind = "radio" if isinstance(question, Single) else "checkbox"
    options = "".join(_option(field, kind, value, text, shown, "option") for value, text in labels)
    return _group(question, options, shown, _rules(field, shown) + _condition(question, shown), field)


def _points(question: Scale | Nps, field: Field, shown: Shown, low: str, high: str) -> str:
    values = [one.value for one in field.options] if not isinstance(field, Line | LongText) else []
    options = "".join(_option(field, "radio", one, one, shown) for one in values)
    ends = f'<div class="ends"><span>{escape(low)}</span><span>{escape(high)}</span></div>' if low or high else ""
    body = f'<div class="points">{options}</div>{ends}'
    return _group(question, body, shown, _rules(field, shown) + _condition(question, shown), field)


def _row(question: Matrix, place: int, field: Field, shown: Shown) -> str:
    columns = "".join(
        _option(field, "radio", one.value, piping.label(one, shown.language), shown) for one in question.columns
    )
    label = escape(piping.label(question.rows[place], shown.language))
    said = _described(field.key, shown) + _rules(field, shown) + _condition(question, shown)
    return (
        f'<fieldset class="row" role="radiogroup"{said}><legend>{label}</legend>'
        f'<div class="points">{columns}</div>{_wrong(field.key, shown)}</fieldset>'
    )


def _ranking(question: Ranking, fields: Sequence[Field], shown: Shown) -> str:
    lines = []
    for option, field in zip(question.options, fields, strict=True):
        given = _first(field.key, shown)
        places = [one.value for one in field.options] if not isinstance(field, Line | LongText) else []
        chosen = "".join(f"<option{' selected' if one == given else ''}>{one}</option>" for one in places)
        about = f'id="{field.key}" name="{field.key}"{_described(field.key, shown)}'
        lines.append(
            f'<div class="place"{_rules(field, shown)}{_condition(question, shown)}>'
            f'<select {about}><option value="">–</option>{chosen}</select>'
            f'<label for="{field.key}">{escape(piping.label(option, shown.language))}</label>'
            f"{_wrong(field.key, shown)}</div>"
        )
    return _group(question, f"<div data-ranking>{''.join(lines)}</div>", shown, _whole_of(question, shown))


def _text_field(question: Text, field: Field, shown: Shown) -> str:
    given = escape(_first(field.key, shown))
    about = f'id="{field.key}" name="{field.key}"{_described(field.key, shown, helped=bool(question.help))}'
    control = f"<textarea {about}>\n{given}</textarea>" if question.lines else f'<input {about} value="{given}">'
    return (
        f'<div class="field"{_rules(field, shown)}{_condition(question, shown)}><label for="{field.key}">'
        f"{_label(question, shown)}</label>{control}{_help(question, shown)}{_wrong(field.key, shown)}</div>"
    )


def _typed(field: Field, shown: Shown) -> str:
    """What is typed besides the options; the browser shows it when `other` is chosen."""
    given = escape(_first(field.key, shown))
    waits = _waiting(field.when.field, field.when.values) if field.when else ""
    return (
        f'<div class="field"{_rules(field, shown)}{waits}><label for="{field.key}">{escape(shown.tell(_TYPED))}</label>'
        f'<input id="{field.key}" name="{field.key}"{_described(field.key, shown)} value="{given}">'
        f"{_wrong(field.key, shown)}</div>"
    )


def _group(question: Question, body: str, shown: Shown, said: str, field: Field | None = None) -> str:
    """A question of several controls. One that is asked by a single field is that field for the browser."""
    role = ' role="radiogroup"' if isinstance(question, Single | Scale | Nps) else ""
    role += ' aria-required="true"' if role and question.required else ""
    described = _described(question.key, shown, helped=bool(question.help))
    wrong = _wrong(field.key, shown) if field else ""
    return (
        f'<fieldset class="field"{role}{described}{said}><legend>{_label(question, shown)}</legend>{body}'
        f"{_help(question, shown)}{wrong}</fieldset>"
    )


def _option(field: Field, kind: str, value: str, text: str, shown: Shown, dressed: str = "") -> str:
    chosen = " checked" if value in shown.values.get(field.key, ()) else ""
    dress = f' class="{dressed}"' if dressed else ""
    control = f'<input type="{kind}" name="{field.key}" value="{escape(value)}"{chosen}>'
    return f"<label{dress}>{control}<span>{escape(text)}</span></label>"


def _label(question: Question, shown: Shown) -> str:
    needed = f" <small>{escape(shown.tell(_NEEDED))}</small>" if question.required else ""
    return escape(_told(question.label, shown)) + needed


def _help(question: Question, shown: Shown) -> str:
    text = escape(_told(question.help, shown))
    return f'<p class="help" id="{question.key}-help">{text}</p>' if question.help else ""


def _wrong(key: str, shown: Shown) -> str:
    wrong = shown.problems.get(key)
    return f'<p class="wrong" id="{key}-wrong">{escape(shown.tell(wrong))}</p>' if wrong else ""


def _described(key: str, shown: Shown, *, helped: bool = False) -> str:
    names = [f"{key}-help"] * helped + [f"{key}-wrong"] * (key in shown.problems)
    return f' aria-describedby="{" ".join(names)}"' if names else ""


def _first(key: str, shown: Shown) -> str:
    return (list(shown.values.get(key, ())) or [""])[0]


def _rules(field: Field, shown: Shown) -> str:
    """The same checks as the server's, for the browser."""
    checks = [[one.kind, one.value, shown.tell(one.sentence)] for one in checks_of(field, "")]
    told = escape(msgspec.json.encode(checks).decode())
    return f' data-field="{field.key}" data-spelling="{spelling_of(field)}" data-checks="{told}"'


def _condition(question: Question, shown: Shown) -> str:
    """What is left to be settled on the page itself."""
    here = {one.key: one for one in shown.definition.pages[shown.place].questions}
    for condition in question.when:
        if condition.question in here:
            waits = within(condition, here[condition.question])
            return _waiting(waits.field, waits.values)
    return ""


def _whole_of(question: Question, shown: Shown) -> str:
    """A question of several fields is shown and hidden as a whole, too."""
    waits = _condition(question, shown)
    return f' data-field="{question.key}.all" data-spelling="line" data-checks="[]"{waits}' if waits else ""


def _waiting(field: str, values: Sequence[str]) -> str:
    return f' data-when="{field}" data-values="{escape(msgspec.json.encode(values).decode())}"'
