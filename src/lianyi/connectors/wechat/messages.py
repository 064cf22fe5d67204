"""What a message or an event of WeChat says, in our words.

A parametric QR 带参数二维码 is told as `subscribe` with `qrscene_` before its scene where somebody follows through it,
and as `SCAN` with the scene alone where they follow already. A `subscribe` with another key, as after a payment, has no
scene.
Messages are told apart by MsgId, events by who, when and what.
"""

from collections.abc import Mapping

from lianyi.connectors.port.receiving import CallRefused, Inbound, Kind
from lianyi.kernel.clock import SECOND

SCENE = "qrscene_"
MESSAGES = frozenset(["text", "image", "voice", "video", "shortvideo", "location", "link"])
_EVENTS = {
    "subscribe": Kind.FOLLOWED,
    "unsubscribe": Kind.UNFOLLOWED,
    "SCAN": Kind.SCANNED,
    "CLICK": Kind.MENU,
    "VIEW": Kind.MENU,
}
_ENVELOPE = frozenset(["ToUserName", "FromUserName", "CreateTime", "Encrypt"])
_LONGEST = 12  # digits of a moment
LONGEST_NAME = 128  # characters of an openid, which has 28


def inbound_of(said: Mapping[str, str], now: int) -> Inbound:
    """What the texts of a message say. CallRefused when they say neither who nor when."""
    who, when, form = (said.get(name, "") for name in ("FromUserName", "CreateTime", "MsgType"))
    if not (0 < len(who) <= LONGEST_NAME and who.isprintable() and form and when.isascii() and when.isdigit()):
        raise CallRefused("body.malformed")
    if len(when) > _LONGEST:
        raise CallRefused("body.malformed")
    at = min(int(when) * SECOND, now)  # their clock may be ahead of ours
    facts = {name: text for name, text in said.items() if name not in _ENVELOPE and text}
    if form == "event":
        return _event(said, who, when, at, facts)
    kind = Kind.MESSAGE if form in MESSAGES else Kind.OTHER
    number = said.get("MsgId", "") or said.get("MsgID", "")
    key = f"message:{number}" if number else f"message:{who}:{when}:{form}"
    return Inbound(kind, who, at, key, text=_text(said, form), facts=facts)


def _event(said: Mapping[str, str], who: str, when: str, at: int, facts: Mapping[str, str]) -> Inbound:
    event, about = said.get("Event", ""), said.get("EventKey", "")
    kind = _EVENTS.get(event, Kind.OTHER)
    scene = ""
    if kind is Kind.SCANNED:
        scene = about
    elif kind is Kind.FOLLOWED and about.startswith(SCENE):
        scene = about.removeprefix(SCENE)
    return Inbound(kind, who, at, f"event:{who}:{when}:{event}:{about}", scene, facts=facts)


def _text(said: Mapping[str, str], form: str) -> str:
    """What somebody wrote, said or shared, as one line to read."""
    match form:
        case "text":
            return said.get("Content", "")
        case "voice":
            return said.get("Recognition", "")
        case "link":
            return said.get("Title", "")
        case "location":
            return said.get("Label", "")
        case _:
            return ""
