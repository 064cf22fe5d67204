"""A text in the languages that visitors read. No Django here: the edge shows them."""

from typing import Annotated, Literal

import msgspec

LONGEST = 4_000  # characters of any text of a definition, whatever it is for
Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

_Any = Annotated[str, msgspec.Meta(max_length=LONGEST)]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A text as a reader of Chinese and as anybody else sees it; who wrote only one of them means it for both."""

    zh: _Any = ""
    en: _Any = ""

    def told(self, language: str) -> str:
        """The text for a reader of `language` (BCP 47, any spelling)."""
        return (self.zh or self.en) if language.lower().startswith("zh") else (self.en or self.zh)

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)
