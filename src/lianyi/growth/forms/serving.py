"""What the edge looks up of a form and of what was sent by it. No Django here."""

from typing import Any, NamedTuple

import msgspec

from lianyi.growth.forms.definitions import read
from lianyi.growth.forms.schemas import Definition

# A form as it was under a number, or without one as it is published now; and its address.
QUERY = """
SELECT f.id, f.workspace, f.address, v.number, v.definition, v.digest, w.region, f.state = 'published'
FROM form f JOIN form_version v ON v.form_id = f.id AND v.number = coalesce(%s::int, f.published)
JOIN workspace w ON w.id = f.workspace WHERE f.address = %s
"""
# A form that takes answers, by its number.
OPEN = """
SELECT f.id, f.workspace, f.address, v.number, v.definition, v.digest, w.region, true
FROM form f JOIN form_version v ON v.form_id = f.id AND v.number = f.published
JOIN workspace w ON w.id = f.workspace WHERE f.workspace = %s AND f.id = %s AND f.state = 'published'
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


# What somebody sent, by the id of its event, and whose it is.
SUBMISSION = """
SELECT s.version, s.language, s.answers, s.confirm, i.kind, i.scope, i.value FROM form_submission s
LEFT JOIN identity i ON i.workspace = s.workspace AND i.number = s.identity
WHERE s.workspace = %s AND s.event = %s AND s.form = %s
"""
_json = msgspec.json.Decoder(dict[str, Any]).decode


class Sent(NamedTuple):
    """A submission; `who` is the identity that it stands under, None for nobody's."""

    version: int
    language: str
    answers: dict[str, Any]
    confirm: str  # the field with the address that is to be confirmed
    who: tuple[str, str, str, bool] | None


def sent_in(row: tuple[Any, ...]) -> Sent:
    """What a row of SUBMISSION says."""
    version, language, answers, confirm, kind, scope, value = row
    return Sent(version, language, _json(answers), confirm, None if kind is None else (kind, scope, value, False))
