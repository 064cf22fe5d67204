"""The catalogue: event names that mean something to the rooms above, in every vocabulary that events arrive in.

Names with a dot are Lianyi's own. `Product Viewed` and its like are Segment's commerce names, `$…` are 神策's.
"""

ORDERS = frozenset(
    {"order.placed", "order.line", "Order Completed", "Order Updated", "purchase", "$PayOrder", "PayOrder"}
)
REFUNDS = frozenset({"order.refunded", "Order Refunded", "Order Cancelled"})

# Events whose properties state facts that a projector stores; all others are only counted, and keep theirs in `raw`.
FACTS = ORDERS | REFUNDS
