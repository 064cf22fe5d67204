"""Which own domains serve pages."""

from lianyi.foundation.domains.models import Domain


def domain_for_pages(workspace: int, host: str) -> int | None:
    """The number of an own domain at which the workspace has pages; None for any other host."""
    found = Domain.objects.filter(workspace=workspace, host=host).exclude(purpose=Domain.Purpose.LINKS)
    return found.values_list("pk", flat=True).first()
