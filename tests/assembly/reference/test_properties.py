"""The properties that docs/reference/events.md tells are those that projectors read and that own events have."""

import re
from pathlib import Path

from lianyi.assembly.reference.properties import GROUPS
from lianyi.events.catalogue import FACTS
from lianyi.people.identity import decisions

SOURCE = Path(__file__).parents[3] / "src" / "lianyi"
TOLD = {event: {name for one in group.properties for name in one.names} for group in GROUPS for event in group.events}
_READ = re.compile(r'(?:properties\.get\(|_word\(event, |_text\(event, )"([a-z_]+)"')


def read_by(*places: str) -> set[str]:
    """The properties that a projector's code asks events for."""
    return {name for place in places for name in _READ.findall((SOURCE / "people" / place).read_text())}


def test_each_event_is_told_once() -> None:
    events = [event for group in GROUPS for event in group.events]
    assert len(events) == len(set(events))
    assert TOLD.keys() >= FACTS


def test_what_projectors_read_of_tags_consents_and_groups() -> None:
    assert TOLD["tag.added"] == TOLD["tag.removed"] == read_by("profiles/tags/storing.py")
    assert TOLD["consent.given"] == TOLD["consent.withdrawn"] == read_by("profiles/consents/storing.py")
    assert TOLD["person.grouped"] == read_by("profiles/traits/storing.py")


def test_what_orders_are_read_from() -> None:
    source = (SOURCE / "people" / "profiles" / "orders" / "reading.py").read_text()
    asked = set(re.findall(r'said\.get\("([a-z_]+)"', source))
    assert asked == {"quantity", "price", "kind", "products"}
    assert {*TOLD["Order Completed"], *TOLD["order.line"]} >= asked


def test_what_decisions_say() -> None:
    told = re.findall(r"^\| (person\.[a-z_]+) \| (.+) \|$", decisions.__doc__ or "", re.MULTILINE)
    assert {name: set(re.findall(r"`([a-z]+)`", said)) for name, said in told} == {
        name: TOLD[name] for name in sorted(decisions.NAMES)
    }


def test_what_changes_of_stage_say() -> None:
    source = (SOURCE / "people" / "profiles" / "lifecycle" / "storing.py").read_text()
    said = re.search(r"properties=(\{.+?\})", source)
    assert said is not None
    assert TOLD["stage.changed"] == set(re.findall(r'"([a-z]+)":', said[1]))


def test_what_the_tracker_says() -> None:
    tracker = SOURCE / "edge" / "tracker"
    page, form = (
        set(re.findall(r"^  (\w+): ", text.partition(f"interface {name} {{")[2].partition("}")[0], re.MULTILINE))
        for name, text in (
            ("Page", (tracker / "message.ts").read_text()),
            ("Sent", (tracker / "forms.ts").read_text()),
        )
    )
    assert page == TOLD["page.viewed"]
    assert form == TOLD["Form Submitted"] | {"traits"}  # which are stated of the visitor
    assert 'event: "Page Dwelled", properties: { seconds }' in (tracker / "pages.ts").read_text()
