"""A wheel carries what was built, though git does not: the pages' assets, the tracker and the compiled catalogue."""

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[2]
BUILT = ["web/static/built/site.css", "edge/static/lianyi.js", "locale/zh_Hans/LC_MESSAGES/django.mo"]


def test_a_wheel_carries_what_was_built(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore", "src/lianyi/__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for name in [*BUILT, "web/static/web/icon.svg", "locale/zh_Hans/LC_MESSAGES/django.po"]:
        place = tmp_path / "src/lianyi" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("built")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(build, cwd=tmp_path, check=True, capture_output=True)
    [wheel] = (tmp_path / "dist").iterdir()
    names = [name for name in ZipFile(wheel).namelist() if name.startswith("lianyi/")]
    assert sorted(names) == sorted(
        ["lianyi/__init__.py", "lianyi/web/static/web/icon.svg", "lianyi/locale/zh_Hans/LC_MESSAGES/django.po"]
        + [f"lianyi/{name}" for name in BUILT]
    )
