"""Where a new segment begins: empty, as a ready-made one, or as the people behind a number of another page."""

from collections.abc import Mapping
from typing import NamedTuple, get_args

from django.utils.translation import gettext as _

from lianyi.audience.segments.presets import Preset
from lianyi.rules.nodes import AllOf, Grade, Graded, Rule, Score, State, Warm
from lianyi.web.segments.builder_words import STATES


class Beginning(NamedTuple):
    """A name, a note and a rule, which one may change."""

    name: str
    note: str
    rule: Rule


def beginning(said: Mapping[str, str], ready: Mapping[str, Preset]) -> Beginning | None:
    """What an address says: `preset`, `state`, the least `likelihood`, or one or both of the grades `fit` and
    `engagement`; None for nothing that there is.
    """
    if preset := ready.get(said.get("preset", "")):
        return Beginning(preset.name.told(_), preset.about.told(_), preset.rule)
    state = said.get("state", "")
    for known in get_args(State):
        if state == known:
            return Beginning(str(STATES[known]), "", Warm(one_of=(known,)))
    if (likely := _percent(said.get("likelihood", ""))) is not None:
        name = _("Likelihood of {percent} in 100 or more").format(percent=f"{likely:g}")
        return Beginning(name, "", Score(axis="likelihood", at_least=likely))
    fit, engagement = (_grade(said.get(name, "")) for name in ("fit", "engagement"))
    by_fit = None if fit is None else Graded(axis="fit", one_of=(fit,))
    by_engagement = None if engagement is None else Graded(axis="engagement", one_of=(engagement,))
    if by_fit and by_engagement:
        name = _("Fit {fit}, engagement {engagement}").format(fit=fit, engagement=engagement)
        return Beginning(name, "", AllOf(rules=(by_fit, by_engagement)))
    if by_fit:
        return Beginning(_("Fit {fit}").format(fit=fit), "", by_fit)
    if by_engagement:
        return Beginning(_("Engagement {engagement}").format(engagement=engagement), "", by_engagement)
    return None


def _grade(text: str) -> Grade | None:
    return next((known for known in get_args(Grade) if text == known), None)


def _percent(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if 0 <= found <= 100 else None
