"""A submission as the events that it becomes. No Django here: the edge records them.

`form.submitted` says who sent what, with the traits that follow; each consent is an event of its own, with the words
that were read and where they are kept as its proof. The ids follow from the page's issue, so the same one sent twice
is the same events.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from lianyi.events.intake.own import OwnEvent
from lianyi.growth.forms.guarding import Issue
from lianyi.growth.forms.schemas import Submission
from lianyi.kernel.ids import digest

PAGE_CHARACTERS = 200
_PROOF_CHARACTERS = 1_900


class Filled(NamedTuple):
    """Which form was filled in, and under which circumstances."""

    form: int
    stands_for: str  # the digest of its version
    at: int  # µs
    who: Sequence[tuple[str, str, str, bool]]  # the browser
    page: str = ""  # where it was filled in, if not on its own page
    machine: bool = False


def events_of(issue: Issue, submission: Submission, filled: Filled) -> list[OwnEvent]:
    """The events, the submission first. It belongs to an identity that was typed, else to the browser: several people
    may fill in a form at one device.
    """
    who = [*submission.claims, *filled.who]
    origin = f"form:{filled.form}"
    said: dict[str, Any] = {
        "form": filled.form,
        "version": issue.version,
        "language": issue.language,
        "answers": submission.answers,
    }
    if filled.page:
        said["page"] = filled.page[:PAGE_CHARACTERS]
    agreed = {one.field: one.wording for one in submission.consents}
    if agreed:
        said["agreed"] = agreed
    events = [
        OwnEvent(
            issue.event_id, "form.submitted", filled.at, who, origin, submission.traits or None, said, issue.source,
            filled.machine,
        )
    ]  # fmt: skip
    for one in submission.consents:
        if not one.channel or not one.purpose:
            continue
        number = digest("consent", issue.event_id, one.field, one.purpose).hex()
        proof = f"{one.wording[:_PROOF_CHARACTERS]}\n[form {issue.form}, version {issue.version}, {filled.stands_for}]"
        given = {"channel": one.channel, "purpose": one.purpose, "how": "form", "proof": proof}
        events.append(OwnEvent(number, "consent.given", filled.at, who, origin, None, given, None, filled.machine))
    return events
