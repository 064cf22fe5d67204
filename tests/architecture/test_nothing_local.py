"""No committed file names where packages come from, or a folder of somebody's machine."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# In pieces, so that this file does not name them.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs"),
        ("registry", "yarnpkg"),
        ("npmmirror", "com"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
        ("mirrors", "aliyun"),
        ("tuna", "tsinghua"),
    )
]
FOLDERS = re.compile(r"(?<![\w.$}~-])/(?:root|work|Users|home/[a-z]\w*|opt/\w+)/")
BINARY = {".png", ".jpg", ".webp", ".ico", ".woff2", ".gz", ".zip", ".xlsx", ".parquet", ".mo"}


def committed() -> list[Path]:
    """Text files under version control, those about to be included."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]
    return [path for path in paths if path.is_file() and path.suffix not in BINARY]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {str(path.relative_to(ROOT)): path.read_text(errors="replace") for path in committed()}


def test_no_registry_is_named(texts: dict[str, str]) -> None:
    assert [(name, host) for name, text in texts.items() for host in HOSTS if host in text.lower()] == []


def test_no_folder_of_a_machine_is_named(texts: dict[str, str]) -> None:
    found = [(name, match[0]) for name, text in texts.items() for match in FOLDERS.finditer(text)]
    assert found == []
