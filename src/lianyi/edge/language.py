"""Sentences of the edge in the language of whoever reads them, from the catalogue that the pages have. It is read when
it is first asked for.
"""

import gettext
from functools import cache
from pathlib import Path

from lianyi.kernel.sentences import Translate

_CATALOGUE = Path(__file__).parents[1] / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo"


def translate_into(language: str) -> Translate:
    """How templates are told to a reader of `language`; English where there is no catalogue."""
    return _chinese() if language.lower().startswith("zh") else str


@cache
def _chinese() -> Translate:
    if not _CATALOGUE.exists():
        return str
    with _CATALOGUE.open("rb") as file:
        return gettext.GNUTranslations(file).gettext


def language_for(asked: str, own: str) -> str:
    """Chinese or English, whichever was asked for (BCP 47); who asks for neither reads `own`."""
    return "zh" if asked.lower().startswith("zh") else "en" if asked.lower().startswith("en") else own
