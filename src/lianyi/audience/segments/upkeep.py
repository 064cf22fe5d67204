"""What keeps live segments right beside the pipeline: rules that are new are asked of everybody, and time passes.

Each piece holds the pipeline of its workspace still while it asks and writes, so that no batch comes in between.
"""

from collections.abc import Callable
from functools import reduce

from django.db import transaction
from pyroaring import BitMap

from lianyi.audience.facts import Facts
from lianyi.audience.learned.answering import stamp_of
from lianyi.audience.news import news_since
from lianyi.audience.segments import storing
from lianyi.audience.segments.definitions import Definitions, Known, Live, rule_in
from lianyi.audience.segments.evaluating import evaluate
from lianyi.audience.segments.models import SegmentRow
from lianyi.audience.segments.schemas import Cause, Kind, State
from lianyi.audience.segments.storing import Memory
from lianyi.events.log.actions import lock
from lianyi.kernel.errors import Refused
from lianyi.people.profiles.queries import trait_kinds
from lianyi.rules.checking import Vocabulary, check
from lianyi.rules.needing import leaves, moved_by_time
from lianyi.rules.reading import BadRule, read

_LIKELIHOOD = "likelihood"
UNMADE = "columns.unmade"  # what is known of people is still being made ready

_OF_TRAITS = frozenset({"rule.trait", "rule.type"})

_known, _memory = Known(), Memory()
_checked: dict[int, tuple[int, dict[str, str]]] = {}  # workspace → the edition and the traits that were looked at


@transaction.atomic
def look_at_time(workspace: int, now: int) -> int:
    """Asks the live segments about whom the passing of time up to `now` (µs) may have moved, and about whom columns
    were told something since the last batch; and about everybody, where a rule goes by a likelihood that a model says
    anew. The moment up to which that is looked at, which is later than `now` when somebody has looked later.
    """
    _hold(workspace)
    definitions = _known.of(workspace)
    current = [one for one in definitions.live if one.state is State.CURRENT]
    timely = {one.number for one in current if one.needs.time}
    held = _memory.held(workspace, sorted(timely))
    now = max([now, *(one.asked_at for one in held.values())])
    news = news_since(workspace, definitions.version)
    likelihood = stamp_of(workspace) if any(_LIKELIHOOD in one.needs.scores for one in current) else ""
    said_anew = likelihood != definitions.likelihood
    told = {
        one.number: None if said_anew and _LIKELIHOOD in one.needs.scores else news.people(one.needs) for one in current
    }
    if timely or any(people is None or people for people in told.values()):
        facts = Facts(workspace, now, definitions.leaves, live=True)

        def asked(live: Live) -> BitMap | None:
            people = told.get(live.number, BitMap())
            if people is None or live.number not in held:
                return people
            since = held[live.number].asked_at
            moved = [facts.moved_by_time(leaf, since, now) for leaf in set(leaves(live.rule)) if moved_by_time(leaf)]
            return reduce(BitMap.__or__, moved, people)

        cause = Cause.FACTS if said_anew else Cause.TIME
        evaluate(workspace, definitions, _memory, facts, asked, cause=cause, at=now)
        storing.looked_at(workspace, list(held), now)
    if news.version != definitions.version:
        storing.asked_about(workspace, news.version)
    if said_anew:
        storing.asked_by(workspace, likelihood)
    return now


@transaction.atomic
def check_anew(workspace: int) -> int:
    """Live segments whose rule does not fit the traits any more say so and keep the members of before; those that it
    fits again are built. How many of both. Looked into only where traits or rules are others than the last time.
    """
    definitions = _known.of(workspace)
    traits = trait_kinds(workspace)
    looked = (definitions.edition, traits)
    if _checked.get(workspace) == looked:
        return 0
    _hold(workspace)
    vocabulary = Vocabulary(traits, definitions.every, (), ())
    changed = 0
    rows = SegmentRow.objects.select_for_update().filter(workspace=workspace, kind=Kind.LIVE, rule__isnull=False)
    for row in rows.exclude(state=State.BUILDING):
        rule = rule_in(row.rule or {})
        wrong = [] if rule is None else [one for one in check(rule, vocabulary).errors if one.code in _OF_TRAITS]
        if rule is None and row.state == State.CURRENT:
            row.state = State.BUILDING  # whoever can read it again asks everybody
        elif rule is None:
            continue
        elif wrong and row.state == State.CURRENT:
            row.state, row.problem = State.BROKEN, BadRule(wrong).packed()
        elif not wrong and row.state == State.BROKEN and Refused.unpacked(row.problem or {}).code in _OF_TRAITS:
            row.state, row.problem = State.BUILDING, None
        else:
            continue
        row.save(update_fields=["state", "problem"])
        changed += 1
    if changed:
        storing.stamp(workspace)
    else:
        transaction.on_commit(lambda: _checked.update({workspace: looked}))
    return changed


def build(workspace: int, now: int, stopping: Callable[[], bool] = lambda: False) -> int:
    """Asks everybody about the rules that are new, one after another; how many there were."""
    waiting = SegmentRow.objects.filter(workspace=workspace, state=State.BUILDING, rule__isnull=False)
    waiting = waiting.order_by("changed_at")
    return sum(not stopping() and _build(workspace, number, now) for number in waiting.values_list("number", flat=True))


def prepare(workspace: int) -> None:
    """Has at hand what the live segments will ask of behaviour, so that the next batch need not wait for it."""
    Facts.prepare(workspace, _known.of(workspace).leaves)


@transaction.atomic
def _build(workspace: int, number: int, now: int) -> bool:
    _hold(workspace)
    row = SegmentRow.objects.select_for_update().filter(workspace=workspace, number=number).first()
    if row is None or row.state != State.BUILDING or (row.rule is not None and rule_in(row.rule) is None):
        return False
    try:
        with transaction.atomic():
            _ask_everybody(workspace, _known.of(workspace), [number], now, row)
    except Refused as refused:
        if refused.code == UNMADE:
            return False  # it waits
        SegmentRow.objects.filter(pk=row.pk).update(state=State.BROKEN, problem=refused.packed())
    else:
        SegmentRow.objects.filter(pk=row.pk).update(state=State.CURRENT, problem=None)
    storing.stamp(workspace)
    return True


def _ask_everybody(
    workspace: int, definitions: Definitions, numbers: list[int], now: int, row: SegmentRow | None = None
) -> None:
    if row is not None and row.kind == Kind.SNAPSHOT and row.rule is not None:
        definitions = definitions.with_snapshot(row.number, read(row.rule))
    evaluate(
        workspace,
        definitions,
        _memory,
        Facts(workspace, now, definitions.leaves, live=True),
        lambda live: None if live.number in numbers else BitMap(),
        cause=Cause.RULE,
        at=now,
    )
    storing.looked_at(workspace, numbers, now)


@transaction.atomic
def ask_anew(workspace: int, now: int) -> None:
    """Asks everybody about every live segment, as if nothing were known of members."""
    _hold(workspace)
    definitions = _known.of(workspace)
    _ask_everybody(workspace, definitions, [one.number for one in definitions.live], now)


def _hold(workspace: int) -> None:
    lock(workspace, "identity")
