"""What is wrong with what was typed into the builder, by the input at which it is wrong.

The law is that of `definitions.read_object` alone: it is asked about each part for itself, so that everything that is
wrong is said at once and where it is.
"""

from typing import Any

from lianyi.growth.forms.definitions import check_ready, read_object
from lianyi.growth.forms.schemas import Definition
from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.web.forms.typed import AT_ONCE, BOUNDS, DAYS, GUARD, OFFERED_FOR, TEXTS, Row, Typed, field_of, words_in

Wrong = dict[str, Sentence]  # by the name of an input; "" for none

_BY_CODE = {
    "form.twice": "key",
    "form.key": "key",
    "form.target": "maps",
    "form.target_twice": "maps",
    "form.condition": "when",
    "form.condition_value": "values",
    "form.options": "options",
    "form.label": "label_zh",
}
_OF_FORM = {
    "form.opt_in": "opt_in",
    "form.name": "name",
    "form.title": "title_zh",
    "media.unknown": "download",
}
_SHAPES = {
    "key": Sentence("A key begins with a letter from a to z; at most 40 small letters, digits and _ make it up."),
    "options": Sentence("Write at least one option, at most 100, each on its own line."),
    "least": Sentence("This is no number."),
    "most": Sentence("This is no number."),
    "first": Sentence("This is no date."),
    "last": Sentence("This is no date."),
    "channel": Sentence("Small letters, digits and _ alone."),
    "purposes": Sentence("At most five, of small letters, digits and _, with commas between them."),
    "most_bytes": Sentence("A number of megabytes from 0.001 to 20, as 2.5."),
    "parameter": Sentence("Letters, digits, full stops, - and _ alone."),
}
_WORDS = ("label_zh", "label_en", "help_zh", "help_en", "wording_zh", "wording_en", "options")


def wrong_in_draft(typed: Typed) -> Wrong:
    """Everything that is wrong with it as a draft."""
    found: Wrong = {}
    right: list[dict[str, Any]] = []
    left_out: set[str] = set()
    for number, row in enumerate(typed.rows):
        wrong = _of_row(row, right, left_out)
        found |= {f"f{number}-{name}": sentence for name, sentence in wrong.items()}
        if wrong:
            left_out.add(row.said["key"])
        else:
            right.append(field_of(row))
    found |= _of_form(typed)
    if not found and (refused := _refusal(typed.document)):
        found[_place(refused, typed)] = refused.whole
    return found


def wrong_to_publish(definition: Definition) -> Wrong:
    """What keeps a sound draft from being published."""
    try:
        check_ready(definition)
    except Refused as refused:
        return wrong_of(refused, definition)
    return {}


def wrong_of(refused: Refused, definition: Definition) -> Wrong:
    """A refusal of the whole, at its place."""
    if refused.code == "form.label":
        keys = [one.key for one in definition.fields]
        number = keys.index(str(refused.sentence.values["key"]))
        name = "wording_zh" if getattr(definition.fields[number], "wording", None) is not None else "label_zh"
        return {f"f{number}-{name}": refused.whole}
    if refused.code == "form.empty":
        return {"fields": refused.whole}
    return {_OF_FORM.get(refused.code, ""): refused.whole}


def _place(refused: Refused, typed: Typed) -> str:
    """The input of a form, each of whose parts is right for itself, that a refusal is about."""
    if refused.code == "form.progressive":
        keys = [row.said["key"] for row in typed.rows]
        return f"f{keys.index(str(refused.sentence.values['key']))}-turn"
    return _OF_FORM.get(refused.code, "")


def _of_row(row: Row, right: list[dict[str, Any]], left_out: set[str]) -> Wrong:
    """What is wrong with a field, after those that are right."""
    for (kind, name), bounds in BOUNDS.items():
        if kind == row.kind and not _within(row.said[name], bounds):
            return {name: _between(bounds)}
    made = field_of(row)
    alone = {name: value for name, value in made.items() if name != "when"}
    refused = _refusal({"fields": [alone]})
    if refused is None and row.said["when"] not in left_out:
        refused = _refusal({"fields": [*right, made]})
    return {} if refused is None else {_name(refused, row): _sentence(refused)}


def _of_form(typed: Typed) -> Wrong:
    found: Wrong = {}
    said = typed.said
    for name in TEXTS:
        if refused := _refusal({name: words_in(said, name)}):
            found[f"{name}_zh"] = refused.whole
    if refused := _refusal({"thanks": {"text": words_in(said, "thanks")}}):
        found["thanks_zh"] = refused.whole
    if refused := _refusal({"thanks": {"address": said["address"]}}):
        found["address"] = refused.whole
    for name, bounds in {**GUARD, "days": DAYS, "offered_for": OFFERED_FOR, "at_once": AT_ONCE}.items():
        if not _within(said[name], bounds):
            found[name] = _between(bounds)
    return found


def _name(refused: Refused, row: Row) -> str:
    """The input of a row that a refusal is about."""
    code, said = refused.code, row.said
    if code in ("form.text", "form.unseen"):
        return next((name for name in _WORDS if said.get(name) and _is_it(row, name, code)), "label_zh")
    if code == "form.bounds":
        return "first" if row.kind == "date" else "least"
    if code == "form.day":
        return next(name for name in ("last", "first") if said[name] == str(refused.sentence.values["day"]))
    if code == "form.definition":
        steps = str(refused.sentence.values["where"]).partition(".")[2].replace("[", ".").split(".")
        step = steps[1] if steps[0] == "when" and len(steps) > 1 else steps[0]
        step = {"maps_to": "trait", "field": "when", "most_bytes": "megabytes"}.get(step, step)
        return step if step in said else next((one for one in (f"{step}_zh",) if one in said), "key")
    name = _BY_CODE.get(code, "key")
    return "trait" if name == "maps" and said["maps"] == "trait" else name


def _is_it(row: Row, name: str, code: str) -> bool:
    """Whether this text is the one, when all others are blank."""
    others = {one: "" for one in _WORDS if one in row.said and one not in (name, "options")}
    refused = _refusal({"fields": [field_of(Row(row.kind, row.said | others | {"when": ""}))]})
    return refused is not None and refused.code == code


def _sentence(refused: Refused) -> Sentence:
    if refused.code != "form.definition":
        return refused.whole
    where = str(refused.sentence.values["where"]).partition(".")[2]
    return _SHAPES.get(where.partition("[")[0].partition(".")[0], refused.whole)


def _refusal(document: dict[str, Any]) -> Refused | None:
    try:
        read_object(document)
    except Refused as refused:
        return refused
    return None


def _within(text: str, bounds: tuple[int, int]) -> bool:
    if not text:
        return True
    return text.isascii() and text.isdigit() and len(text) < 12 and bounds[0] <= int(text) <= bounds[1]


def _between(bounds: tuple[int, int]) -> Sentence:
    return Sentence("A whole number from {least} to {most}.", least=bounds[0], most=bounds[1])
