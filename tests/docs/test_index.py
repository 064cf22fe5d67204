"""docs/README.md leads to every page, and no link of the documents leads nowhere."""

import re
from pathlib import Path

from lianyi.people.imports.tables import MOST_COLUMNS
from lianyi.people.imports.uploads import keeping
from lianyi.people.imports.uploads.previewing import ROWS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
_LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def linked(page: Path) -> set[Path]:
    """The files that a page leads to."""
    return {(page.parent / place).resolve() for place in _LINK.findall(page.read_text())}


def test_every_page_is_in_the_index() -> None:
    pages = {path.resolve() for path in DOCS.rglob("*") if path.suffix in (".md", ".json")}
    assert pages - linked(DOCS / "README.md") == {(DOCS / "README.md").resolve()}
    assert (DOCS / "README.md").resolve() in linked(ROOT / "README.md")


def test_no_link_leads_nowhere() -> None:
    pages = [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
    assert [f"{page}: {place}" for page in pages for place in linked(page) if not place.exists()] == []


def test_the_limits_of_imports_are_the_programs() -> None:
    for text, head, days, characters in zip(
        (DOCS / "how-to" / "import.md").read_text().split("\n---\n"),
        ("| 内容 | 上限 |", "| what | limit |"),
        ("天", "days"),
        ("个字符", "characters"),
        strict=True,
    ):
        assert re.findall(r"^\| (?!-).+ \| (.+) \|$", text.rpartition(head)[2], re.MULTILINE) == [
            f"{keeping.LARGEST >> 30} GiB",
            f"{MOST_COLUMNS:,}",
            f"{ROWS}",
            f"{keeping.KEPT_FOR // 86400} {days}",
            f"{keeping.REFUSED_KEPT_FOR // 86400} {days}",
            f"256,000 {characters}",
        ]
