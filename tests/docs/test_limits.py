"""docs/reference/limits.md says what the collector does: the numbers, the codes, and the status of each."""

import re
from pathlib import Path

from lianyi.events.intake import limits
from lianyi.events.log.dead import KEPT
from lianyi.kernel.clock import MINUTE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "limits.md").read_text()
INTAKE = [*(ROOT / "src/lianyi/events/intake").glob("*.py"), *(ROOT / "src/lianyi/edge").glob("*.py")]
# What the edge's other doors say: those of pages, of what members send, and of the web process behind it.
OTHER_DOORS = re.compile(
    r"(token|tracker|live|length|request|web|survey|gathering|page|block|media|link|host|account)\.|form\.(unreadable|type|file_large)$"
)


def table(heading: str) -> list[list[str]]:
    """The rows below a heading, without those of the head."""
    part = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    return rows[1:]


def test_the_numbers() -> None:
    assert [limit for _, limit in table("Limits")] == [
        f"{limits.BODY_BYTES:,} bytes",
        f"{limits.EVENTS:,}",
        f"{limits.CONTEXT_BYTES:,} bytes",
        f"{limits.EVENT_BYTES:,} bytes",
        f"{limits.DEPTH} levels",
        f"{limits.NAME_CHARACTERS} characters",
        f"{limits.IDENTITY_CHARACTERS} characters",
        f"{limits.AHEAD // MINUTE} minutes",
        f"{KEPT:,}",
    ]


def test_the_codes_of_bodies_with_their_status() -> None:
    text = "\n".join(path.read_text() for path in INTAKE)
    given = set(re.findall(r'problem\(\s*(\d+),\s*"([a-z_0-9]+\.[a-z_]+)"', text))
    bodies = re.findall(r'BadBody\(\s*"([a-z_0-9]+\.[a-z_]+)",.*?(?:(4\d\d)\s*)?\)(?: from None)?\n', text)
    given |= {(status or "400", code) for code, status in bodies}
    told = {(row[0], code) for row in table("Answers") for code in re.findall(r"`([a-z_0-9]+\.[a-z_]+)`", row[1])}
    assert told == {(status, code) for status, code in given if not OTHER_DOORS.match(code)}


def test_the_reasons_of_events() -> None:
    text = "\n".join(path.read_text() for path in INTAKE)
    given = set(re.findall(r'BadEvent\(\s*"([a-z_]+\.[a-z_]+)"', text))
    told = {code for row in table("Reasons for refusing one event") for code in re.findall(r"`([a-z_.]+)`", row[0])}
    assert told == given
