"""What was answered to a question, as charts: numbers and words for `c-chart`, none where nobody has answered."""

from collections.abc import Sequence
from typing import Any, NamedTuple, assert_never

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianyi.growth.surveys.questions import Matrix, Multiple, Nps, Question, Ranking, Scale, Single, Text
from lianyi.growth.surveys.results import Counted
from lianyi.growth.surveys.statistics import Interval, share
from lianyi.growth.surveys.telling import ranks_of
from lianyi.web.surveys.labels import labels_in

_DETRACTORS, _PASSIVES = 7, 9  # the first points that are none of them any more


class Chart(NamedTuple):
    """A chart: its kind, what it shows in words, its data, and the unit of its numbers."""

    kind: str
    label: str
    data: dict[str, Any]
    unit: str


def charts_of(question: Question, counted: Sequence[Counted]) -> list[Chart]:
    """The charts of a question."""
    answered = [one for one in counted if one.answered]
    if not answered:
        return []
    labels = labels_in(question)
    match question:
        case Single() | Multiple():
            return [_shares("rows", _("Share of each answer, with its interval"), answered[0], labels)]
        case Scale():
            return [_shares("columns", _("Share of each point, with its interval"), answered[0], labels)]
        case Nps():
            points = _shares("columns", _("Share of each point, with its interval"), answered[0], labels)
            points.data["tones"] = [_tone(int(value)) for value, _often in answered[0].counts]
            return [_split(answered[0]), points]
        case Matrix():
            return [_stacked(answered, labels)]
        case Ranking():
            return _ranked(answered[0], labels)
        case Text():
            return []
        case _:
            assert_never(question)


def _shares(kind: str, label: str, counted: Counted, labels: dict[str, str]) -> Chart:
    shares = [_percent(share(often, counted.answered)) for _value, often in counted.counts]
    names = [labels.get(value, value) for value, _often in counted.counts]
    return Chart(kind, label, _with_intervals(names, pgettext("of all", "Share"), shares), "%")


def _split(counted: Counted) -> Chart:
    """How many would warn, keep silent and recommend."""
    often = {int(value): count for value, count in counted.counts}
    groups = [
        (_("Detractors (0–6)"), range(_DETRACTORS)),
        (_("Passives (7–8)"), range(_DETRACTORS, _PASSIVES)),
        (_("Promoters (9–10)"), range(_PASSIVES, 11)),
    ]
    series = [
        {"name": name, "values": [_rounded(sum(often.get(one, 0) for one in points) / counted.answered)]}
        for name, points in groups
    ]
    tones = ["error", "warning", "success"]
    data = {"labels": [""], "series": series, "tones": tones, "most": 100}
    return Chart("parts", _("Detractors, passives and promoters"), data, "%")


def _stacked(counted: Sequence[Counted], labels: dict[str, str]) -> Chart:
    """Each row as a whole of its columns."""
    values = list(dict.fromkeys(value for one in counted for value, _often in one.counts))
    shares = [{value: _rounded(often / one.answered) for value, often in one.counts} for one in counted]
    series = [{"name": labels.get(value, value), "values": [row.get(value, 0) for row in shares]} for value in values]
    data = {"labels": [labels.get(one.row, one.row) for one in counted], "series": series, "most": 100}
    return Chart("parts", _("Shares of the answers for each row"), data, "%")


def _ranked(counted: Counted, labels: dict[str, str]) -> list[Chart]:
    """How often each option came first, and its mean place."""
    names = [labels.get(option, option) for option, _places in counted.places]
    first = [_percent(share(places[0], counted.answered)) for _option, places in counted.places]
    charts = [Chart("rows", _("Put first by"), _with_intervals(names, _("Put first by"), first), "%")]
    means = [(labels.get(option, option), mean) for option, _often, mean in ranks_of(counted) if mean is not None]
    data = _with_intervals([name for name, _mean in means], _("Mean place"), [mean for _name, mean in means])
    longest = max(len(places) for _option, places in counted.places)
    return [*charts, Chart("dots", _("Mean place"), {**data, "least": 1, "most": longest}, "")]


def _with_intervals(labels: list[str], name: str, intervals: Sequence[Interval]) -> dict[str, Any]:
    named = ((name, "value"), (_("Low end"), "low"), (_("High end"), "high"))
    series = [{"name": word, "values": [round(getattr(one, end), 2) for one in intervals]} for word, end in named]
    return {"labels": labels, "series": series}


def _percent(interval: Interval) -> Interval:
    return Interval(*(round(one * 100, 1) for one in interval))


def _rounded(part: float) -> float:
    return round(part * 100, 1)


def _tone(point: int) -> str:
    return "error" if point < _DETRACTORS else "warning" if point < _PASSIVES else "success"
