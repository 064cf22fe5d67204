"""The embedded PostgreSQL: from a wheel, under our own supervisor, in the home, on a private socket."""

from lianyi.assembly.postgres.providers import Provider, preferred, providers
from lianyi.assembly.postgres.server import EmbeddedPostgres, State
from lianyi.assembly.postgres.upgrade import Upgraded, upgrade

__all__ = ["EmbeddedPostgres", "Provider", "State", "Upgraded", "preferred", "providers", "upgrade"]
