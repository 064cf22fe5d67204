"""Writes the pages: `python -m lianyi.assembly.reference [FOLDER]`; the folder is docs/reference."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Writes them anew. Help texts are read in English, whatever the terminal speaks."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        os.environ.pop(name, None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianyi.assembly.settings")
    import django

    django.setup()
    from lianyi.assembly.reference.pages import PAGES

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[4] / "docs" / "reference"
    for name, page in PAGES.items():
        (folder / f"{name}.md").write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{len(PAGES)} pages are written.\n")


if __name__ == "__main__":
    main()
