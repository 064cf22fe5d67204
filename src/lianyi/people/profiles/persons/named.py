"""Who has which identities: values as people write them, looked up in every scope that the workspace has, set-wise."""

from collections.abc import Collection, Mapping

from lianyi.events.schemas import Claim
from lianyi.foundation.workspaces.queries import key_groups
from lianyi.people.identity import queries as identity
from lianyi.people.profiles.dictionaries import ORIGINS
from lianyi.people.profiles.orders.reading import system_of

_EVERYWHERE = ("phone", "email", "unionid", "wechat_id")
_BY_KEY = ("user_id", "cookie", "device", "openid")
_BY_SYSTEM = ("crm_id", "member", "user_id", "openid")


def spaces(workspace: int) -> list[tuple[str, str]]:
    """Every kind of identity with the scopes that it has here, the most telling first."""
    groups = key_groups(workspace)
    systems = {system_of(name, "") for (name,) in ORIGINS.names(workspace).values()} - {""}
    found = [(kind, "") for kind in _EVERYWHERE]
    found += [(kind, scope) for kind in _BY_KEY for scope in groups]
    return found + [(kind, scope) for kind in _BY_SYSTEM for scope in sorted(systems)]


def people_named(workspace: int, values: Mapping[str, Collection[str]]) -> dict[tuple[str, str], int]:
    """(kind, value) → the person who has that identity, of those that anybody has; `values` are by kind."""
    claims = {
        Claim(kind, scope, value, False): (kind, value)
        for kind, scope in spaces(workspace)
        for value in values.get(kind, ())
    }
    found = identity.find(workspace, list(claims))
    persons = identity.persons_of(workspace, found.values())
    named: dict[tuple[str, str], int] = {}
    for claim, asked in claims.items():
        person = persons.get(found.get(claim, 0), 0)
        if person:
            named.setdefault(asked, person)
    return named
