"""`make slow` writes its result and date into docs/slow.md; loaded by that verb only."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

PLACE = Path(__file__).parents[2] / "docs" / "slow.md"
_OUTCOMES = ("passed", "failed", "error", "skipped")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line a test, whatever its parameters, and the counts."""
    stats = terminalreporter.stats
    counts = ", ".join(f"{len(stats[outcome])} {outcome}" for outcome in _OUTCOMES if stats.get(outcome))
    lines = [
        "# The slow lane",
        "",
        "What `make slow` said when it was last run; that verb writes this page.",
        "",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC: {counts or 'no test'}.",
        "",
        "| test | result | times | seconds |",
        "|---|---|---|---|",
    ]
    for outcome in _OUTCOMES:
        took: dict[str, list[float]] = {}
        for report in stats.get(outcome, []):
            if isinstance(report, pytest.TestReport):
                took.setdefault(report.nodeid.partition("[")[0], []).append(report.duration)
        lines += [f"| `{test}` | {outcome} | {len(some)} | {sum(some):.1f} |" for test, some in took.items()]
    PLACE.write_text("\n".join(lines) + "\n")
