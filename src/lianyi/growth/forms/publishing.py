"""What of a definition can be served to the world. A draft may hold more than that."""

from lianyi.growth.forms.fields import File
from lianyi.growth.forms.schemas import Definition
from lianyi.kernel.errors import Refused


def check_served(definition: Definition) -> None:
    """Refuses a definition with a part that no page serves."""
    parts = {
        "file": any(isinstance(field, File) for field in definition.fields),
    }
    found = [name for name, there in parts.items() if there]
    if found:
        raise Refused(
            "form.not_served",
            "Forms with {parts} can be drafted, but not published.",
            "Leave these parts out.",
            parts=found,
        )
