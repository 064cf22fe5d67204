"""YAML as people edit it: read without surprises, and errors that name their line.

Refused are aliases (which can blow up a small file), a key that is written twice, and files that no hand wrote.
"""

import re
from typing import Any

import yaml

from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence


class _Loader(yaml.SafeLoader):
    """Plain words stay words: `yes`, `12:30` and `2010-12-01` are text, as in YAML 1.2."""


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))

_LARGEST = 256_000  # characters
_DEEPEST = 50  # levels; the parser's time grows with their square
# What the parser says, by how it begins, in words for people who never saw a parser.
_PROBLEMS = {
    "mapping values are not allowed here": Sentence("a second colon: put the value into quotes"),
    "could not find expected ':'": Sentence("a colon is missing"),
    "found unexpected end of stream": Sentence("a quote is not closed"),
    "found character": Sentence("a tab or another sign that cannot stand here"),
    "found undefined": Sentence("this alias is not defined"),
    "expected": Sentence("a bracket or the indentation does not fit"),
    "could not determine a constructor": Sentence("types (`!…`) are not read"),
}
_NO_YAML = Sentence("this is no YAML")
_UNKNOWN = re.compile(r"Object contains unknown field `(.+)`")
_MISSING = re.compile(r"Object missing required field `(.+)`")
_OTHER = re.compile(r"Expected `(.+)`, got `(.+)`")
_WORD = re.compile(r"Invalid (?:enum )?value '(.*)'")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")


def load(text: str, name: str) -> tuple[yaml.Node | None, Any]:
    """The tree with its places, and what it means."""
    if len(text) > _LARGEST:
        raise Refused(
            "mapping.large",
            "{name} has {count:,} characters.",
            "{most:,} are read.",
            name=name,
            count=len(text),
            most=_LARGEST,
        )
    try:
        depth = 0
        for event in yaml.parse(text, _Loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise RecursionError
            if isinstance(event, yaml.AliasEvent):
                raise Refused(
                    "mapping.alias", "{name}, line {line}: aliases are not read.", name=name, line=_line(event)
                )
        tree = yaml.compose(text, _Loader)
        _check_keys(tree, name)
        return tree, yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = error.problem or error.context or ""
        problem = next((words for start, words in _PROBLEMS.items() if said.startswith(start)), _NO_YAML)
        raise Refused(
            "mapping.yaml",
            "{name}, line {line}: {problem}.",
            "Correct that line.",
            name=name,
            line=mark.line + 1 if mark else 1,
            problem=problem,
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Refused("mapping.yaml", "{name}: {problem}.", name=name, problem=_NO_YAML) from None


def _line(at: Any) -> int:
    return int(at.start_mark.line) + 1


def _check_keys(node: yaml.Node | None, name: str) -> None:
    if isinstance(node, yaml.SequenceNode):
        for part in node.value:
            _check_keys(part, name)
    elif isinstance(node, yaml.MappingNode):
        known: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in known:
                    line = _line(key)
                    raise Refused(
                        "mapping.twice",
                        "{name}, line {line}: {value!r} is written twice.",
                        name=name,
                        line=line,
                        value=key.value,
                    )
                known.add(key.value)
            _check_keys(value, name)


def place_of(tree: yaml.Node | None, message: str, own: dict[str, Sentence]) -> tuple[int, Sentence]:
    """The line (from 1) that a message of msgspec is about, and what is wrong there; `own` are our own messages."""
    said, _, path = message.partition(" - at `")
    node = tree
    unknown = _UNKNOWN.match(said)
    for name, place in _STEP.findall(path.rstrip("`")):
        step = _child(node, name, place)
        if step is None:
            break
        node = step
    if unknown is not None:
        node = _key(node, unknown[1]) or node
    line = 1 if node is None else _line(node)
    return line, own.get(said) or _shape(said)


def _shape(said: str) -> Sentence:
    if match := _UNKNOWN.match(said):
        return Sentence("`{field}` means nothing here", field=match[1])
    if match := _MISSING.match(said):
        return Sentence("`{field}` is missing", field=match[1])
    if match := _OTHER.match(said):
        return Sentence("`{wanted}` is expected, not `{found}`", wanted=match[1], found=match[2])
    if match := _WORD.match(said):
        return Sentence("{found!r} is none of the words that fit", found=match[1])
    return Sentence("this does not fit here")


def _child(node: yaml.Node | None, name: str, place: str) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and place.isdigit() and int(place) < len(node.value):
        child = node.value[int(place)]
    elif isinstance(node, yaml.MappingNode):
        child = next((value for key, value in node.value if key.value == name), None)
    else:
        child = None
    return child if isinstance(child, yaml.Node) else None


def _key(node: yaml.Node | None, name: str) -> yaml.Node | None:
    """The key of this name, at `node` or below it: a path does not say which member of a mapping it means."""
    if isinstance(node, yaml.SequenceNode):
        return next((found for part in node.value if (found := _key(part, name))), None)
    if isinstance(node, yaml.MappingNode):
        here = next((key for key, _ in node.value if key.value == name), None)
        return here or next((found for _, value in node.value if (found := _key(value, name))), None)
    return None
