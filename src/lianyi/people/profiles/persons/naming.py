"""What a person is called: the name that was told, else one made of its parts."""

from collections.abc import Mapping

NAME_TRAITS = ("name", "first_name", "last_name", "nickname")
CHARACTERS = 200


def display_name(traits: Mapping[str, str]) -> str:
    """The person's name by the picked values of NAME_TRAITS; empty when nobody told one. Chinese, Japanese and Korean
    names are written family name first and without a space.
    """
    name = traits.get("name", "")
    first, last = traits.get("first_name", ""), traits.get("last_name", "")
    if not name and (first or last):
        parts = [last, first] if _east_asian(first + last) else [first, last]
        name = ("" if _east_asian(first + last) else " ").join(part for part in parts if part)
    return (name or traits.get("nickname", ""))[:CHARACTERS]


def _east_asian(text: str) -> bool:
    return any("\u3040" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7af" for letter in text)
