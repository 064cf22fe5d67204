"""A rule from JSON and into it. What is wrong is told with its place in the JSON: `rules[2].is.value`.

A stored rule stands in an envelope with the version of its nodes; `_UPCASTS` makes a newer one of an older one. A rule
that comes without an envelope is of the present version.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import msgspec
from pydantic import TypeAdapter, ValidationError

from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.rules.nodes import DEEPEST, MOST_NODES, VERSION, Rule

MOST_BYTES = 1_000_000

_NO_JSON = Sentence("This is no JSON.")
_NO_OBJECT = Sentence("A rule is a JSON object.")
_BYTE = re.compile(r"\(byte (\d+)\)")

_UPCASTS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}  # version → the rule one version later


class Problem(NamedTuple):
    """What is wrong with one place of a rule."""

    place: str  # as in JSON: rules[2].is.value; empty for the whole
    code: str
    sentence: Sentence


class BadRule(Refused):
    """The rule cannot be used. `problems` are in the order of the places; the sentence tells the first. To who sent it
    among other things, the places begin in `root`.
    """

    root = "rule"

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        super().__init__(
            first.code,
            Sentence("{place}: {sentence}", place=first.place, sentence=first.sentence)
            if first.place
            else first.sentence,
            "Change the rule there." if first.place else "Change the rule and try again.",
        )
        self.problems = tuple(problems)


def read(document: bytes | str | Mapping[str, Any]) -> Rule:
    """The rule that the JSON is, of this version or an older one. BadRule otherwise."""
    value = _value(document)
    if "version" in value:
        value = _upcast(value)
    depth, nodes = _size(value)
    if depth > DEEPEST:
        deep = Sentence("Groups stand {depth} deep in one another, and {most} is the most.", depth=depth, most=DEEPEST)
        raise BadRule([Problem("", "rule.deep", deep)])
    if nodes > MOST_NODES:
        many = Sentence(
            "The rule has {count:,} conditions and groups, and {most:,} is the most.", count=nodes, most=MOST_NODES
        )
        raise BadRule([Problem("", "rule.long", many)])
    try:
        rule: Rule = _adapter().validate_json(msgspec.json.encode(value))
    except ValidationError as error:
        raise BadRule(problems_of(value, error)) from None
    return rule


def write(rule: Rule) -> dict[str, Any]:
    """The rule's JSON without what is a default; `read` is the inverse."""
    written: dict[str, Any] = _without_nothing(_adapter().dump_python(rule, mode="json", by_alias=True))
    return written


def stored(rule: Rule) -> dict[str, Any]:
    """The rule in its envelope, as it is kept."""
    return {"version": VERSION, "rule": write(rule)}


@cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(Rule)


def _value(document: bytes | str | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(document, bytes | str):
        if len(document) > MOST_BYTES:
            large = Sentence("The rule takes more than {most:,} bytes.", most=MOST_BYTES)
            raise BadRule([Problem("", "rule.large", large)])
        try:
            document = msgspec.json.decode(document)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            byte = _BYTE.search(str(error))
            said = Sentence("This is no JSON, from byte {byte} on.", byte=int(byte[1])) if byte else _NO_JSON
            raise BadRule([Problem("", "rule.json", said)]) from None
    if not isinstance(document, Mapping):
        raise BadRule([Problem("", "rule.json", _NO_OBJECT)])
    return dict(document)


def _upcast(envelope: dict[str, Any]) -> dict[str, Any]:
    version, value = envelope.get("version"), envelope.get("rule")
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= VERSION:
        unknown = Sentence("There is no version {version}; the newest is {newest}.", version=version, newest=VERSION)
        raise BadRule([Problem("version", "rule.version", unknown)])
    if not isinstance(value, dict) or envelope.keys() - {"version", "rule"}:
        raise BadRule([Problem("rule", "rule.json", _NO_OBJECT)])
    for older in range(version, VERSION):
        value = _UPCASTS[older](value)
    return value


def _size(value: object) -> tuple[int, int]:
    """How deep nodes stand in one another, and how many there are, told without recursion."""
    deepest = nodes = 0
    waiting = [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        if isinstance(one, dict):
            deepest, nodes = max(deepest, depth), nodes + 1
            waiting += [(inner, depth + 1) for inner in _inner(one)]
    return deepest, nodes


def _inner(node: Mapping[str, Any]) -> Iterator[object]:
    rules = node.get("rules")
    if isinstance(rules, list):
        yield from rules
    if "rule" in node:
        yield node["rule"]


def problems_of(value: object, error: ValidationError) -> list[Problem]:
    """What is wrong with JSON that is no model of ours, in the order of the places."""
    found: dict[str, Problem] = {}
    told = error.errors(include_url=False, include_input=False)
    for one in told:
        if any(len(other["loc"]) > len(one["loc"]) and other["loc"][: len(one["loc"])] == one["loc"] for other in told):
            continue  # a group that lost a member because of what is wrong with that
        place = _place(value, one["loc"])
        found.setdefault(place, Problem(place, f"rule.{_CODES.get(one['type'], 'value')}", _sentence(one, place)))
    return list(found.values())


def _place(value: object, loc: Sequence[int | str]) -> str:
    """The steps of `loc` that are steps of the JSON: pydantic puts the kinds that it tried in between."""
    place = ""
    told = False  # whether the kind of this node was among the steps
    for step in loc:
        if isinstance(step, int) and isinstance(value, list) and step < len(value):
            place, value, told = f"{place}[{step}]", value[step], False
        elif isinstance(value, dict) and not told and step in (value.get("kind"), value.get("test")):
            told = True
        elif isinstance(value, dict) and step in value:
            place, value, told = _joined(place, step), value[step], False
        elif isinstance(value, dict) and step == loc[-1]:
            place = _joined(place, step)  # a field that is missing
    return place


def _joined(place: str, step: int | str) -> str:
    return f"{place}.{step}" if place else str(step)


_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "union_tag_invalid": "unknown_kind",
    "union_tag_not_found": "missing",
    "too_short": "empty",
    "too_long": "long",
    "string_too_short": "empty",
    "string_too_long": "long",
    "bounds.none": "bounds",
    "bounds.crossed": "bounds",
    "source.nowhere": "bounds",
}
_SENTENCES: dict[str, Sentence] = {
    "missing": Sentence("This must be there."),
    "extra_forbidden": Sentence("There is no such field."),
    "bounds.none": Sentence("Say at least one bound."),
    "bounds.order": Sentence("A must begin above B, and B above C."),
    "bounds.crossed": Sentence("It ends before it begins."),
    "source.nowhere": Sentence("Say a channel, a medium, a campaign or a code."),
    "name.unprintable": Sentence("A name has no spaces around it and no signs that cannot be printed."),
    "text.nul": Sentence("A text holds the character NUL, which cannot be stored."),
    "string_type": Sentence("This must be a text."),
    "int_type": Sentence("This must be a whole number."),
    "int_from_float": Sentence("This must be a whole number."),
    "int_parsing": Sentence("This must be a whole number."),
    "float_type": Sentence("This must be a number."),
    "float_parsing": Sentence("This must be a number."),
    "bool_type": Sentence("This must be true or false."),
    "finite_number": Sentence("This must be a finite number."),
    "tuple_type": Sentence("This must be a list."),
    "dict_type": Sentence("This must be an object."),
    "model_type": Sentence("This must be an object."),
    "model_attributes_type": Sentence("This must be an object."),
    "date_type": Sentence("This must be a day, as in 2026-01-31."),
    "date_parsing": Sentence("This must be a day, as in 2026-01-31."),
    "date_from_datetime_parsing": Sentence("This must be a day, as in 2026-01-31."),
    "date_from_datetime_inexact": Sentence("This must be a day, as in 2026-01-31."),
}


def _sentence(error: Any, place: str) -> Sentence:
    kind, context = error["type"], error.get("ctx", {})
    match kind:
        case "union_tag_invalid":
            return Sentence("There is no {tag!r}; there are {known}.", tag=context["tag"],
                            known=context["expected_tags"].replace("'", ""))  # fmt: skip
        case "union_tag_not_found":
            return Sentence("It must say its {field}.", field=context["discriminator"].strip("'"))
        case "too_short" | "string_too_short":
            return Sentence("This must not be empty.")
        case "too_long":
            return Sentence("A list of {count:,} is too long; {most:,} is the most.", count=context["actual_length"],
                            most=context["max_length"])  # fmt: skip
        case "string_too_long":
            return Sentence("This has more than {most:,} characters.", most=context["max_length"])
        case "greater_than_equal":
            return Sentence("This must be {least} or more.", least=context["ge"])
        case "less_than_equal":
            return Sentence("This must be {most} or less.", most=context["le"])
        case "greater_than":
            return Sentence("This must be more than {least}.", least=context["gt"])
        case "literal_error":
            return Sentence("There are only {known}.", known=context["expected"].replace("'", "").replace(" or ", ", "))
        case "string_type" | "float_type" | "bool_type" if place.endswith(("value", "]")):
            return Sentence("This must be a text, a number, or true or false.")
    return _SENTENCES.get(kind) or Sentence("This does not belong here.")


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nothing(one) for name, one in value.items() if one is not None and one != []}
    if isinstance(value, list):
        return [_without_nothing(one) for one in value]
    return value
