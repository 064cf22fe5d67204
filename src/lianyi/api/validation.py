"""What is wrong with the parts of a request, in our own sentences: pydantic's are English only."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext

from lianyi.kernel.sentences import Sentence


def errors_of(found: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """{place, code, detail} of each: the place is `query.limit` or `body.traits.name`."""
    return [
        {
            "place": _place(one["loc"]),
            "code": str(one["type"]),
            "detail": _sentence(str(one["type"]), one.get("ctx") or {}).told(gettext),
        }
        for one in found
    ]


def _place(parts: tuple[str | int, ...]) -> str:
    """Without what ninja and pydantic put between: the name of the parameter that takes the body or the filters."""
    first, *rest = [str(part) for part in parts]
    if rest and rest[0] in ("body", "filters", "paging"):
        rest = rest[1:]
    return ".".join([first, *rest])


def _sentence(kind: str, context: Mapping[str, Any]) -> Sentence:
    match kind:
        case "missing":
            return Sentence("This is missing.")
        case "extra_forbidden":
            return Sentence("There is no field of this name.")
        case "int_parsing" | "int_type" | "int_from_float" | "int_parsing_size":
            return Sentence("This must be a whole number.")
        case "bool_type" | "bool_parsing":
            return Sentence("This must be true or false.")
        case "float_type" | "float_parsing" | "decimal_parsing" | "decimal_type":
            return Sentence("This must be a number.")
        case "string_type":
            return Sentence("This must be text.")
        case "list_type":
            return Sentence("This must be a list.")
        case "dict_type" | "model_type" | "model_attributes_type":
            return Sentence("This must be an object.")
        case "literal_error" | "enum":
            return Sentence("Choose one of these: {expected}.", expected=context.get("expected", ""))
        case _:
            return _about_size(kind, context)


def _about_size(kind: str, context: Mapping[str, Any]) -> Sentence:
    match kind:
        case "greater_than_equal" | "greater_than":
            return Sentence("This must be at least {least}.", least=context.get("ge", context.get("gt", "")))
        case "less_than_equal" | "less_than":
            return Sentence("This must be at most {most}.", most=context.get("le", context.get("lt", "")))
        case "string_too_short" | "too_short":
            return Sentence("This must have at least {least} parts or characters.", least=context["min_length"])
        case "string_too_long" | "too_long":
            return Sentence("This may have at most {most} parts or characters.", most=context["max_length"])
        case _ if kind.startswith("datetime") or kind == "timezone_aware":
            return Sentence("This must be a moment such as 2026-01-31T08:00:00Z.")
        case _ if kind.startswith("date"):
            return Sentence("This must be a day such as 2026-01-31.")
        case _:
            return Sentence("This is not written as it must be.")
