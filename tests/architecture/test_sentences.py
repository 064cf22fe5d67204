"""Sentences for people are written as templates that the catalogue can find, each with exactly its values."""

import ast
from collections.abc import Iterator
from string import Formatter

from lianyi.web.catalogue import SOURCE, TEMPLATES, templates_in

TREES = {
    str(path.relative_to(SOURCE)): ast.parse(path.read_bytes())
    for path in sorted(SOURCE.rglob("*.py"))
    if any(f"{name}(" in path.read_text() for name in TEMPLATES)
}


def _texts(tree: ast.AST) -> set[str]:
    """Names that stand for a text made beforehand."""
    assigned = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and _is_text(node.value)]
    return {target.id for node in assigned for target in node.targets if isinstance(target, ast.Name)}


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr | ast.BinOp) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _hidden(tree: ast.AST) -> Iterator[int]:
    texts = _texts(tree)
    for call, places in templates_in(tree):
        for place in places:
            match place:
                case ast.Constant(value=str()) | ast.Attribute():
                    continue
                case ast.Name(id=name) if name not in texts:
                    continue
                case ast.Call(func=ast.Name(id="Sentence")):
                    continue
            yield call.lineno


def test_a_sentence_is_one_literal() -> None:
    """What an f-string or a name hides is found by no catalogue, so it would come in English for ever."""
    assert [f"{file}:{line}" for file, tree in TREES.items() for line in _hidden(tree)] == []


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_a_sentence_is_given_its_values_and_no_more() -> None:
    wrong = []
    for file, tree in TREES.items():
        for call, places in templates_in(tree):
            needed = set().union(*(_fields(one.value) for one in places if isinstance(one, ast.Constant)), set())
            given = {keyword.arg for keyword in call.keywords}
            if needed != given and None not in given:
                wrong.append(f"{file}:{call.lineno}: {sorted(needed)} {sorted(map(str, given))}")
    assert wrong == []
