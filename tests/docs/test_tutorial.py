"""docs/tutorial.md is typed from its first command to its last, in both languages, from an empty home."""

import re
from pathlib import Path

import pytest
from tests.docs.test_how_to import Reader
from tests.program import lianyi

ROOT = Path(__file__).parents[2]
CHINESE, ENGLISH = (ROOT / "docs" / "tutorial.md").read_text().split("\n---\n")
_CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def test_both_languages_say_the_same() -> None:
    assert _CODE.findall(CHINESE) == _CODE.findall(ENGLISH)
    heads = [re.findall(r"^(#+) ", _CODE.sub("", text), re.MULTILINE) for text in (CHINESE, ENGLISH)]
    assert heads[0] == heads[1]


@pytest.mark.parametrize("text", [CHINESE, ENGLISH], ids=["zh", "en"])
def test_the_tutorial(text: str, stopped_home: Path, tmp_path: Path) -> None:
    typed = text.replace("make up", f"make --no-print-directory -C {ROOT} up")
    try:
        assert Reader(tmp_path, stopped_home).type_page(typed) == 8
    finally:
        lianyi(stopped_home, "down")
