"""Words for what models say of themselves."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from lianyi.audience.learned import describing
from lianyi.audience.learned.schemas import Model, Report
from lianyi.audience.segments import previewing
from lianyi.kernel.sentences import Sentence
from lianyi.rules.describing import Names, describe

MODEL_STATES: dict[str, tuple[str, Promise]] = {
    "running": ("info", pgettext_lazy("state of a model", "Is being learned")),
    "done": ("good", pgettext_lazy("state of a model", "Learned")),
    "stopped": ("plain", pgettext_lazy("state of a model", "Stopped")),
    "failed": ("bad", pgettext_lazy("state of a model", "Not learned")),
}
MODEL_STEPS: tuple[Promise, ...] = (
    _("Reading what people did"),
    _("Finding who had the outcome"),
    _("Putting together what was known"),
    _("Learning"),
    _("Testing on people it has not seen"),
    _("Scoring everybody"),
)
RATINGS: dict[describing.Rating, tuple[str, Promise]] = {
    "none": ("bad", _("It tells people apart no better than a coin, and gives no scores.")),
    "weak": ("warn", _("It tells people apart a little better than a coin: use it for large groups only.")),
    "fair": ("info", _("It tells people apart fairly well.")),
    "good": ("good", _("It tells people apart well.")),
    "strong": ("good", _("It tells people apart very well. Look at the reasons: is each known before the outcome?")),
}
METHODS: dict[str, Promise] = {"regression": _("Logistic regression"), "boosting": _("Gradient boosting")}


class Cause(NamedTuple):
    """A reason as the page shows it; `share` is of the largest, 0 to 100."""

    said: Sentence
    more: bool
    lost: float
    share: float


def names_here(workspace: int) -> Names:
    """What traits and events are called on the page."""
    return previewing.names(workspace, get_language() or "")


def outcome(model: Model, names: Names) -> Sentence:
    """What the model foretells."""
    what = describe(model.outcome, names)
    return Sentence("{outcome} within {days} days", outcome=what, days=model.days)


def causes(report: Report, names: Names) -> list[Cause]:
    """The reasons, the strongest first."""
    most = max((one.lost for one in report.reasons), default=1.0)
    return [Cause(describing.reason(one, names), one.more, one.lost, 100 * one.lost / most) for one in report.reasons]
