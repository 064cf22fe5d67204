"""What a page says when something is refused."""

from django.utils.translation import gettext

from lianyi.kernel.errors import Refused


def told(refused: Refused) -> str:
    """What is wrong and what to do next, in the language of the page."""
    return refused.whole.told(gettext)
