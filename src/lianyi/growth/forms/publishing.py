"""What of a definition can be served to the world. A draft may hold more than that."""

from lianyi.growth.forms.fields import File
from lianyi.growth.forms.schemas import Definition
from lianyi.kernel.errors import Refused


def check_served(definition: Definition) -> None:
    """Refuses a definition with a part that no page serves."""
    _refuse({"file": _takes_files(definition)})


def check_within(definition: Definition) -> None:
    """Refuses a definition that is part of something else, such as a registration, with what only the page of a form
    does.
    """
    _refuse(
        {
            "file": _takes_files(definition),
            "double_opt_in": definition.double_opt_in is not None,
            "download": definition.download is not None,
            "notify": bool(definition.notify),
            "progressive": definition.progressive is not None,
            "shared": definition.shared,
        }
    )


def _takes_files(definition: Definition) -> bool:
    return any(isinstance(field, File) for field in definition.fields)


def _refuse(parts: dict[str, bool]) -> None:
    found = [name for name, there in parts.items() if there]
    if found:
        raise Refused(
            "form.not_served",
            "Forms with {parts} can be drafted, but not published.",
            "Leave these parts out.",
            parts=found,
        )
