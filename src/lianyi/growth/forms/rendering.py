"""The page of a form as HTML. It works without scripts; nothing of what is in a definition or was typed is run. No
Django here: the edge serves it.
"""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple, assert_never

import msgspec

from lianyi.growth.documents import described, document, in_a_line, policy
from lianyi.growth.forms.checks import YES, checks_of, spelling_of, types_of
from lianyi.growth.forms.fields import (
    Choice,
    Choices,
    Consent,
    Date,
    Email,
    Field,
    File,
    Hidden,
    LongText,
    Number,
    Phone,
    Text,
)
from lianyi.growth.forms.guarding import ISSUE, PAGE, TRAP, WORK
from lianyi.growth.forms.handing import KEPT
from lianyi.growth.forms.schemas import Definition
from lianyi.growth.words import Words
from lianyi.kernel.sentences import Sentence, Tell

STYLE = """
:root{color-scheme:light dark;--ink:#1c2b33;--soft:#53646e;--line:#8a979e;--back:#fff;--shade:#f4f7f8;--do:#0b5f7d;
--on:#fff;--bad:#a3261c}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf0;--soft:#a9b8c0;--line:#7b8990;--back:#12191d;--shade:#1c262b;
--do:#7cc8e4;--on:#0b1a20;--bad:#ff9d92}}
*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,
"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
main{max-width:34rem;margin:0 auto;padding:1.5rem 1rem 3rem}h1{font-size:1.5rem;line-height:1.3;margin:0 0 1rem}
.intro{white-space:pre-line;margin:0 0 1.5rem}.field{margin:0 0 1.25rem;border:0;padding:0;min-width:0}
.field>label:not(.option),legend{display:block;font-weight:600;margin-bottom:.25rem;padding:0}
.help{color:var(--soft);font-size:.875rem;margin:.25rem 0 0}.wrong{color:var(--bad);font-size:.875rem;margin:.25rem 0 0}
input:not([type=radio]):not([type=checkbox]),textarea,select{width:100%;font:inherit;color:inherit;
background:var(--back);border:1px solid var(--line);border-radius:.5rem;padding:.6rem .75rem;min-height:2.75rem}
textarea{min-height:7rem}[aria-invalid=true]{border-color:var(--bad)!important}
.option{display:flex;gap:.6rem;align-items:flex-start;font-weight:400;padding:.4rem 0}
.option input{width:1.25rem;height:1.25rem;margin:.15rem 0 0;flex:none;accent-color:var(--do)}
.button{display:block;margin:0 0 1rem;padding:.75rem;text-align:center;text-decoration:none}
button,.button{font:inherit;font-weight:600;width:100%;min-height:3rem;border:0;border-radius:.5rem;background:var(--do);
color:var(--on);cursor:pointer}:focus-visible{outline:3px solid var(--do);outline-offset:2px}
.notice{background:var(--shade);border-left:4px solid var(--do);padding:.75rem 1rem;margin:0 0 1.5rem}
.trap{position:absolute;left:-10000px;width:1px;height:1px;overflow:hidden}.done{white-space:pre-line}
"""
SCRIPT = Path(__file__).with_name("form.js").read_text()
FRAMED = Path(__file__).with_name("framed.js").read_text()
POLICY = policy([STYLE], SCRIPT, FRAMED)
_SEND, _CONFIRM, _CHOOSE = Sentence("Send"), Sentence("Confirm and send"), Sentence("Please choose")
_NEEDED = Sentence("(required)")
_EMPTY, _LOOK = Sentence("Leave this empty"), Sentence("Please look at the marked fields.")


class Shown(NamedTuple):
    """What a page shows: the form, to whom, and what they had typed."""

    definition: Definition
    region: str
    language: str
    tell: Tell
    token: str
    riddle: str = ""  # what the puzzle is about
    values: Mapping[str, Sequence[str]] = {}
    problems: Mapping[str, Sentence] = {}
    notice: Sentence | None = None
    confirming: bool = False
    page: str = ""
    action: str = ""  # where it is sent, if not to the address of its page
    kept: Mapping[str, tuple[str, str]] = {}  # files that came already, by their fields: a name, and a word for it


def form_page(shown: Shown) -> bytes:
    """The page with the form."""
    definition, language = shown.definition, shown.language
    title = definition.title.told(language)
    body = f"<h1>{escape(title)}</h1>{_intro(definition.intro, language)}{form_html(shown)}"
    return whole(title, language, framed(body), about=definition.intro.told(language))


def form_html(shown: Shown) -> str:
    """The form alone, with what is said above it and its script."""
    definition, tell, language = shown.definition, shown.tell, shown.language
    notice = shown.notice or (_LOOK if shown.problems else None)
    said = f'<p class="notice" role="alert">{escape(tell(notice))}</p>' if notice else ""
    fields = "".join(_field(one, shown) for one in definition.fields)
    button = definition.button.told(language) or tell(_SEND)
    if shown.confirming:
        button = tell(_CONFIRM)
    work = definition.guard.work
    puzzle = f' data-riddle="{escape(shown.riddle)}" data-work="{work}"' if shown.riddle and work else ""
    sent_to = f' action="{escape(shown.action)}"' if shown.action else ""
    carried = hidden(ISSUE, shown.token) + hidden(WORK, "") + (hidden(PAGE, shown.page) if shown.page else "")
    trap = (
        f'<div class="trap" aria-hidden="true"><label>{escape(tell(_EMPTY))}'
        f'<input name="{TRAP}" tabindex="-1" autocomplete="off"></label></div>'
    )
    return (
        f'{said}<form method="post"{sent_to}{_encoded(definition)} novalidate data-form{puzzle}>{carried}{trap}{fields}'
        f"<button>{escape(button)}</button></form><script>{SCRIPT}</script>"
    )


def framed(body: str) -> str:
    """The body of a page that may lie in a frame on a website."""
    return f"{body}<script>{FRAMED}</script>"


def whole(title: str, language: str, body: str, head: str = "", about: str = "") -> bytes:
    """A page; its title, and what it is about, are text, all else HTML."""
    return document(title, language, STYLE, body, described(in_a_line(about) or title) + head)


def _intro(words: Words, language: str) -> str:
    return f'<p class="intro">{escape(words.told(language))}</p>' if words else ""


def hidden(name: str, value: str) -> str:
    """A value that a page carries along."""
    return f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'


def _field(field: Field, shown: Shown) -> str:
    values = list(shown.values.get(field.key, ()))
    first = values[0] if values else ""
    match field:
        case Hidden():
            return hidden(field.key, first or field.value)
        case Text():
            return _labelled(field, shown, _input(field, shown, "text", first))
        case LongText():
            area = f"<textarea {_attributes(field, shown)}>\n{escape(first)}</textarea>"
            return _labelled(field, shown, area)
        case Email():
            return _labelled(field, shown, _input(field, shown, "email", first, 'autocomplete="email"'))
        case Phone():
            return _labelled(field, shown, _input(field, shown, "tel", first, 'autocomplete="tel"'))
        case Number():
            mode = "numeric" if field.whole and not (field.least or "-").startswith("-") else "decimal"
            return _labelled(field, shown, _input(field, shown, "text", first, f'inputmode="{mode}"'))
        case Date():
            return _labelled(field, shown, _input(field, shown, "date", first))
        case Choice():
            return _labelled(field, shown, _menu(field, shown, first)) if field.menu else _group(field, shown, values)
        case Choices():
            return _group(field, shown, values)
        case Consent():
            return _consent(field, shown, values)
        case File():
            accepted = f'accept="{",".join(types_of(field))}"'
            return _labelled(field, shown, _came(field, shown) + _input(field, shown, "file", "", accepted))
        case _:
            assert_never(field)


def _attributes(field: Field, shown: Shown) -> str:
    described = [f"{field.key}-help"] if field.help else []
    wrong = field.key in shown.problems
    described += [f"{field.key}-wrong"] if wrong else []
    parts = [f'id="{field.key}" name="{field.key}"']
    parts += [f'aria-describedby="{" ".join(described)}"'] if described else []
    parts += ['aria-invalid="true"'] if wrong else []
    parts += ['aria-required="true"'] if field.required else []
    return " ".join(parts)


def _input(field: Field, shown: Shown, kind: str, value: str, more: str = "") -> str:
    return f'<input type="{kind}" {_attributes(field, shown)} value="{escape(value)}" {more}>'


def _encoded(definition: Definition) -> str:
    files = any(isinstance(one, File) for one in definition.fields)
    return ' enctype="multipart/form-data"' if files else ""


def _came(field: File, shown: Shown) -> str:
    """What is said of a file that came already."""
    if field.key not in shown.kept:
        return ""
    name, token = shown.kept[field.key]
    said = Sentence("{name} has arrived. Choose a file only to replace it.", name=name)
    return f'{hidden(KEPT + field.key, token)}<p class="help">{escape(shown.tell(said))}</p>'


def _menu(field: Choice, shown: Shown, value: str) -> str:
    found = [f'<option value="">{escape(shown.tell(_CHOOSE))}</option>']
    for one in field.options:
        chosen = " selected" if one.value == value else ""
        label = one.label.told(shown.language) or one.value
        found.append(f'<option value="{escape(one.value)}"{chosen}>{escape(label)}</option>')
    return f"<select {_attributes(field, shown)}>{''.join(found)}</select>"


def _group(field: Choice | Choices, shown: Shown, values: Sequence[str]) -> str:
    kind = "radio" if isinstance(field, Choice) else "checkbox"
    found = []
    for place, one in enumerate(field.options):
        chosen = " checked" if one.value in values else ""
        label = escape(one.label.told(shown.language) or one.value)
        found.append(
            f'<label class="option"><input type="{kind}" name="{field.key}" id="{field.key}-{place}" '
            f'value="{escape(one.value)}"{chosen}><span>{label}</span></label>'
        )
    role = ' role="radiogroup"' if kind == "radio" else ""
    required = ' aria-required="true"' if role and field.required else ""
    return (
        f'<fieldset class="field"{role}{required}{_told_of(field, shown)}{_rules(field, shown)}>'
        f"<legend>{_label(field, shown)}</legend>{''.join(found)}{_below(field, shown)}</fieldset>"
    )


def _consent(field: Consent, shown: Shown, values: Sequence[str]) -> str:
    chosen = " checked" if YES in values else ""
    wording = escape(field.wording.told(shown.language))
    needed = f" <small>{escape(shown.tell(_NEEDED))}</small>" if field.required else ""
    return (
        f'<div class="field"{_rules(field, shown)}><label class="option"><input type="checkbox" '
        f'{_attributes(field, shown)} value="{YES}"{chosen}><span>{wording}{needed}</span></label>'
        f"{_below(field, shown)}</div>"
    )


def _labelled(field: Field, shown: Shown, control: str) -> str:
    return (
        f'<div class="field"{_rules(field, shown)}><label for="{field.key}">{_label(field, shown)}</label>'
        f"{control}{_below(field, shown)}</div>"
    )


def _label(field: Field, shown: Shown) -> str:
    needed = f" <small>{escape(shown.tell(_NEEDED))}</small>" if field.required else ""
    return escape(field.label.told(shown.language) or field.key) + needed


def _told_of(field: Field, shown: Shown) -> str:
    described = [f"{field.key}-help"] if field.help else []
    described += [f"{field.key}-wrong"] if field.key in shown.problems else []
    return f' aria-describedby="{" ".join(described)}"' if described else ""


def _below(field: Field, shown: Shown) -> str:
    found = ""
    if field.help:
        found += f'<p class="help" id="{field.key}-help">{escape(field.help.told(shown.language))}</p>'
    if field.key in shown.problems:
        found += f'<p class="wrong" id="{field.key}-wrong">{escape(shown.tell(shown.problems[field.key]))}</p>'
    return found


def _rules(field: Field, shown: Shown) -> str:
    """The same checks as the server's, for the browser."""
    tell: Callable[[Sentence], str] = shown.tell
    made = checks_of(field, shown.region)
    if isinstance(field, File):  # a browser knows no content, and what came already is not needed again
        made = [one for one in made if one.kind == "needed" and field.key not in shown.kept]
    checks = [[one.kind, one.value, tell(one.sentence)] for one in made]
    said = f' data-field="{field.key}" data-spelling="{spelling_of(field)}"'
    said += f' data-checks="{escape(msgspec.json.encode(checks).decode())}"'
    if field.when:
        said += (
            f' data-when="{field.when.field}" data-values="{escape(msgspec.json.encode(field.when.values).decode())}"'
        )
    return said
