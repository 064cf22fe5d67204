"""Pages for tests: each names only what matters to it."""

from datetime import UTC, datetime
from typing import Any

from lianyi.growth.pages.blocks import Block, Cta, Hero, Option
from lianyi.growth.pages.places import Place
from lianyi.growth.pages.rendering import rendered
from lianyi.growth.pages.schemas import Definition
from lianyi.growth.words import Words

NOW = datetime(2026, 11, 28, 4, 0, tzinfo=UTC)
PLACE = Place("https://example.com", "/p/fair")


def words(zh: str, en: str = "") -> Words:
    return Words(zh=zh, en=en)


def option(key: str = "go", target: str = "https://example.com/trial", **more: Any) -> Option:
    return Option(key=key, label=words("立即试用", "Try it"), target=target, **more)


def hero(**more: Any) -> Hero:
    return Hero(**{"key": "top", "title": words("标题", "Title"), **more})


def cta(*options: Option, key: str = "next") -> Cta:
    return Cta(key=key, title=words("下一步", "Next"), options=options or (option(),))


def page(*blocks: Block, **more: Any) -> Definition:
    return Definition(blocks=blocks or (hero(),), **more)


def html(definition: Definition, language: str = "zh", place: Place = PLACE, **more: Any) -> str:
    return rendered(definition, place, NOW, language=language, **more).body.decode()
