"""Which questions somebody is asked, by what they have answered: the law by which the server judges. No Django here.

The browser shows and hides by the same conditions, of which the server has already settled those on earlier pages: what
is left is a value of a field on the page (`asking.within`). Questions that were not asked have no answer, whatever was
sent for them.
"""

from lianyi.growth.surveys.asking import fields_of, named, wanted
from lianyi.growth.surveys.questions import Condition, Question
from lianyi.growth.surveys.schemas import Definition, Found, Page, Quota


def holds(condition: Condition, definition: Definition, found: Found) -> bool:
    """Whether it holds of these answers. One on a question that was not asked does not, unless it is turned around."""
    question = definition.question(condition.question)
    given = found.get(named(condition, question), []) if question else []
    values = wanted(condition, question) if question else ()
    true = bool(given) and (not values or not set(given).isdisjoint(values))
    return true is not condition.unless


def is_asked(definition: Definition, question: Question, found: Found) -> bool:
    """Whether the question is asked of whoever gave the answers `found` to those before it."""
    return all(holds(one, definition, found) for one in question.when)


def is_shown(definition: Definition, page: Page, found: Found) -> bool:
    """Whether the page is shown: its conditions hold, and some question of it is asked."""
    if not all(holds(one, definition, found) for one in page.when):
        return False
    return any(is_asked(definition, one, found) for one in page.questions)


def next_page(definition: Definition, after: int, found: Found) -> int | None:
    """The place of the page that follows the one at `after` (-1: the first); None when there is none."""
    places = range(after + 1, len(definition.pages))
    return next((place for place in places if is_shown(definition, definition.pages[place], found)), None)


def page_before(definition: Definition, place: int, found: Found) -> int | None:
    """The place of the page that was shown before that at `place`; None on the first."""
    places = range(place - 1, -1, -1)
    return next((one for one in places if is_shown(definition, definition.pages[one], found)), None)


def settled(definition: Definition, found: Found) -> Found:
    """Of all that was ever answered, what was asked: answers to questions that an earlier page leaves out go."""
    kept: Found = {}
    for page in definition.pages:
        if not is_shown(definition, page, kept):
            continue
        for question in page.questions:
            if is_asked(definition, question, kept):
                kept |= {field.key: found[field.key] for field in fields_of(question) if field.key in found}
    return kept


def quotas_met(definition: Definition, found: Found, place: int) -> list[Quota]:
    """The quotas of which it is settled after the page at `place` that somebody with these answers is of them."""
    asked = {question.key for page in definition.pages[: place + 1] for question in page.questions}
    return [
        quota
        for quota in definition.quotas
        if all(one.question in asked and holds(one, definition, found) for one in quota.when)
    ]
