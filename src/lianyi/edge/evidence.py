"""Where a visitor came from, by what the address and the referring site say."""

from collections.abc import Mapping, Sequence

from lianyi.edge.http import Scope, header
from lianyi.events.intake.sources import CLICK_IDS, from_evidence, host_of

LONGEST_REFERRER = 2_000  # characters
REFERRER = "ly_referrer"  # the host that sent the visitor to the website on which a form stands; "" for none
_LONGEST_HOST = 253
_UTM = ("utm_source", "utm_medium", "utm_campaign")

Told = tuple[str, str, str, str]  # channel, medium, campaign, code


def source_of(scope: Scope, query: Mapping[str, Sequence[str]]) -> Told | None:
    """The source of this visit; None where nothing tells."""
    said = {name: values[0] for name, values in query.items() if values}
    click = next((name for name in CLICK_IDS if name in said), "")
    host = host_of(f"http://{header(scope, b'host').decode('latin-1')}")
    referrer = header(scope, b"referer").decode("latin-1")[:LONGEST_REFERRER]
    if REFERRER in said:  # in a frame on a website: where the frame is says nothing, but the website knows
        referrer = f"https://{said[REFERRER][:_LONGEST_HOST]}/" if said[REFERRER] else ""
    found = from_evidence(*(said.get(one, "") for one in _UTM), said.get("ly_code", ""), click, referrer, host)
    return None if found is None else (found.channel, found.medium, found.campaign, found.code)
