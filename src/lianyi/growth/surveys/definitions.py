"""Definitions as they come in: read from JSON, and refused where they mean nothing. No Django here."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from lianyi.growth.decoding import UNREADABLE, json_of, wrong_in
from lianyi.growth.forms.definitions import OWN, TRAIT, TRAIT_CHARACTERS
from lianyi.growth.surveys.asking import wanted
from lianyi.growth.surveys.questions import (
    OTHER,
    Condition,
    Matrix,
    Multiple,
    Nps,
    Question,
    Ranking,
    Scale,
    Single,
    Tagging,
    Text,
)
from lianyi.growth.surveys.schemas import MOST_BYTES, MOST_QUESTIONS, Definition, encode
from lianyi.growth.words import Words
from lianyi.kernel.errors import Refused

PIPED = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")
_decode = msgspec.json.Decoder(Definition).decode


def read(data: bytes | str) -> Definition:
    """The definition that this JSON is. Refuses one that means nothing, and one that is too large."""
    if len(data) > MOST_BYTES:
        raise _large()
    try:
        definition = _decode(data)
    except UNREADABLE as error:
        raise Refused(
            "survey.definition",
            "This is no survey: {why} ({where}).",
            "See `lianyi survey show` for one that is.",
            **wrong_in(error)._asdict(),
        ) from None
    check(definition)
    return definition


def read_object(value: Any) -> Definition:
    """The same from a value of JSON that was read already."""
    return read(json_of(value))


def check(definition: Definition) -> None:
    """Refuses what the shape alone does not tell."""
    if len(list(definition.questions())) > MOST_QUESTIONS:
        raise Refused("survey.many_questions", "A survey asks at most {most} questions.", most=MOST_QUESTIONS)
    before: dict[str, Question] = {}
    targets: set[str] = set()
    for page in definition.pages:
        for condition in page.when:
            _waits(condition, before)
        _texts([page.title, page.intro], before)
        here: dict[str, Question] = {}
        for question in page.questions:
            _key(question.key, {*before, *here})
            _options(question)
            _maps(question, targets)
            _tags(question)
            _when(question, before, here)
            _texts([question.label, question.help, *_ends(question)], before)
            here[question.key] = question
        before |= here
    _texts([definition.title, definition.intro, definition.thanks, definition.screened], {})
    _quotas(definition, before)
    if len(encode(definition)) > MOST_BYTES:
        raise _large()


def check_ready(definition: Definition) -> None:
    """Refuses to publish what nobody could answer."""
    if not definition.pages:
        raise Refused("survey.empty", "The survey asks nothing.", "Add a question.")
    if not definition.title:
        raise Refused("survey.title", "The survey has no title.", "Write one: it is the title of its pages.")
    for question in definition.questions():
        if not question.label:
            raise Refused("survey.label", "The question {key} has no words.", "Write what it asks.", key=question.key)


def _key(key: str, taken: set[str]) -> None:
    if key in taken:
        raise Refused("survey.twice", "Two questions are called {key}.", "Give each its own key.", key=key)
    if key.startswith(OWN):
        raise Refused("survey.key", "Keys that begin with ly_ are Lianyi's own.", "Choose another key.")


def _options(question: Question) -> None:
    match question:
        case Single() | Multiple() | Ranking():
            groups = [question.options]
        case Matrix():
            groups = [question.rows, question.columns]
        case Scale() | Nps() | Text():
            return
    for options in groups:
        values = [one.value for one in options]
        reserved = isinstance(question, Single | Multiple) and question.other and OTHER in values
        unplain = any(not _plain(text) for one in options for text in (one.value, one.label.zh, one.label.en))
        if len(set(values)) < len(values) or reserved or unplain:
            raise Refused(
                "survey.options",
                "The options of {key} are not told apart by their values, or hold what nobody sees.",
                "Give each its own value, and write texts in one line without blanks around them.",
                key=question.key,
            )
    if isinstance(question, Multiple):
        count = len(question.options) + question.other
        if not question.least <= (question.most or count) <= count:
            raise Refused("survey.bounds", "Nothing fits between the bounds of {key}.", key=question.key)


def _plain(value: str) -> bool:
    return value == value.strip() and value.isprintable()


def _ends(question: Question) -> list[Words]:
    return [question.low, question.high] if isinstance(question, Scale) else []


def _maps(question: Question, targets: set[str]) -> None:
    target = question.maps_to
    if not target:
        return
    name = target.removeprefix(TRAIT)
    proper = target.startswith(TRAIT) and 0 < len(name) <= TRAIT_CHARACTERS and _plain(name)
    if not proper or isinstance(question, Matrix):
        raise Refused(
            "survey.target",
            "The question {key} has no place {target!r} to go to.",
            "Name a trait (trait:city).",
            key=question.key,
            target=target,
        )
    if target in targets:
        raise Refused("survey.target_twice", "Two questions go to {target}.", "Leave it to one.", target=target)
    targets.add(target)


def _tags(question: Question) -> None:
    for one in question.tags:
        if isinstance(question, Matrix | Ranking | Text) or not _plain(one.tag):
            raise Refused("survey.tag", "Answers to {key} cannot give the tag {tag!r}.", key=question.key, tag=one.tag)
        _possible(one, question, question.key)


def _when(question: Question, before: dict[str, Question], here: dict[str, Question]) -> None:
    """Conditions on the same page are what a browser can show and hide by: one, and not turned around."""
    own = [one for one in question.when if one.question in here]
    if len(own) > 1 or any(one.unless for one in own):
        raise Refused(
            "survey.condition_here",
            "The question {key} can wait for one answer of its own page, and not for its absence.",
            "Move it to a later page.",
            key=question.key,
        )
    for condition in question.when:
        _waits(condition, {**before, **here})


def _waits(condition: Condition, before: dict[str, Question]) -> None:
    asked = before.get(condition.question)
    rows = [row.value for row in asked.rows] if isinstance(asked, Matrix) else [""]
    if asked is None or isinstance(asked, Ranking) or condition.row not in rows:
        raise Refused(
            "survey.condition",
            "A condition names {key}, which is no question before it that could decide.",
            "Move it, or choose another.",
            key=condition.question,
        )
    _possible(condition, asked, condition.question)


def _possible(one: Condition | Tagging, question: Question, key: str) -> None:
    match question:
        case Single() | Multiple():
            known = {option.value for option in question.options} | ({OTHER} if question.other else set())
        case Matrix():
            known = {option.value for option in question.columns}
        case _:
            known = {value for value in one.values if _plain(value)}
    bounded = one.least is not None or one.most is not None
    if not set(one.values) <= known or (bounded and not (isinstance(question, Scale | Nps) and wanted(one, question))):
        raise Refused(
            "survey.condition_value",
            "A condition asks for what nobody can answer to {key}.",
            "Choose among its options.",
            key=key,
        )


def _quotas(definition: Definition, questions: dict[str, Question]) -> None:
    keys = [one.key for one in definition.quotas]
    if len(set(keys)) < len(keys):
        raise Refused("survey.quota_twice", "Two quotas have the same key.", "Give each its own.")
    for quota in definition.quotas:
        for condition in quota.when:
            _waits(condition, questions)


def _texts(said: list[Words], before: dict[str, Question]) -> None:
    """Texts hold what people see, and stand for answers of earlier pages only."""
    for text in _both(said):
        if any(not sign.isprintable() and sign not in "\n\u3000\u200d\ufe0f" for sign in text):
            raise Refused("survey.unseen", "A text of this survey holds signs that nobody sees.", "Type it anew.")
        for key in PIPED.findall(text):
            if key not in before:
                raise Refused(
                    "survey.piped",
                    "{key} in a text stands for the answer to a question of an earlier page; there is none.",
                    "Move the question, or write the text without.",
                    key=f"{{{key}}}",
                )


def _both(said: list[Words]) -> Iterator[str]:
    for words in said:
        yield from (words.zh, words.en)


def _large() -> Refused:
    return Refused("survey.large", "The survey has more than {most:,} bytes.", "Shorten its texts.", most=MOST_BYTES)
