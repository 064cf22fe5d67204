"""Which of the fields that are asked by and by are known already of whoever a browser belongs to. No Django here.

Only that something is known is looked up, never what: a page that leaves a field out says no more than that.
"""

from collections.abc import Sequence
from typing import Any

from lianyi.growth.forms.definitions import TRAIT
from lianyi.growth.forms.schemas import Definition
from lianyi.people.identity.recognising import OWN, RECOGNISED

# Takes a workspace, the `mark` of a browser (`digest(kind, scope, value)`), that of what was `proven` in it, and the
# names that are asked about: of traits and of kinds of identities. A trait counts until somebody has removed it, itself
# or with all others. Of a browser that is not recognised nothing is known.
KNOWN = f"""
WITH RECURSIVE {OWN},
who AS (SELECT i.person FROM identity i WHERE i.workspace = %(workspace)s AND i.hash = %(mark)s AND {RECOGNISED}),
mine AS (
    SELECT i.number, i.kind FROM identity i, who WHERE i.workspace = %(workspace)s AND i.number = who.person
    UNION ALL
    SELECT i.number, i.kind FROM identity i, who
    WHERE i.workspace = %(workspace)s AND i.person = who.person AND i.person < i.number),
said AS (
    SELECT f.trait, max(f.at) FILTER (WHERE f.value IS NOT NULL) AS at, max(f.removed_at) AS removed_at
    FROM trait_fact f JOIN mine ON mine.number = f.identity WHERE f.workspace = %(workspace)s GROUP BY f.trait)
SELECT array(
    SELECT DISTINCT kind FROM mine WHERE kind = ANY(%(names)s)
    UNION
    SELECT t.name FROM said JOIN trait t ON t.workspace = %(workspace)s AND t.id = said.trait
    WHERE t.name = ANY(%(names)s) AND said.at IS NOT NULL AND said.at > greatest(
        coalesce(said.removed_at, -1), coalesce((SELECT every.removed_at FROM said every WHERE every.trait = 0), -1)))
FROM who
"""


def asked_about(definition: Definition) -> list[str]:
    """The names that KNOWN is to be asked about; none for a form that asks everybody the same."""
    if definition.progressive is None or definition.shared:
        return []
    targets = {field.key: field.maps_to.removeprefix(TRAIT) for field in definition.fields}
    return sorted({targets[key] for key in definition.progressive.fields})


def known_in(row: Sequence[Any]) -> frozenset[str]:
    """What a row of KNOWN says."""
    return frozenset(row[0])
