"""Brings the catalogue of translations up to date with the source: `python -m lianyi.web.catalogue`.

Reads every string that the program or a template marks for translation, the templates of sentences
(`lianyi.kernel.sentences`), the help of each verb, what the API says of its operations and the table of environment
variables, without the gettext tools; keeps what was translated, adds what is new, drops what nobody says any more, and
prints what has no translation yet.
"""

import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

SOURCE = Path(__file__).parents[1]
PLACE = SOURCE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
_KEYWORDS: dict[str, Any] = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
# Who takes templates of sentences, and at which places.
TEMPLATES = {
    "Sentence": (0,),
    "Refused": (1, 2),
    "Unserved": (2, 3),
    "Broken": (0,),
    "Misused": (0,),
    "Unfit": (1,),
    "well": (1,),
    "note": (1, 2),
    "bad": (1, 2),
}
_HEAD = """\
# Lianyi in simplified Chinese.
msgid ""
msgstr ""
"Language: zh_Hans\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""
_VARIABLE = re.compile(r"^\| [A-Z_]+ \| (.+?) \| (.+) \|$", re.MULTILINE)
Message = tuple[str, str | tuple[str, ...], str | None]  # file, text or texts, context


def messages() -> Iterator[Message]:
    """Every marked string, by file."""
    for path in sorted(SOURCE.rglob("*.py")):
        yield from _marked(path, path.read_bytes())
        yield from _verbs(path, path.read_bytes())
        yield from _sentences(path, path.read_bytes())
        yield from _variables(path, path.read_bytes())
    for path in sorted(SOURCE.rglob("*.html")):
        flush = "\n".join(
            line.lstrip() for line in templatize(path.read_text()).splitlines()
        )  # it is read as a program
        yield from _marked(path, flush.encode())


def _marked(path: Path, code: bytes) -> Iterator[Message]:
    for _line, text, _comments, context in extract(
        "python", io.BytesIO(code), _KEYWORDS, options={"encoding": "utf-8"}
    ):
        yield str(path.relative_to(SOURCE)), text, context


def _verbs(path: Path, code: bytes) -> Iterator[Message]:
    """The docstrings of verbs and of the API's operations, each in one line: as `cli.frame.verb` and `api.openapi`
    ask for them.
    """
    for node in ast.parse(code).body if b"@verb(" in code or b"ection." in code else ():
        if isinstance(node, ast.FunctionDef) and any(
            ast.unparse(one).startswith(("verb(", "section.", "_section.")) for one in node.decorator_list
        ):
            yield str(path.relative_to(SOURCE)), " ".join((ast.get_docstring(node) or "").split()), None


def templates_in(tree: ast.AST) -> Iterator[tuple[ast.Call, list[ast.expr]]]:
    """Every call that takes templates of sentences, and what stands in their places, choices taken apart."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in TEMPLATES:
            places = [call.args[place] for place in TEMPLATES[call.func.id] if place < len(call.args)]
            yield call, [one for place in places for one in _choices(place)]


def _choices(node: ast.expr) -> list[ast.expr]:
    return [*_choices(node.body), *_choices(node.orelse)] if isinstance(node, ast.IfExp) else [node]


def _sentences(path: Path, code: bytes) -> Iterator[Message]:
    if any(f"{name}(".encode() in code for name in TEMPLATES):
        for _call, places in templates_in(ast.parse(code)):
            for place in places:
                if isinstance(place, ast.Constant) and isinstance(place.value, str):
                    yield str(path.relative_to(SOURCE)), place.value, None


def _variables(path: Path, code: bytes) -> Iterator[Message]:
    """What the table of environment variables says, and those of its defaults that are words."""
    if b"\n| variable | default | meaning |\n" in code:
        for default, meaning in _VARIABLE.findall(ast.get_docstring(ast.parse(code)) or ""):
            if " " in default or default == "none":
                yield str(path.relative_to(SOURCE)), default, None
            yield str(path.relative_to(SOURCE)), meaning, None


def read() -> Catalog:
    """The catalogue as it is; an empty one where there is none."""
    if not PLACE.exists():
        return _empty()
    with PLACE.open("rb") as file:
        return read_po(file, "zh_Hans", "django")


def write(catalogue: Catalog) -> None:
    """Puts it into its place, sorted. The head holds what programs need, and nothing that changes by itself."""
    body = io.BytesIO()
    write_po(body, catalogue, width=110, sort_output=True, omit_header=True, include_lineno=False)
    PLACE.parent.mkdir(parents=True, exist_ok=True)
    PLACE.write_text(f"{_HEAD}\n{body.getvalue().decode()}", encoding="utf-8")


def _empty() -> Catalog:
    return Catalog("zh_Hans", "django", charset="utf-8", fuzzy=False)


def missing(catalogue: Catalog, room: str = "") -> list[str]:
    """The strings that it does not translate; of one room where one is named, such as `web/`."""
    found: dict[str, None] = {}
    for file, text, context in messages():
        if not file.startswith(room):
            continue
        first = text if isinstance(text, str) else text[0]
        known = catalogue.get(first, context)
        said = known.string if known else ""
        if first and not (said and all([said] if isinstance(said, str) else said)):
            found[first] = None
    return list(found)


def main() -> None:
    """Writes the catalogue anew."""
    old, new = read(), _empty()
    for file, text, context in messages():
        first = text if isinstance(text, str) else text[0]
        if not first:
            continue
        known = old.get(first, context)
        new.add(text, known.string if known else "", locations=[(file, 0)], context=context)
    write(new)
    sys.stdout.writelines(f"not translated: {text}\n" for text in missing(new))


if __name__ == "__main__":
    main()
