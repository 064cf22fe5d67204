"""No page weighs more than 250 kB of script and style, compressed."""

import gzip
from pathlib import Path

import django_htmx

BUILT = Path(__file__).parents[2] / "src/lianyi/web/static/built"
MOST = 250_000


DOOR = ("door.", "door-worker.", "decode-")  # of a page that has no charts, forms or rules


def test_all_that_a_page_can_load_is_light() -> None:
    files = [*BUILT.rglob("*.js"), *BUILT.rglob("*.css")]
    files.append(Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js")
    sizes = {file.name: len(gzip.compress(file.read_bytes(), 6)) for file in files}
    at_the_door = {name for name in sizes if name.startswith(DOOR)}
    assert len(at_the_door) == len(DOOR)
    assert sum(size for name, size in sizes.items() if name not in at_the_door) <= MOST, sizes
