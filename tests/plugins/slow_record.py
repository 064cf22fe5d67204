"""`make slow` writes its result and date into docs/slow.md; loaded by that verb only."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

PLACE = Path(__file__).parents[2] / "docs" / "slow.md"
_OUTCOMES = ("passed", "failed", "error", "skipped")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line a test, and the counts."""
    stats = terminalreporter.stats
    counts = ", ".join(f"{len(stats[outcome])} {outcome}" for outcome in _OUTCOMES if stats.get(outcome))
    lines = [
        "# The slow lane",
        "",
        "What `make slow` said when it was last run; that verb writes this page.",
        "",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC: {counts or 'no test'}.",
        "",
        "| test | result | seconds |",
        "|---|---|---|",
    ]
    for outcome in _OUTCOMES:
        for report in stats.get(outcome, []):
            if isinstance(report, pytest.TestReport):
                lines.append(f"| `{report.nodeid}` | {outcome} | {report.duration:.1f} |")
    PLACE.write_text("\n".join(lines) + "\n")
