"""Chinese beside English, and tables."""

from collections.abc import Iterable, Sequence

from django.utils import translation
from django.utils.functional import Promise


def chinese(english: str) -> str:
    """What the catalogue says for it; empty when it has no other word."""
    with translation.override("zh-hans"):
        found = translation.gettext(english) if english else ""
    return "" if found == english else found


def both(english: str) -> str:
    """The sentence with its Chinese behind."""
    return _behind(english, chinese(english))


def both_of(word: Promise | str) -> str:
    """A word of the pages in both languages."""
    told = []
    for language in ("en", "zh-hans"):
        with translation.override(language):
            told.append(str(word))
    return _behind(*told)


def _behind(english: str, there: str) -> str:
    return english if there in ("", english) else f"{english} {there}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"
