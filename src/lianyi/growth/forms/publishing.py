"""What only the page of a form does, and a form that is part of something else does not."""

from lianyi.growth.forms.fields import File
from lianyi.growth.forms.schemas import Definition
from lianyi.kernel.errors import Refused


def check_within(definition: Definition) -> None:
    """Refuses a definition that is part of something else, such as a registration, with what only the page of a form
    does.
    """
    parts = {
        "file": any(isinstance(field, File) for field in definition.fields),
        "double_opt_in": definition.double_opt_in is not None,
        "download": definition.download is not None,
        "notify": bool(definition.notify),
        "progressive": definition.progressive is not None,
        "shared": definition.shared,
    }
    found = [name for name, there in parts.items() if there]
    if found:
        raise Refused(
            "form.not_served",
            "Only forms with a page of their own have {parts}.",
            "Leave these parts out.",
            parts=found,
        )
