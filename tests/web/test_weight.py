"""No page weighs more than 250 kB of script and style, compressed."""

import gzip
from pathlib import Path

import django_htmx

BUILT = Path(__file__).parents[2] / "src/lianyi/web/static/built"
MOST = 250_000


def test_all_that_a_page_can_load_is_light() -> None:
    files = [*BUILT.rglob("*.js"), *BUILT.rglob("*.css")]
    files.append(Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js")
    sizes = {file.name: len(gzip.compress(file.read_bytes(), 6)) for file in files}
    assert sum(sizes.values()) <= MOST, sizes
