"""What a test needs of the machine: `@pytest.mark.needs("chromium")` names a Debian package of debian.txt.

Without the package the test is skipped, and the summary names each missing package with the count of its tests. With
`--no-skips` (in CI) any skip, for whatever reason, fails the run.
"""

import subprocess
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

# Where to look first: asking dpkg takes longer, and another distribution has none.
_PROOFS = {
    "caddy": "/usr/bin/caddy",
    "chromium": "/usr/bin/chromium",
    "nginx": "/usr/sbin/nginx",
    "postgresql-15": "/usr/lib/postgresql/15/bin/postgres",
    "systemd": "/usr/bin/systemd-analyze",
}
_REASON = "needs the Debian package "


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--no-skips`."""
    parser.addoption("--no-skips", action="store_true", help="a skipped test fails the run")


def pytest_configure(config: pytest.Config) -> None:
    """Makes the mark known."""
    config.addinivalue_line("markers", "needs(package): skipped where this Debian package is missing")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips a test whose package is missing."""
    for mark in item.iter_markers("needs"):
        for package in mark.args:
            if not installed(package):
                pytest.skip(f"{_REASON}{package}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skip fails the run when none is allowed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("--no-skips") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = max(session.exitstatus, pytest.ExitCode.TESTS_FAILED)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Names what was missing."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = [str(report.longrepr[2]) for report in skipped if isinstance(report.longrepr, tuple)]
    missing = Counter(reason.rpartition(_REASON)[2] for reason in reasons if _REASON in reason)
    for package, count in sorted(missing.items()):
        tests = "1 test was" if count == 1 else f"{count} tests were"
        terminalreporter.write_line(f"{tests} skipped: the Debian package {package} is missing (make system).")
    if config.getoption("--no-skips") and skipped:
        terminalreporter.write_line("Skipped tests fail this run (--no-skips).", red=True)


@cache
def installed(package: str) -> bool:
    """Whether the machine has this Debian package."""
    if package in _PROOFS:
        return Path(_PROOFS[package]).exists()
    try:
        asked = subprocess.run(["dpkg-query", "-W", "-f=${db:Status-Status}", package], capture_output=True, text=True)
    except FileNotFoundError:
        return False
    return asked.stdout == "installed"
