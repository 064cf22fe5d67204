"""What somebody sent of one page, judged: the answers, or what is wrong by field. No Django here.

As for forms, what was typed is kept as text, whatever it looks like; fields that were not shown are not judged, and
what came for them is left out.
"""

from collections.abc import Mapping, Sequence

from lianyi.growth.forms.checking import Problems
from lianyi.growth.forms.checks import broken, checks_of, tidied
from lianyi.growth.surveys.asking import Field, fields_of, part, ranked
from lianyi.growth.surveys.branching import is_asked
from lianyi.growth.surveys.questions import Ranking
from lianyi.growth.surveys.schemas import Definition, Found
from lianyi.kernel.sentences import Sentence

Sent = Mapping[str, Sequence[str]]


def judged(definition: Definition, place: int, sent: Sent, before: Found) -> tuple[Found, Problems]:
    """The answers of the page at `place`, and what is wrong with them; `before` are those of earlier pages."""
    known, given, problems = dict(before), Found(), Problems()
    for question in definition.pages[place].questions:
        if not is_asked(definition, question, known):
            continue
        for field in fields_of(question):
            if not _waits(field, given):
                values = tidied(field, sent.get(field.key, ()))
                wrong = broken(checks_of(field, ""), values)
                if wrong is not None:
                    problems[field.key] = wrong
                given[field.key] = values
        if isinstance(question, Ranking):
            _ranked(question, given, problems)
        known |= given
    return {name: values for name, values in given.items() if values}, problems


def _waits(field: Field, given: Found) -> bool:
    return field.when is not None and set(given.get(field.when.field, ())).isdisjoint(field.when.values)


def _ranked(question: Ranking, given: Found, problems: Problems) -> None:
    """Each place is given once, and no place is left out before one that is given."""
    names = [part(question.key, place) for place in range(len(question.options))]
    places = sorted(int(given[name][0]) for name in names if given[name] and name not in problems)
    if any(name in problems for name in names) or (not places and not question.required):
        return
    if len(set(places)) < len(places):
        problems[names[0]] = Sentence("Give each place once.")
    elif question.required and len(places) < ranked(question):
        problems[names[0]] = Sentence("Give the places 1 to {most}.", most=ranked(question))
    elif places != list(range(1, len(places) + 1)):
        problems[names[0]] = Sentence("Give the places one after the other, from 1.")
