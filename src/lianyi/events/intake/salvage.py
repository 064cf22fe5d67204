"""Bodies that are almost JSON: Python and old browsers write NaN and Infinity, which JSON does not have.

One such number must not cost its siblings, so a body that the strict reader refuses is read once more by the lenient
one, and the parts that cannot be written down again are replaced by null, which is then refused in its place.
"""

import json
import math
from typing import Any

import msgspec


def salvage(body: bytes, field: str) -> bytes | None:
    """The body with the unusable members of its list `field` (of the body itself, when empty) as null; None when even
    the lenient reader finds no such list.
    """
    try:
        outside = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if field and not isinstance(outside, dict):
        return None
    parts = outside.pop(field, None) if field else outside
    if not isinstance(parts, list):
        return None
    kept = [_strict(part) for part in parts]
    if not field:
        return msgspec.json.encode(kept)
    rest = {name: _strict(value) for name, value in outside.items() if _strict(name) is not None}
    return msgspec.json.encode({**rest, field: kept})


def _strict(part: Any) -> Any:
    """`part` when it can be written as JSON, else None."""
    if _has_odd_number(part):  # which msgspec would write as null
        return None
    try:
        msgspec.json.encode(part)
    except (UnicodeEncodeError, ValueError, OverflowError, RecursionError):
        return None
    return part


def _has_odd_number(value: Any) -> bool:
    todo = [value]
    while todo:
        part = todo.pop()
        if isinstance(part, float) and not math.isfinite(part):
            return True
        if isinstance(part, dict):
            todo.extend(part.values())
        elif isinstance(part, list):
            todo.extend(part)
    return False
