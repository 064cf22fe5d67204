"""Writes the description of the API into docs/reference/openapi.json: `python -m lianyi.api.describe`."""

import os
import sys
from pathlib import Path

PLACE = Path(__file__).parents[3] / "docs" / "reference" / "openapi.json"


def main() -> None:
    """Writes it anew."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianyi.assembly.settings")
    django.setup()
    from lianyi.api.app import description

    PLACE.parent.mkdir(parents=True, exist_ok=True)
    PLACE.write_text(description(), encoding="utf-8")
    sys.stdout.write(f"{PLACE.name} is written.\n")


if __name__ == "__main__":
    main()
