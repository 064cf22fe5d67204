"""What a workspace is offered before it says anything itself: what a brand that sells by its site, its mini programme
and its people usually counts.
"""

from lianyi.audience.scoring.schemas import FitRule, Settings, Weight
from lianyi.rules.nodes import Consented, Identified, Stage

# Who can be reached, and who has bought, fits; whoever fell silent fits less.
_FIT = (
    FitRule(rule=Identified(by="phone"), points=30),
    FitRule(rule=Identified(by="unionid"), points=15),
    FitRule(rule=Identified(by="email"), points=10),
    FitRule(rule=Consented(channel="sms", purpose="marketing"), points=15),
    FitRule(rule=Stage(one_of=("intent",)), points=10),
    FitRule(rule=Stage(one_of=("first_purchase", "won_back")), points=20),
    FitRule(rule=Stage(one_of=("repeat",)), points=30),
    FitRule(rule=Stage(one_of=("dormant",)), points=-20),
)

_LOOKING = ("page.viewed", "screen.viewed")
_SEARCHING = ("Product Viewed", "Products Searched", "viewProduct", "ViewProduct", "view_item", "search")
_TAKING = ("Product Added", "Product Added to Wishlist", "addToCart", "AddToShoppingCart", "add_to_cart")
_PAYING = ("Checkout Started", "submitOrder", "SubmitOrder", "begin_checkout")
_ASKING = ("form.submitted", "lead.created", "Lead Captured", "Demo Requested", "generate_lead")
BUYING = ("Order Completed", "$PayOrder", "payOrder", "PayOrder", "purchase")

_WEIGHTS = (
    *(Weight(event=name, points=1, most_a_day=5) for name in _LOOKING),
    *(Weight(event=name, points=2, most_a_day=5) for name in _SEARCHING),
    *(Weight(event=name, points=8, most_a_day=3) for name in _TAKING),
    *(Weight(event=name, points=12, most_a_day=2) for name in _PAYING),
    *(Weight(event=name, points=20, most_a_day=1) for name in _ASKING),
    *(Weight(event=name, points=30, most_a_day=2) for name in BUYING),
)

DEFAULTS = Settings(fit=_FIT, weights=_WEIGHTS)
# Where orders are known from files alone: told of by the shop's own events too, they would count twice. Of an order in
# several lines, one counts.
IMPORTED = (Weight(event="order.placed", points=30, most_a_day=2), Weight(event="order.line", points=30, most_a_day=1))
