"""How far each origin of a trait is trusted: a ranked list per workspace, with a sound default."""

from collections.abc import Sequence

from django.db import connection

# A member who looked and whoever runs the installation, then members' programs, then what a CRM exported, then servers,
# then anybody's browser.
DEFAULT = ("member", "cli", "token", "import", "system", "server", "browser")


class Trust:
    """A ranking of origins, the most trusted first. `import` stands for every `import:…`, and so on."""

    def __init__(self, order: Sequence[str] = DEFAULT) -> None:
        self.order = tuple(order)
        self._ranks: dict[str, int] = {}

    def rank(self, origin: str) -> int:
        """0 for the most trusted; the length of the order for one that it does not name."""
        if origin not in self._ranks:
            self._ranks[origin] = next(
                (rank for rank, name in enumerate(self.order) if origin == name or origin.startswith(f"{name}:")),
                len(self.order),
            )
        return self._ranks[origin]


def trust_of(workspace: int) -> Trust:
    """The ranking that the workspace set, or the default."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT origins FROM trust_order WHERE workspace = %s", [workspace])
        row = cursor.fetchone()
    return Trust(row[0]) if row else Trust()
