"""What all pages of a survey say above."""

from typing import Any

from django.conf import settings

from lianyi.growth.surveys.lines import Survey
from lianyi.web.surveys.words import STATES


def head_of(one: Survey) -> dict[str, Any]:
    """The survey, its state in words, and the address of its page."""
    return {"survey": one, "state": STATES[one.state], "address": f"{settings.ENVIRONMENT.url}/s/{one.address}"}
