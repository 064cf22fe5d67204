"""One pass over live segments: who is asked about, and what that changes.

A segment is asked only about people for whom something may have changed, inner segments before outer ones, so that what
changes in one is asked of the next within the same pass. The result is compared with the members as the changes are
written, in the caller's transaction.
"""

from collections.abc import Callable, Mapping

from pyroaring import BitMap

from lianyi.audience.moving import STILL, Moves
from lianyi.audience.segments import storing
from lianyi.audience.segments.answering import WithSegments
from lianyi.audience.segments.definitions import Definitions, Live
from lianyi.audience.segments.schemas import Cause, Change
from lianyi.audience.segments.storing import Memory, Moved
from lianyi.rules.answering import Answers
from lianyi.rules.compiling import compile

Asked = Callable[[Live], BitMap | None]  # about whom a segment is asked; None: about everybody


def evaluate(
    workspace: int,
    definitions: Definitions,
    memory: Memory,
    facts: Answers,
    asked: Asked,
    *,
    cause: Cause,
    at: int,
    moves: Moves = STILL,
) -> dict[int, Change]:
    """One pass; by segment what it changed. `at` is the moment that the changes bear (µs)."""
    held = memory.held(workspace, definitions.every, lock=True)
    members = {number: one.members for number, one in held.items()}
    answers = WithSegments(facts, lambda number: members.get(number, BitMap()))
    live = {one.number: one for one in definitions.live}
    order = [*(n for n in definitions.every if n not in live), *live]  # what is no rule needs nobody
    changed: dict[int, BitMap] = {}
    moved: list[Moved] = []
    for number in order:
        if number not in held:
            continue
        before = held[number].members
        after, silent = _inherited(before, moves)
        if number in live:
            about = _about(live[number], asked, changed, moves)
            if about is None:
                after = compile(live[number].rule, answers)
            elif about:  # who is nobody any more is in nothing, not even among those without something
                after = (after - about) | compile(live[number].rule, answers, about & facts.everybody())
        if after != before:
            one = Moved(number, after - before, before - after, silent, cause, at)
            members[number] = after
            changed[number] = one.entered | one.left
            moved.append(one)
    return storing.write(workspace, memory, held, moved)


def _about(live: Live, asked: Asked, changed: Mapping[int, BitMap], moves: Moves) -> BitMap | None:
    about = asked(live)
    if about is None:
        return None
    return BitMap.union(about, moves.people, *(changed[inner] for inner in live.needs.segments if inner in changed))


def _inherited(before: BitMap, moves: Moves) -> tuple[BitMap, BitMap]:
    """The members after people moved, and whom that moved."""
    if not moves.inherits and not moves.gone:
        return before, BitMap()
    heirs = BitMap(person for person, of in moves.inherits if of in before)
    return (before | heirs) - moves.gone, (heirs - before) | (before & moves.gone)
