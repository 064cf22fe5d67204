"""Ready-made rules to start from: by recency, frequency and money spent, and by where people stand in their lifecycle.

They speak of the event by which the workspace tells of orders, as far as one has come, and of the property that says
what was paid. Their numbers are a beginning, to be changed.
"""

from typing import Literal, NamedTuple

from lianyi.events.catalogue.queries import event_type, seen_types
from lianyi.kernel.sentences import Sentence
from lianyi.people.profiles.orders.reading import TOTAL
from lianyi.rules.nodes import (
    ANYTHING,
    AllOf,
    Did,
    DidSum,
    DidThen,
    DidWhen,
    Not,
    Pattern,
    Rule,
    Stage,
    StageName,
    Trait,
    Within,
)
from lianyi.rules.values import Anniversary, FromToday

_ORDERS = ("order.placed", "Order Completed", "$PayOrder", "order.line")
_CART = ("Product Added", "Checkout Started")
_MUCH = 2_000.0  # in the currency of the orders
_YEAR = Within(days=365)


class Preset(NamedTuple):
    """A rule with a name and what it is good for."""

    key: str
    group: Literal["rfm", "lifecycle"]
    name: Sentence
    about: Sentence
    rule: Rule


class _Shop(NamedTuple):
    """How the workspace tells of orders, what they cost, and of carts."""

    order: str
    total: str
    cart: str

    def last(self, first: int | None, last: int) -> DidWhen:
        """The last order lies between so many days from today."""
        return _when(self.order, "last", first, last)

    def orders(self, at_least: int, at_most: int | None = None) -> Did:
        """So many orders within a year."""
        return Did(event=self.order, at_least=at_least, at_most=at_most, during=_YEAR)

    def spent(self) -> DidSum:
        """Much spent within a year."""
        return DidSum(event=self.order, property=self.total, at_least=_MUCH, during=_YEAR)


def presets(workspace: int) -> list[Preset]:
    """All of them, as they are in this workspace."""
    shop = _shop(workspace)
    return [*_by_orders(shop), *_by_stage(shop)]


def _shop(workspace: int) -> _Shop:
    seen = seen_types(workspace, (*_ORDERS, *_CART))
    order = next((name for name in _ORDERS if name in seen), _ORDERS[0])
    found = event_type(workspace, order)
    numbers = {one.name for one in found.properties if any(kind == "number" for kind, _ in one.kinds)} if found else ()
    total = next((name for name in TOTAL if name in numbers), TOTAL[0])
    return _Shop(order, total, next((name for name in _CART if name in seen), _CART[0]))


def _when(event: str, which: Literal["first", "last"], first: int | None, last: int) -> DidWhen:
    """The first or last one lies between so many days from today."""
    span = FromToday(from_days=first, to_days=last)
    return DidWhen.model_validate({"event": event, "which": which, "is": span})


def _by_orders(shop: _Shop) -> list[Preset]:
    return [
        Preset("champions", "rfm", Sentence("Champions"), Sentence("Bought lately, often, and for much."),
               AllOf(rules=(shop.last(-30, 0), shop.orders(4), shop.spent()))),
        Preset("loyal", "rfm", Sentence("Loyal customers"), Sentence("Come back to buy, the last time not long ago."),
               AllOf(rules=(shop.last(-90, 0), shop.orders(3)))),
        Preset("big_spenders", "rfm", Sentence("Big spenders"), Sentence("Spent much within a year."), shop.spent()),
        Preset("promising", "rfm", Sentence("Promising newcomers"), Sentence("Bought once, just now."),
               AllOf(rules=(shop.last(-30, 0), shop.orders(1, 1)))),
        Preset("at_risk", "rfm", Sentence("Slipping away"),
               Sentence("Used to buy often, and has not for three months."),
               AllOf(rules=(shop.last(-180, -91), shop.orders(3)))),
        Preset("not_to_lose", "rfm", Sentence("Not to be lost"),
               Sentence("Spent much, and has not bought for half a year."),
               AllOf(rules=(shop.last(None, -181), shop.spent()))),
        Preset("asleep", "rfm", Sentence("Asleep"), Sentence("Bought once, long ago."),
               AllOf(rules=(shop.last(-365, -181), shop.orders(1, 1)))),
    ]  # fmt: skip


def _by_stage(shop: _Shop) -> list[Preset]:
    def stands(*stages: StageName) -> Stage:
        return Stage(one_of=stages)

    def seen(which: Literal["first", "last"], first: int, last: int) -> DidWhen:
        return _when(ANYTHING, which, first, last)

    birthday = Trait.model_validate({"trait": "birthday", "is": Anniversary(within_days=7)})
    return [
        Preset("new_faces", "lifecycle", Sentence("New faces"), Sentence("Came first within a week, without an order."),
               AllOf(rules=(seen("first", -7, 0), Not(rule=Did(event=shop.order))))),
        Preset("undecided", "lifecycle", Sentence("Undecided"), Sentence("Showed interest and was here lately."),
               AllOf(rules=(stands("intent"), seen("last", -14, 0)))),
        Preset("left_cart", "lifecycle", Sentence("Left the cart"),
               Sentence("Put something into the cart within a week, and did not buy within a day of it."),
               DidThen(first=Pattern(event=shop.cart), then=Pattern(event=shop.order), within_days=1, happened=False,
                       during=Within(days=7))),
        Preset("second_order", "lifecycle", Sentence("Ready for a second order"),
               Sentence("Bought once, two weeks to two months ago."),
               AllOf(rules=(stands("first_purchase"), shop.last(-60, -14)))),
        Preset("regulars", "lifecycle", Sentence("Regulars"), Sentence("Buy again and again."), stands("repeat")),
        Preset("going_silent", "lifecycle", Sentence("Going silent"),
               Sentence("Bought, and was last here a month ago."),
               AllOf(rules=(stands("first_purchase", "repeat", "won_back"), seen("last", -90, -31)))),
        Preset("dormant", "lifecycle", Sentence("Dormant customers"), Sentence("Bought once, and are silent since."),
               stands("dormant")),
        Preset("won_back", "lifecycle", Sentence("Won back"), Sentence("Were dormant, and bought again."),
               stands("won_back")),
        Preset("birthday", "lifecycle", Sentence("Birthday within a week"), Sentence("By the trait of that name."),
               birthday),
    ]  # fmt: skip
