"""What counts of answers say: shares, means and scores with their intervals, in one table."""

from collections.abc import Sequence
from typing import NamedTuple

from lianyi.growth.surveys.questions import Matrix, Nps, Question, Scale
from lianyi.growth.surveys.results import Counted, Results
from lianyi.growth.surveys.statistics import Interval, mean, nps, share

MEAN, SCORE = "mean", "nps"


class Figure(NamedTuple):
    """A line: of a value how often it was given and its share of those who answered; of `mean`, `nps` and the mean
    `rank` of an option that number. `low` and `high` are the ends of its interval of 95 %.
    """

    question: str
    row: str
    value: str
    often: int
    share: float
    low: float
    high: float


def figures_of(questions: Sequence[Question], results: Results) -> list[Figure]:
    """All figures of a survey, in the order of its questions."""
    return [
        figure
        for question in questions
        for counted in results.questions.get(question.key, ())
        for figure in _figures(question, counted)
    ]


def average_of(question: Question, counted: Counted) -> Interval | None:
    """The mean of a scale, and of a row of a matrix by the places of its columns; None for others."""
    counts = [often for _value, often in counted.counts]
    match question:
        case Scale():
            return mean([float(value) for value, _often in counted.counts], counts)
        case Matrix():
            return mean([float(place + 1) for place in range(len(counts))], counts)
        case _:
            return None


def score_of(question: Question, counted: Counted) -> Interval | None:
    """The net promoter score; None where there is none."""
    if not isinstance(question, Nps):
        return None
    often = dict(counted.counts)
    return nps([often.get(str(point), 0) for point in range(11)])


def ranks_of(counted: Counted) -> list[tuple[str, int, Interval | None]]:
    """Of a ranking (option, how many gave it a place, its mean place)."""
    return [
        (option, sum(places), mean([float(place + 1) for place in range(len(places))], places))
        for option, places in counted.places
    ]


def _figures(question: Question, counted: Counted) -> list[Figure]:
    key, row = question.key, counted.row
    found = [
        Figure(key, row, value, often, *share(often, counted.answered)) for value, often in counted.counts
    ]  # fmt: skip
    for name, interval in ((MEAN, average_of(question, counted)), (SCORE, score_of(question, counted))):
        if interval is not None:
            found.append(Figure(key, row, name, counted.answered, *interval))
    for option, often, interval in ranks_of(counted):
        if interval is not None:
            found.append(Figure(key, option, "rank", often, *interval))
    return found
