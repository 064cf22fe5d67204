"""Fixtures that every test may use: the session's database, and homes with a server of their own."""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.test import TransactionTestCase
from tests import public_data
from tests.emptying import empty_database
from tests.session import HOME, remove_home

from lianyi.assembly.postgres import EmbeddedPostgres

if TYPE_CHECKING:
    from tests.program import Up

_ROOT = Path(__file__).parents[1]
# Tests lose nothing when the machine does; those about crashes take an installation, which is safe.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "database_server", "new_home"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever uses a database carries the mark `database`."""
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        if used & _DATABASE_FIXTURES or item.get_closest_marker("django_db"):
            item.add_marker("database")
        if "new_home" in used:  # brings a server of its own: DATABASE_URL changes nothing for it
            item.add_marker("embedded")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says which public files were read, or what stood in for them."""
    terminalreporter.write_line(public_data.told())


@pytest.fixture(scope="session")
def database_server() -> Iterator[None]:
    """The session's PostgreSQL: that of DATABASE_URL, else an embedded one."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    with EmbeddedPostgres(HOME, settings=FAST):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(database_server: None, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """pytest-django asks for this before it makes its databases; here it also brings the server, and says how tests
    leave it.
    """
    TransactionTestCase._fixture_teardown = empty_database  # type: ignore[method-assign]


@dataclass(frozen=True)
class Installation:
    """A home with a running server of its own, and the environment for processes that shall work in it."""

    home: Path
    server: EmbeddedPostgres
    variables: dict[str, str]


@pytest.fixture
def empty_home() -> Iterator[Path]:
    """A fresh, empty home, removed afterwards with whatever server runs on it."""
    place = Path(tempfile.mkdtemp(prefix="home-", dir=HOME))
    yield place
    remove_home(place)


@pytest.fixture(scope="session")
def _seed() -> Iterator[Path]:
    """A home whose server has been started once: copying it is ten times faster than making one."""
    place = Path(tempfile.mkdtemp(prefix="seed-", dir=HOME))
    with EmbeddedPostgres(place, settings=FAST):
        pass
    (place / "pg" / "server.log").unlink()
    yield place
    remove_home(place)


@pytest.fixture
def new_home(_seed: Path) -> Callable[[Path], Path]:
    """Makes homes with an empty database, whose server does not run."""

    def make(home: Path) -> Path:
        home.mkdir(exist_ok=True)
        subprocess.run(["cp", "-a", "--reflink=auto", str(_seed / "pg"), str(home)], check=True)
        return home

    return make


@pytest.fixture
def stopped_home(empty_home: Path, new_home: Callable[[Path], Path]) -> Path:
    """A home with an empty database, whose server does not run."""
    return new_home(empty_home)


@pytest.fixture
def installation(stopped_home: Path) -> Iterator[Installation]:
    """For tests of whole processes: its server keeps what it commits, and DATABASE_URL does not reach it."""
    with EmbeddedPostgres(stopped_home) as server:
        yield Installation(stopped_home, server, variables_of(stopped_home))


@pytest.fixture
def home(installation: Installation) -> Path:
    """The home of an installation."""
    return installation.home


def variables_of(home: Path) -> dict[str, str]:
    """The environment of a process that works in `home` and imports Lianyi from this working tree."""
    ours = ("LIANYI_", "DATABASE_URL", "EMAIL_URL", "DJANGO_", "PYTEST_", "LANG", "LC_")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**plain, "LANG": "C.UTF-8", "LIANYI_HOME": str(home), "PYTHONPATH": str(_ROOT / "src")}


@pytest.fixture
def up(stopped_home: Path) -> Iterator[Callable[..., "Up"]]:
    """`up(*arguments, VARIABLE=…)` starts an installation in the test's home; whatever is left of it is killed."""
    from tests.program import Up

    with contextlib.ExitStack() as stack:
        yield lambda *arguments, **more: stack.enter_context(Up.start(stopped_home, *arguments, **more))
