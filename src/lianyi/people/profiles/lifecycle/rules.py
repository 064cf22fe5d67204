"""The rules of a workspace's lifecycle: which events are signals of intent, and how long a silence is."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from lianyi.kernel.errors import Refused
from lianyi.people.profiles.lifecycle.stages import SHORTEST_SILENCE

LONGEST_SILENCE = 3_650
SIGNALS = 200
SIGNAL_CHARACTERS = 200

# Looking at a product is no intent yet: nearly everybody does. Taking one into the hand is.
DEFAULT_SIGNALS = frozenset(
    {
        # Lianyi's own
        "form.submitted",
        "lead.created",
        # Segment's commerce and B2B names
        "Product Added",
        "Product Added to Wishlist",
        "Wishlist Product Added to Cart",
        "Cart Viewed",
        "Checkout Started",
        "Checkout Step Viewed",
        "Checkout Step Completed",
        "Payment Info Entered",
        "Coupon Entered",
        "Lead Captured",
        "Trial Started",
        "Demo Requested",
        # as 神策 samples and GA4 name them
        "addToCart",
        "AddToCart",
        "AddToShoppingCart",
        "addToShoppingcart",
        "submitOrder",
        "SubmitOrder",
        "SubmitOrderDetail",
        "add_to_cart",
        "add_to_wishlist",
        "view_cart",
        "begin_checkout",
        "add_shipping_info",
        "add_payment_info",
        "generate_lead",
        # the demo shop
        "cart",
        "checkout",
        "shipping_details",
        "payment_details",
    }
)


class Rule(NamedTuple):
    """How one workspace reads its people's lifecycle."""

    signals: frozenset[str] = DEFAULT_SIGNALS
    days_until_dormant: int = 90


def rule_of(workspace: int) -> Rule:
    """The rule that the workspace set, or the default."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT signals, days_until_dormant FROM lifecycle_rule WHERE workspace = %s", [workspace])
        row = cursor.fetchone()
    return Rule(frozenset(row[0]), row[1]) if row else Rule()


def checked(signals: Sequence[str], days_until_dormant: int) -> Rule:
    """The rule that these make. Refuses what no workspace can mean."""
    if not SHORTEST_SILENCE <= days_until_dormant <= LONGEST_SILENCE:
        raise Refused(
            "lifecycle.days",
            "{days_until_dormant} days until dormant is no sound rule.",
            "Choose {shortest_silence} to {longest_silence:,} days.",
            days_until_dormant=days_until_dormant,
            shortest_silence=SHORTEST_SILENCE,
            longest_silence=LONGEST_SILENCE,
        )
    names = frozenset(name.strip() for name in signals if name.strip())
    if len(names) > SIGNALS or any(len(name) > SIGNAL_CHARACTERS for name in names):
        raise Refused(
            "lifecycle.signals",
            "A rule names at most {signals} events of {signal_characters} characters.",
            signals=SIGNALS,
            signal_characters=SIGNAL_CHARACTERS,
        )
    return Rule(names, days_until_dormant)


def save(workspace: int, rule: Rule) -> None:
    """Puts the rule in the place of the one before."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO lifecycle_rule (workspace, signals, days_until_dormant) VALUES (%s, %s, %s)
            ON CONFLICT (workspace) DO UPDATE SET
                signals = excluded.signals, days_until_dormant = excluded.days_until_dormant
            """,
            [workspace, sorted(rule.signals), rule.days_until_dormant],
        )
