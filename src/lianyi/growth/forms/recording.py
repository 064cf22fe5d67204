"""A submission as the events that it becomes. No Django here: the edge records them.

`form.submitted` says who sent what, with the traits that follow; each consent is an event of its own, with the words
that were read and where they are kept as its proof. Where an address is to be confirmed, consents for e-mail wait for
`form.confirmed`. The ids follow from the page's issue, so the same one sent twice is the same events.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from lianyi.events.intake.own import OwnEvent
from lianyi.events.intake.senders import EDGE_GROUP
from lianyi.growth.forms.guarding import Issue
from lianyi.growth.forms.schemas import Consented, Submission
from lianyi.growth.forms.tidying import line
from lianyi.kernel.ids import digest

EMAIL = "email"  # the channel that a confirmation by mail is for
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
    host: str = ""  # the own domain that it was filled in at
    confirm: str = ""  # the field with the address that is to be confirmed


class Confirmed(NamedTuple):
    """Which submission somebody confirmed by a mail."""

    form: int
    address: str  # of the form
    version: int
    stands_for: str
    event: str  # the submission's id
    at: int  # µs
    who: Sequence[tuple[str, str, str, bool]]  # the address that the mail went to, then the browser


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
    page = line(filled.page[:PAGE_CHARACTERS])
    if page:
        said["page"] = page
    if filled.host:
        said["host"] = filled.host
    if filled.confirm in submission.answers:
        said["confirm"] = filled.confirm
    agreed = {one.field: one.wording for one in submission.consents}
    if agreed:
        said["agreed"] = agreed
    events = [
        OwnEvent(
            issue.event_id, "form.submitted", filled.at, who, origin, submission.traits or None, said, issue.source,
            filled.machine,
        )
    ]  # fmt: skip
    given = [one for one in submission.consents if not (filled.confirm and one.channel == EMAIL)]
    proof = f"[form {issue.form}, version {issue.version}, {filled.stands_for}]"
    blank = OwnEvent("", "consent.given", filled.at, who, origin, machine=filled.machine)
    return events + consents(given, issue.event_id, "form", proof, blank)


def newcomer(issue: Issue) -> list[tuple[str, str, str, bool]]:
    """Somebody at a device that many share, told from all others by this submission alone."""
    return [("cookie", EDGE_GROUP, digest("shared", issue.event_id).hex(), False)]


def confirmed_events(confirmed: Confirmed, agreed: Sequence[Consented]) -> list[OwnEvent]:
    """The events of a confirmation, itself first, then what was agreed to for e-mail."""
    origin = f"form:{confirmed.form}"
    said = {"form": confirmed.form, "version": confirmed.version, "submission": confirmed.event}
    number = digest("confirmed", confirmed.event).hex()
    first = OwnEvent(number, "form.confirmed", confirmed.at, list(confirmed.who), origin, None, said)
    proof = f"[form {confirmed.address}, version {confirmed.version}, {confirmed.stands_for}, confirmed by {number}]"
    blank = OwnEvent("", "consent.given", confirmed.at, first.who, origin)
    return [first, *consents([one for one in agreed if one.channel == EMAIL], confirmed.event, "form", proof, blank)]


def consents(given: Sequence[Consented], event: str, how: str, place: str, blank: OwnEvent) -> list[OwnEvent]:
    """An event for each consent to messages, with its words and the place where they are kept as proof."""
    found = []
    for one in given:
        if one.channel and one.purpose:
            number = digest("consent", event, one.field, one.purpose).hex()
            proof = f"{one.wording[:_PROOF_CHARACTERS]}\n{place}"
            said = {"channel": one.channel, "purpose": one.purpose, "how": how, "proof": proof}
            found.append(msgspec.structs.replace(blank, id=number, properties=said))
    return found
