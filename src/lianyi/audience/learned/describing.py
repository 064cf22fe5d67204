"""What a model says of itself, in plain words: what it rests on, what was dropped and why, and how good it is."""

from typing import Literal

from lianyi.audience.learned.schemas import Feature, Leak, Reason, Report
from lianyi.kernel.sentences import Sentence
from lianyi.rules.describing import STAGES, Names

Rating = Literal["none", "weak", "fair", "good", "strong"]
_RATINGS: tuple[tuple[float, Rating], ...] = ((0.85, "strong"), (0.75, "good"), (0.65, "fair"))


def rating(report: Report) -> Rating:
    """How well a model tells people apart, in a word."""
    if not report.useful:
        return "none"
    return next((word for least, word in _RATINGS if report.auc >= least), "weak")


def fact(feature: Feature, names: Names) -> Sentence:
    """What the feature is called."""
    kind, name = feature
    match kind:
        case "trait":
            return Sentence("the trait {trait!r}", trait=names.traits.get(name) or name)
        case "tag":
            return Sentence("the tag {tag!r}", tag=name)
        case "event":
            return Sentence("the event {event!r}", event=_event(name, names))
        case "stage":
            return Sentence("the stage")
        case "source":
            return Sentence("the first source") if name == "first" else Sentence("the last source")
        case "orders":
            return Sentence("the orders")
        case "known_for":
            return Sentence("how long they have been known")


def reason(of: Reason, names: Names) -> Sentence:
    """What about people goes with the score most; of counts and amounts, that there is more of it."""
    (kind, name), detail = of.feature, of.detail
    match kind:
        case "trait":
            return _by_trait(names.traits.get(name) or name, detail)
        case "tag":
            return Sentence("has the tag {tag!r}", tag=name)
        case "event":
            return _by_event(_event(name, names), detail)
        case "stage":
            return Sentence("stands in the stage {stage}", stage=STAGES.get(detail, detail))
        case "source":
            if detail == "touches":
                return Sentence("how many touches there were")
            if name == "first":
                return Sentence("came first from {source}", source=detail)
            return Sentence("came last from {source}", source=detail)
        case "orders":
            if detail == "days_since":
                return Sentence("how long ago they bought last")
            return Sentence("how much they spent") if detail == "spent" else Sentence("on how many days they bought")
        case "known_for":
            return Sentence("how long they have been known")


def leak(of: Leak, names: Names) -> Sentence:
    """Why the feature was dropped."""
    what, share = fact(of.feature, names), round(100 * of.measure, 1)
    if of.why == "later":
        return Sentence(
            "For {share:g} in 100 of those who had the outcome, {fact} became known only with it or after it: it would "
            "give the outcome away.",
            share=share,
            fact=what,
        )
    return Sentence(
        "By {fact} alone nearly everybody is told apart (AUC {area:.3f}), as only the outcome itself would do.",
        fact=what,
        area=of.measure,
    )


def _by_trait(trait: str | Sentence, detail: str) -> Sentence:
    match detail:
        case "known":
            return Sentence("that {trait!r} is known", trait=trait)
        case "value":
            return Sentence("how high {trait!r} is", trait=trait)
        case _:
            return Sentence("{trait!r} is {value!r}", trait=trait, value=detail)


def _by_event(event: str | Sentence, detail: str) -> Sentence:
    match detail:
        case "ever":
            return Sentence("how often {event!r} happened so far", event=event)
        case "days_since":
            return Sentence("how long ago {event!r} happened last", event=event)
        case _:
            return Sentence("how often {event!r} happened in the last {days} days", event=event, days=int(detail))


def _event(name: str, names: Names) -> str | Sentence:
    return names.events.get(name) or name
