"""How a form is saved: a refusal is said above the form, which keeps what was typed, or else on the page that follows;
an id that is not the workspace's is 404; what was done is said on the page that follows.
"""

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.utils.functional import Promise

from lianyi.foundation.access.schemas import Denied
from lianyi.kernel.errors import Refused
from lianyi.web.refusals import told

_UNKNOWN = frozenset(
    {
        "account.unknown",
        "key.unknown",
        "token.unknown",
        "webhook.unknown",
        "webhook.delivery_unknown",
        "member.unknown_here",
        "invitation.unknown",
        "handover.unknown",
        "learned.unknown",
        "arms.unknown",
        "campaign.unknown",
        "domain.unknown",
        "form.unknown",
        "form.version_unknown",
        "gathering.registration_unknown",
        "gathering.unknown",
        "survey.unknown",
        "survey.version_unknown",
        "interview.unknown",
        "interview.nobody",
        "link.unknown",
        "link.template_unknown",
        "look.unknown",
        "sheet.no_file",
        "sheet.unknown",
        "page.unknown",
        "page.version",
        "page.block_unknown",
        "page.variant_unknown",
    }
)
_T = TypeVar("_T")


def found(read: Callable[[], _T]) -> _T:
    """What `read` gives; 404 where it refuses."""
    try:
        return read()
    except Refused as refused:
        raise Http404(refused.code) from None


def saved(request: HttpRequest, write: Callable[[], object], done: str | Promise = "") -> Refused | None:
    """Writes, and says `done`, if anything, on the next page; what was refused, for the form."""
    try:
        write()
    except Denied:
        raise
    except Refused as refused:
        if refused.code in _UNKNOWN:
            raise Http404(refused.code) from None
        return refused
    if done:
        messages.success(request, str(done))
    return None


def tell(request: HttpRequest, refused: Refused | None) -> None:
    """Says on the next page what was refused, where there is no form to say it at."""
    if refused is not None:
        messages.error(request, told(refused))


def lines_of(text: str) -> list[str]:
    """The lines of a box, without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]
