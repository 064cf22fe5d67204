"""What the edge looks up of a form. No Django here."""

from typing import Any, NamedTuple

from lianyi.growth.forms.definitions import read
from lianyi.growth.forms.schemas import Definition

# A form as it was under a number, or without one as it is published now; and its address.
QUERY = """
SELECT f.id, f.workspace, f.address, v.number, v.definition, v.digest, w.region, f.state = 'published'
FROM form f JOIN form_version v ON v.form_id = f.id AND v.number = coalesce(%s::int, f.published)
JOIN workspace w ON w.id = f.workspace WHERE f.address = %s
"""


class Served(NamedTuple):
    """A version of a form, and whether the form takes answers."""

    form: int
    workspace: int
    address: str
    version: int
    definition: Definition
    digest: str
    region: str
    open: bool


def served_in(row: tuple[Any, ...]) -> Served:
    """What a row of QUERY says."""
    form, workspace, address, version, definition, digest, region, is_open = row
    return Served(form, workspace, address, version, read(definition), digest, region, is_open)
