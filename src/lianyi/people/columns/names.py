"""What columns are called."""

PERSON = "person"  # everybody
STAGE = "stage"  # a code of `STAGES`; prospects have none
FIRST_SOURCE = "first_source"  # the number of a source
LAST_SOURCE = "last_source"
SOURCES = "sources"  # the numbers of all sources
TRAITS = "trait:"
TAGS = "tag:"
CONSENTS = "consent:"
KINDS = "identified:"
SCORES = "score:"  # those of a room above, which makes and drops them
FIT = f"{SCORES}fit"  # from 0 to 100; who has none has 0
ENGAGEMENT = f"{SCORES}engagement"  # the strength, which time does not change
STATE = f"{SCORES}state"  # what both said of the person when somebody looked last
PAUSED = f"{SCORES}paused"  # until when the person counts as no more than nurture (µs)

STAGES = ("prospect", "intent", "first_purchase", "repeat", "dormant", "won_back")


def trait(number: int) -> str:
    """The values of a trait."""
    return f"{TRAITS}{number}"


def tag(number: int) -> str:
    """Until when people have a tag (µs)."""
    return f"{TAGS}{number}"


def consent(channel: str, purpose: str) -> str:
    """Who allows this. As in the ledger of consents case makes no difference; a colon in a channel is none between."""
    return f"{CONSENTS}{channel.lower().replace('%', '%25').replace(':', '%3a')}:{purpose.lower()}"


def identified(kind: str) -> str:
    """Who has an identity of this kind."""
    return f"{KINDS}{kind}"
