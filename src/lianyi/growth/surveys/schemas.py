"""The definition of a survey. No Django here: the edge serves it.

The JSON of a definition is what is stored, what the API takes and what the builder edits. What was published stays as
it is under its number, so an answer is always read by the questions that it was given to.
"""

from collections.abc import Iterator
from typing import Annotated

import msgspec

from lianyi.growth.forms.fields import Key
from lianyi.growth.forms.schemas import Guard
from lianyi.growth.surveys.questions import Condition, Question
from lianyi.growth.words import Words
from lianyi.kernel.ids import digest as hashed

MOST_PAGES = 30
MOST_QUESTIONS = 100
MOST_BYTES = 60_000  # of a definition's JSON; a page shows a part of it

Found = dict[str, list[str]]  # what was answered, as texts by the name of the field: `q`, `q.other`, `q.0`


class Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Questions that are asked at once, when all conditions hold."""

    questions: Annotated[tuple[Question, ...], msgspec.Meta(min_length=1, max_length=40)]
    title: Words = Words()
    intro: Words = Words()
    when: Annotated[tuple[Condition, ...], msgspec.Meta(max_length=10)] = ()


class Quota(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """No more than `most` responses are completed of whom all conditions hold; others are thanked and let go. Without
    conditions it is for everybody; with 0, nobody of them is asked on.
    """

    key: Key
    most: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    when: Annotated[tuple[Condition, ...], msgspec.Meta(max_length=10)] = ()


class Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A survey. `language` is the one of its pages where the caller's is neither; `campaign` a campaign's key."""

    pages: Annotated[tuple[Page, ...], msgspec.Meta(max_length=MOST_PAGES)] = ()
    title: Words = Words()
    intro: Words = Words()
    thanks: Words = Words()
    screened: Words = Words()  # what is said to somebody whose quota is full
    language: Annotated[str, msgspec.Meta(pattern=r"^(zh|en)$")] = "zh"
    campaign: Annotated[str, msgspec.Meta(max_length=200)] = ""
    once: bool = True  # one response per person
    quotas: Annotated[tuple[Quota, ...], msgspec.Meta(max_length=30)] = ()
    guard: Guard = Guard()

    def questions(self) -> Iterator[Question]:
        """All of them, in order."""
        for page in self.pages:
            yield from page.questions

    def question(self, key: str) -> Question | None:
        """The question of this key."""
        return next((one for one in self.questions() if one.key == key), None)


encode = msgspec.json.Encoder(order="deterministic").encode


def digest(definition: Definition) -> str:
    """32 hex digits that stand for the definition, words and all."""
    return hashed(encode(definition)).hex()
