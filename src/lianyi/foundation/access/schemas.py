"""Roles, abilities, and who acts."""

from dataclasses import dataclass
from enum import StrEnum

from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence


class Ability(StrEnum):
    """What somebody may do in a workspace. The values are the scopes of API tokens."""

    SEE_REPORTS = "reports.see"  # counts, funnels, spend, the catalogue of events
    SEE_PEOPLE = "people.see"  # lists, pages and events of people
    EDIT_PEOPLE = "people.edit"  # traits, tags, consents, merges
    EXPORT_PEOPLE = "people.export"  # files with many people in them
    ERASE_PEOPLE = "people.erase"
    RUN_IMPORTS = "imports.run"
    EDIT_SPEND = "spend.edit"
    EDIT_SETTINGS = "settings.edit"  # traits, stages, the funnel's table, dead letters, the workspace itself
    EDIT_KEYS = "keys.edit"  # write keys, API tokens, webhooks
    EDIT_MEMBERS = "members.edit"
    APPOINT_OWNERS = "owners.appoint"
    SEE_AUDIT = "audit.see"


class Role(StrEnum):
    """What a member is in a workspace."""

    OWNER = "owner"
    MANAGER = "manager"
    EDITOR = "editor"
    AGENT = "agent"
    SALES = "sales"
    ANALYST = "analyst"
    VIEWER = "viewer"


ALL = frozenset(Ability)
_LOOK = frozenset({Ability.SEE_REPORTS, Ability.SEE_PEOPLE})

ABILITIES: dict[Role, frozenset[Ability]] = {
    Role.OWNER: ALL,
    Role.MANAGER: ALL - {Ability.APPOINT_OWNERS},
    Role.EDITOR: _LOOK | {Ability.EDIT_PEOPLE, Ability.RUN_IMPORTS, Ability.EDIT_SPEND},
    Role.AGENT: _LOOK | {Ability.EDIT_PEOPLE},
    Role.SALES: _LOOK | {Ability.EDIT_PEOPLE},
    Role.ANALYST: _LOOK | {Ability.EXPORT_PEOPLE, Ability.EDIT_SPEND},
    Role.VIEWER: _LOOK,
}


@dataclass(frozen=True)
class Actor:
    """Who the present work is done for. `name` is how an audit line and an event's origin call them ("member:3",
    "token:5", "cli"); `workspace` is where the abilities hold, None for everywhere.
    """

    name: str
    workspace: int | None
    abilities: frozenset[Ability]

    def may(self, ability: Ability, workspace: int) -> bool:
        """Whether they have the ability in that workspace."""
        return ability in self.abilities and self.workspace in (None, workspace)


SYSTEM = Actor("system", None, ALL)
OPERATOR = Actor("cli", None, ALL)  # whoever holds the machine
NOBODY = Actor("nobody", None, frozenset())


class Denied(Refused):
    """They may not: a door answers 403."""

    def __init__(self, ability: Ability) -> None:
        super().__init__(
            "access.denied",
            Sentence("Your role does not allow this ({ability}).", ability=ability.value),
            Sentence("Ask an owner or a manager of the workspace."),
        )
