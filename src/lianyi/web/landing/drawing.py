"""The form of a block as its template has it: each field with its value, what is chosen from, and what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from lianyi.audience.segments.queries import segment_names
from lianyi.foundation.media.queries import newest
from lianyi.foundation.media.schemas import Media
from lianyi.growth.forms.queries import forms
from lianyi.growth.pages.copies import PICTURES, VIDEOS
from lianyi.growth.words import LANGUAGES
from lianyi.web.landing.asking import Asked
from lianyi.web.landing.words import LANGUAGES as TONGUES
from lianyi.web.landing.words import TAGS

_MOST_FORMS = 200
_MOST_FILES = 100

Choices = list[tuple[str, str | Promise]]


class Written(NamedTuple):
    """A text in one language."""

    language: str
    tongue: str
    tag: str
    name: str
    id: str
    value: str
    problem: str
    asked: bool  # whether the page speaks the language; else the text is only kept


class Row(NamedTuple):
    """One of several."""

    name: str
    place: int
    fields: list["Field"]


@dataclass
class Field:
    """A field, or a group of them, at its place."""

    asked: Asked
    name: str
    value: Any
    problem: str
    texts: list[Written] = field(default_factory=list)
    choices: Choices = field(default_factory=list)
    inside: list["Field"] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Of the element."""
        return self.name.replace(".", "-")

    @property
    def chosen(self) -> str:
        """The value as its option has it."""
        return "" if self.value is None else str(self.value)

    @property
    def many(self) -> bool:
        """Whether no row more fits."""
        return len(self.rows) >= self.asked.most


class Drawing:
    """Draws forms of the pages of a workspace."""

    def __init__(self, workspace: int, languages: Sequence[str]) -> None:
        self._workspace, self._languages = workspace, languages
        self._known: dict[str, Choices] = {}

    def fields(
        self, asked: Sequence[Asked], value: Mapping[str, Any], problems: Mapping[str, str], before: str = ""
    ) -> list[Field]:
        """The fields with these values."""
        return [self._field(one, value.get(one.name), problems, f"{before}{one.name}") for one in asked]

    def _field(self, asked: Asked, value: Any, problems: Mapping[str, str], name: str) -> Field:
        drawn = Field(asked, name, value, problems.get(name, ""))
        match asked.kind:
            case "line" | "long":
                drawn.texts = [self._written(one, value or {}, problems, name) for one in LANGUAGES]
            case "choice":
                drawn.choices = list(asked.choices.items())
            case "segment" | "form" | "media" | "video":
                drawn.choices = self._choices(asked.kind)
            case "part":
                drawn.inside = self.fields(asked.inside, value or {}, problems, f"{name}.")
            case "rows":
                drawn.rows = [
                    Row(f"{name}.{place}", place + 1, self.fields(asked.inside, row, problems, f"{name}.{place}."))
                    for place, row in enumerate(value or [])
                ]
        return drawn

    def _written(self, language: str, value: Mapping[str, str], problems: Mapping[str, str], name: str) -> Written:
        full = f"{name}.{language}"
        return Written(
            language,
            TONGUES[language],
            TAGS[language],
            full,
            full.replace(".", "-"),
            value.get(language, ""),
            problems.get(full, ""),
            language in self._languages,
        )

    def _choices(self, kind: str) -> Choices:
        if kind not in self._known:
            self._known[kind] = self._asked(kind)
        return self._known[kind]

    def _asked(self, kind: str) -> Choices:
        match kind:
            case "segment":
                return [
                    ("", _("Everybody")),
                    *((str(key), name) for key, name in segment_names(self._workspace).items()),
                ]
            case "form":
                found = forms(self._workspace, _MOST_FORMS)
                return [("", "–"), *((str(one.id), one.name) for one in found)]
            case _:
                kinds = VIDEOS if kind == "video" else PICTURES
                return [("", "–"), *((str(one.id), _named(one)) for one in newest(self._workspace, kinds, _MOST_FILES))]


def _named(one: Media) -> str:
    return f"{one.name} ({one.width} × {one.height})" if one.width else one.name


def address(name: str, *parts: Any, **asked: Any) -> str:
    """The address of this name, asked for what is not empty."""
    query = "&".join(f"{key}={value}" for key, value in asked.items() if value)
    return reverse(name, args=parts) + (f"?{query}" if query else "")
