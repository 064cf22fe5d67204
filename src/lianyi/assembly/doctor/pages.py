"""The pages: what Django's check of a deployment says of the settings, and whether people reach them by TLS."""

from urllib.parse import urlsplit

from lianyi.assembly.doctor.findings import Finding, bad, note, well
from lianyi.assembly.environment import Environment

# HSTS and cookies marked as secure follow from an https address; without one, they would lock everybody out.
_OF_TLS = frozenset({"security.W004", "security.W012", "security.W016"})
_LOCAL = ("", "localhost", "127.0.0.1", "::1")


def page_findings(environment: Environment) -> Finding:
    """Needs Django set up."""
    from django.core.checks import WARNING, run_checks

    found = run_checks(include_deployment_checks=True)
    problems = sorted({one.id or one.msg for one in found if one.level >= WARNING and not one.is_silenced()})
    secure = environment.url.startswith("https://")
    left = [one for one in problems if secure or one not in _OF_TLS]
    if left:
        return bad(
            "pages",
            "Django's check of a deployment complains: {problems}.",
            "Look the names up in the documentation of Django's system checks.",
            problems=left,
        )
    if secure:
        return well("pages", "Django's check of a deployment is clean, and people come by TLS.")
    if (urlsplit(environment.url).hostname or "") in _LOCAL:
        return note("pages", "Pages are for this machine: they come by http.", "For others, name an https LIANYI_URL.")
    return bad(
        "pages",
        "Pages come by http, so that passwords can be read on the way.",
        "Put a reverse proxy with TLS before it, and name its address by LIANYI_URL=https://….",
    )
