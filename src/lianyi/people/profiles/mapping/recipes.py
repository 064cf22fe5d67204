"""By what values and stages are picked: what members set up, and may change at any time. Whoever keeps picked values
compares it with what they were picked by.
"""

from typing import Any

from lianyi.people.profiles.lifecycle.rules import Rule
from lianyi.people.profiles.mapping.packed import ask
from lianyi.people.profiles.traits.trust import DEFAULT

Recipe = dict[str, Any]

_RECIPES = """
    SELECT w.id, o.origins, r.days_until_dormant, t.ids, t.how
    FROM unnest(%s::int[]) AS w (id)
    LEFT JOIN trust_order o ON o.workspace = w.id
    LEFT JOIN lifecycle_rule r ON r.workspace = w.id
    LEFT JOIN LATERAL (
        SELECT array_agg(id::text) AS ids, array_agg(kind || ' ' || strategy) AS how FROM trait
        WHERE workspace = w.id) t ON true
"""


def recipes(workspaces: list[int]) -> dict[int, Recipe]:
    """Of each of these workspaces: the trust in origins, the days of silence, and of each trait the type and strategy;
    in the form in which JSON gives it back.
    """
    return {
        workspace: {
            "trust": list(DEFAULT) if origins is None else origins,
            "silence": Rule().days_until_dormant if days is None else days,
            "traits": dict(zip(ids or (), how or (), strict=True)),
        }
        for workspace, origins, days, ids, how in ask(_RECIPES, [workspaces])
    }
