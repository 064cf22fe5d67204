"""Tags, consents, sources and stages of many people."""

import numpy as np

from lianyi.people.profiles.arrays import integers
from lianyi.people.profiles.mapping.packed import MEMBERS, NEVER, Group, Ints, Rows, ask, packing, unpack

FOR_EVER = 2**63 - 1

_TAG, _READ_TAG = packing(
    [
        ("i4", "m.person"),
        ("i2", "f.tag"),
        ("i8", f"coalesce(f.added_at, {NEVER})"),
        ("bytes", "f.event"),
        ("i8", f"coalesce(f.expires_at, {FOR_EVER})"),
        ("i8", f"coalesce(f.removed_at, {NEVER})"),
    ]
)
_TAGS = f"""
    SELECT string_agg({_TAG}, '') FROM {MEMBERS} JOIN tag_fact f ON f.workspace = %s AND f.identity = m.identity
    WHERE %s OR f.tag = ANY(%s::int[])
"""
_CONSENT, _READ_CONSENT = packing(
    [("i4", "m.person"), ("i8", "c.at"), ("i4", "(NOT c.given)::int4"), ("bytes", "c.event")]
)
_CONSENTS = f"""
    SELECT c.channel, c.purpose, string_agg({_CONSENT}, '') FROM {MEMBERS}
    JOIN consent c ON c.workspace = %s AND c.identity = m.identity
    GROUP BY c.channel, c.purpose ORDER BY c.channel, c.purpose
"""
_SOURCE, _READ_SOURCE = packing(
    [("i4", "number"), ("i4", "coalesce(first_source, -1)"), ("i4", "coalesce(last_source, -1)")]
)
_ENDS = f"""
    SELECT string_agg({_SOURCE}, '') FROM person
    WHERE workspace = %s AND number = ANY(%s::int[]) AND first_source IS NOT NULL
"""
_PAIR, _READ_PAIR = packing([("i4", "person"), ("i4", "source")])
_TOUCHES = f"""
    SELECT string_agg({_PAIR}, '') FROM (
        SELECT DISTINCT m.person, t.source FROM {MEMBERS}
        JOIN touch t ON t.workspace = %s AND t.identity = m.identity) AS pairs
"""
_STAGES = """
    SELECT stage, string_agg(int4send(number), '') FROM standing WHERE workspace = %s AND number = ANY(%s::int[])
    GROUP BY stage ORDER BY stage
"""


def tag_map(workspace: int, group: Group, tags: set[int] | None = None) -> dict[int, tuple[Ints, Ints]]:
    """Tag → the persons who have it, whenever it expires, ascending, and until when (µs; 2**63-1: for ever). Of all
    tags, or of these; a tag of which anything was said is there though nobody have it.
    """
    wanted = integers(sorted(tags or ()))
    ((packed,),) = ask(_TAGS, [*group.given(), workspace, tags is None, wanted])
    rows = unpack(packed, _READ_TAG)
    if not len(rows):
        return {}
    key = (rows["f1"].astype(np.int64) << 32) | rows["f0"].astype(np.int64)
    order = np.lexsort((rows["f3b"], rows["f3"], rows["f2"], key))
    key, rows = key[order], rows[order]
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    removed = np.maximum.reduceat(rows["f5"].astype(np.int64), starts)
    last = rows[np.append(starts[1:], len(rows)) - 1]
    added = last["f2"].astype(np.int64)
    has = (added != NEVER) & (removed < added)
    tag, person = key[starts] >> 32, key[starts] & 0xFFFFFFFF
    until = last["f4"].astype(np.int64)
    return {one: (person[(tag == one) & has], until[(tag == one) & has]) for one in np.unique(tag).tolist()}


def consent_map(workspace: int, group: Group) -> dict[tuple[str, str], Ints]:
    """(channel, purpose) → the persons who allow it, ascending; also where nobody does who said anything of it."""
    rows = ask(_CONSENTS, [*group.given(), workspace])
    return {(channel, purpose): _allowing(unpack(packed, _READ_CONSENT)) for channel, purpose, packed in rows}


def _allowing(rows: Rows) -> Ints:
    person = rows["f0"].astype(np.int64)
    order = np.lexsort((rows["f3b"], rows["f3"], rows["f2"], rows["f1"], person))
    person, refused = person[order], rows["f2"][order] != 0
    last = np.append(person[1:] != person[:-1], True)
    return np.asarray(person[last & ~refused])


def source_ends(workspace: int, persons: Ints) -> tuple[Ints, Ints, Ints]:
    """Of these persons those who came from anywhere, ascending, with their first and last source."""
    ((packed,),) = ask(_ENDS, [workspace, integers(persons)])
    rows = np.sort(unpack(packed, _READ_SOURCE), order="f0")
    person, first, last = (rows[f"f{place}"].astype(np.int64) for place in range(3))
    return person, first, last


def touched_sources(workspace: int, group: Group) -> tuple[Ints, Ints]:
    """(person, source) of every source that anybody of these came from, in order."""
    ((packed,),) = ask(_TOUCHES, [*group.given(), workspace])
    rows = np.sort(unpack(packed, _READ_PAIR), order=("f0", "f1"))
    return rows["f0"].astype(np.int64), rows["f1"].astype(np.int64)


def stage_map(workspace: int, persons: Ints) -> dict[str, Ints]:
    """Stage → who of these stands there, ascending; prospects are left out."""
    rows = ask(_STAGES, [workspace, integers(persons)])
    return {stage: np.sort(np.frombuffer(packed, ">i4").astype(np.int64)) for stage, packed in rows}
