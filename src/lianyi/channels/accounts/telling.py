"""What was pushed to an account, as events of ours. No Django here.

Who follows through a code has scanned it, too: that is two events, so scans are never fewer than those who followed.
The ids follow from the account and the key of what came: what a platform repeats counts once, for ever. Kept of
what people send are the texts and the names of files; where somebody is, and what we have no word for, is not kept.
"""

from collections.abc import Mapping

from lianyi.channels.accounts.schemas import Addressed
from lianyi.connectors.port.receiving import Inbound, Kind
from lianyi.events.intake.own import OwnEvent
from lianyi.kernel.ids import digest

LONGEST = 4_000  # characters of a text
LONGEST_CODE = 200
_CAME = frozenset([Kind.FOLLOWED, Kind.SCANNED])  # what has a source
# The platform's names → ours.
_FACTS = {
    "MsgType": "type",
    "MsgId": "message",
    "MediaId": "media",
    "PicUrl": "picture",
    "Url": "url",
    "Description": "description",
    "Event": "button",
    "EventKey": "key",
}
_OF = {
    Kind.MESSAGE: frozenset(["type", "message", "media", "picture", "url", "description"]),
    Kind.MENU: frozenset(["button", "key"]),
}

Source = tuple[str, str, str, str]


def events_of(to: Addressed, inbound: Inbound, link: Mapping[str, object], source: Source | None) -> list[OwnEvent]:
    """The events; of some of what comes there are none. `link` and `source` are those of the link whose code was
    scanned.
    """
    if inbound.kind is Kind.OTHER:
        return []
    if inbound.kind is Kind.FOLLOWED and inbound.scene:
        scan = inbound._replace(kind=Kind.SCANNED, key=f"scan:{inbound.key}")
        return [_event_of(to, scan, link, source), _event_of(to, inbound, link, source)]
    return [_event_of(to, inbound, link, source)]


def _event_of(to: Addressed, inbound: Inbound, link: Mapping[str, object], source: Source | None) -> OwnEvent:
    external = to.account.external
    kept = _OF.get(inbound.kind, frozenset())
    facts = {_FACTS[name]: text for name, text in inbound.facts.items() if _FACTS.get(name) in kept}
    told = {"text": inbound.text, "scene": inbound.scene[:LONGEST_CODE], **facts}
    properties = {"account": external, **{name: _short(text) for name, text in told.items() if text}, **link}
    return OwnEvent(
        id=digest("inbound", to.platform, external, inbound.key).hex(),
        name=inbound.kind.value,
        at=inbound.at,
        who=[("openid", external, inbound.who, True)],
        origin=to.platform,
        properties=properties,
        source=source or _unknown(to, inbound),
    )


def _unknown(to: Addressed, inbound: Inbound) -> Source | None:
    """The source of who came by no link of ours: the platform, and what the code said."""
    return (to.platform, "", "", inbound.scene[:LONGEST_CODE]) if inbound.kind in _CAME else None


def _short(text: str) -> str:
    return text.replace("\x00", "")[:LONGEST]
