"""YAML as people edit it: read without surprises, and errors that name their line.

Refused are aliases (which can blow up a small file), a key that is written twice, and files that no hand wrote.
"""

import re
from typing import Any

import yaml

from lianyi.kernel.errors import Refused


class _Loader(yaml.SafeLoader):
    """Plain words stay words: `yes`, `12:30` and `2010-12-01` are text, as in YAML 1.2."""


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))

_LARGEST = 256_000  # characters
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")


def load(text: str, name: str) -> tuple[yaml.Node | None, Any]:
    """The tree with its places, and what it means."""
    if len(text) > _LARGEST:
        raise Refused("mapping.large", f"{name} has {len(text):,} characters.", f"{_LARGEST:,} are read.")
    try:
        for event in yaml.parse(text, _Loader):
            if isinstance(event, yaml.AliasEvent):
                raise Refused("mapping.alias", f"{name}, line {_line(event)}: aliases are not read.")
        tree = yaml.compose(text, _Loader)
        _check_keys(tree, name)
        return tree, yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f", line {mark.line + 1}" if mark else ""
        raise Refused(
            "mapping.yaml", f"{name}{place}: {error.problem or error.context}.", "Correct that line."
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Refused("mapping.yaml", f"{name} is no YAML: {str(error).splitlines()[0]}.") from None


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
                    raise Refused("mapping.twice", f"{name}, line {line}: {key.value!r} is written twice.")
                known.add(key.value)
            _check_keys(value, name)


def place_of(tree: yaml.Node | None, message: str) -> tuple[int, str]:
    """The line (from 1) that a message of msgspec is about, and the message without its path."""
    sentence, _, path = message.partition(" - at `")
    node = tree
    unknown = re.match(r"Object contains unknown field `(.+)`", sentence)
    for name, place in _STEP.findall(path.rstrip("`")):
        step = _child(node, name, place)
        if step is None:
            break
        node = step
    if unknown is not None:
        sentence = f"`{unknown[1]}` means nothing here"
        node = _key(node, unknown[1]) or node
    line = 1 if node is None else _line(node)
    return line, sentence


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
