"""Roles, abilities, and who acts."""

from dataclasses import dataclass
from enum import StrEnum

from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence


class Ability(StrEnum):
    """What somebody may do in a workspace. The values are the scopes of API tokens."""

    SEE_REPORTS = "reports.see"
    SEE_PEOPLE = "people.see"
    EDIT_PEOPLE = "people.edit"
    EXPORT_PEOPLE = "people.export"
    ERASE_PEOPLE = "people.erase"
    EDIT_SEGMENTS = "segments.edit"
    TAKE_HANDOVERS = "handovers.take"
    RUN_IMPORTS = "imports.run"
    EDIT_SPEND = "spend.edit"
    EDIT_CAMPAIGNS = "campaigns.edit"
    EDIT_ACCOUNTS = "accounts.edit"
    EDIT_SETTINGS = "settings.edit"
    EDIT_KEYS = "keys.edit"
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
# What each of them reaches.
SAID: dict[Ability, Sentence] = {
    Ability.SEE_REPORTS: Sentence("Counts, funnels, spend, the catalogue of events and of traits"),
    Ability.SEE_PEOPLE: Sentence("Lists, pages and events of people"),
    Ability.EDIT_PEOPLE: Sentence("Traits, tags and consents of people; merging and splitting them"),
    Ability.EXPORT_PEOPLE: Sentence("Files with people in them"),
    Ability.ERASE_PEOPLE: Sentence("Erasing people for good"),
    Ability.EDIT_SEGMENTS: Sentence("Segments and their rules, learned models, lifetime value, experiments"),
    Ability.TAKE_HANDOVERS: Sentence("Taking people who are handed over to sales, and saying what became of them"),
    Ability.RUN_IMPORTS: Sentence("Files to import"),
    Ability.EDIT_SPEND: Sentence("What sources cost"),
    Ability.EDIT_CAMPAIGNS: Sentence("Campaigns, links and channel codes, landing pages, forms, surveys, gatherings"),
    Ability.EDIT_ACCOUNTS: Sentence("Connected accounts of platforms, own domains"),
    Ability.EDIT_SETTINGS: Sentence("Traits, stages, the funnel's table, dead letters, the workspace itself"),
    Ability.EDIT_KEYS: Sentence("Write keys, API tokens, webhooks"),
    Ability.EDIT_MEMBERS: Sentence("Members, their roles, invitations"),
    Ability.APPOINT_OWNERS: Sentence(
        "Making somebody an owner, or an owner something else; demanding a second factor of everybody"
    ),
    Ability.SEE_AUDIT: Sentence("The log of who did what"),
}
_LOOK = frozenset({Ability.SEE_REPORTS, Ability.SEE_PEOPLE})

ABILITIES: dict[Role, frozenset[Ability]] = {
    Role.OWNER: ALL,
    Role.MANAGER: ALL - {Ability.APPOINT_OWNERS},
    Role.EDITOR: _LOOK
    | {
        Ability.EDIT_PEOPLE,
        Ability.EDIT_SEGMENTS,
        Ability.RUN_IMPORTS,
        Ability.EDIT_SPEND,
        Ability.EDIT_CAMPAIGNS,
    },
    Role.AGENT: _LOOK | {Ability.EDIT_PEOPLE},
    Role.SALES: _LOOK | {Ability.EDIT_PEOPLE, Ability.TAKE_HANDOVERS},
    Role.ANALYST: _LOOK | {Ability.EDIT_SEGMENTS, Ability.EXPORT_PEOPLE, Ability.EDIT_SPEND},
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


def oneself(member: int) -> Actor:
    """A member outside of any workspace, who may do what is their own and nothing else."""
    return Actor(f"member:{member}", None, frozenset())


class FactorDemanded(Refused):
    """They may once they have a second factor, as the workspace demands: a door leads there, or answers 403."""

    def __init__(self) -> None:
        super().__init__(
            "access.second_factor",
            Sentence("This workspace demands a second factor of every member."),
            Sentence("Set up an authenticator app or a passkey: My account → How you sign in."),
        )


class Denied(Refused):
    """They may not: a door answers 403."""

    def __init__(self, ability: Ability) -> None:
        super().__init__(
            "access.denied",
            Sentence("Your role does not allow this ({ability}).", ability=ability.value),
            Sentence("Ask an owner or a manager of the workspace."),
        )
