"""Which columns were made by another recipe than the one that holds now."""

from lianyi.people.columns import names
from lianyi.people.columns.storing import Recipe
from lianyi.people.profiles.mapping.recipes import recipes


def recipe_of(workspace: int) -> Recipe:
    """As it stands."""
    return recipes([workspace])[workspace]


def stale(before: Recipe, now: Recipe) -> set[str]:
    """The columns that are to be made anew."""
    traits = {number for number in before["traits"] if number in now["traits"]}
    if before["trust"] == now["trust"]:
        traits = {number for number in traits if before["traits"][number] != now["traits"][number]}
    found = {f"{names.TRAITS}{number}" for number in traits}
    return found | {names.STAGE} if before["silence"] != now["silence"] else found
