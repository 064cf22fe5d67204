"""What the properties of an event are called and of which JSON type they are. Values are passed over, not read."""

import msgspec

KINDS = ("texts", "numbers", "truths", "nulls", "lists", "maps")  # the columns that count them

_TEXT, _NUMBER, _TRUTH, _NULL, _LIST, _OBJECT = range(6)
_KIND_OF = {ord('"'): _TEXT, ord("t"): _TRUTH, ord("f"): _TRUTH, ord("n"): _NULL, ord("["): _LIST, ord("{"): _OBJECT}


class _Said(msgspec.Struct, gc=False):
    """The two places where an event of any protocol states something."""

    properties: dict[str, msgspec.Raw] | None = None
    traits: dict[str, msgspec.Raw] | None = None


_SAID = msgspec.json.Decoder(_Said)


def shape_of(raw: bytes) -> dict[str, int]:
    """Property or trait → the place of its type in `KINDS`. Empty when the event states none, or what is no object."""
    try:
        said = _SAID.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    found: dict[str, int] = {}
    for part in (said.traits, said.properties):
        if part:
            for name, value in part.items():
                found[name] = _KIND_OF.get(memoryview(value)[0], _NUMBER)
    return found
