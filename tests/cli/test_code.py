"""`lianyi code` where nothing runs: pictures and sheets that decode."""

import json
from pathlib import Path

import zxingcpp
from PIL import Image
from tests.program import lianyi

ADDRESS = "https://go.brand-example.cn/spring"


def test_a_code_is_drawn_as_its_file_ends_and_a_refused_one_leaves_no_file(tmp_path: Path) -> None:
    for name in ("code.svg", "code.png", "code.pdf"):
        done = lianyi(tmp_path, "code", "draw", ADDRESS, str(tmp_path / name), "--shape", "dots", "--json")
        assert json.loads(done.stdout) == {"file": str(tmp_path / name), "bytes": (tmp_path / name).stat().st_size}
    found = zxingcpp.read_barcode(Image.open(tmp_path / "code.png").convert("L"))
    assert found is not None
    assert found.text == ADDRESS
    bad = lianyi(tmp_path, "code", "draw", ADDRESS, str(tmp_path / "pale.png"), "--dark", "#ffd400")
    assert bad.returncode == 1
    assert "Scanners cannot tell #ffd400 from #ffffff" in bad.stderr
    assert lianyi(tmp_path, "code", "draw", ADDRESS, str(tmp_path / "code.gif")).returncode == 2
    assert lianyi(tmp_path, "code", "draw", ADDRESS, str(tmp_path / "none" / "code.png")).returncode == 2
    assert sorted(path.name for path in tmp_path.glob("*.*")) == ["code.pdf", "code.png", "code.svg"]


def test_an_empty_workspace_has_nothing_to_print(stopped_home: Path, tmp_path: Path) -> None:
    done = lianyi(stopped_home, "code", "sheet", str(tmp_path / "sheet.pdf"))
    assert done.returncode == 1
    assert "A document has one code to 50,000; this has 0." in done.stderr
    assert list(tmp_path.glob("*.pdf*")) == []
