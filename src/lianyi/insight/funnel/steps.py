"""Which events count for which step when a workspace says nothing else.

The vocabularies are Segment's (commerce, e-mail, mobile, video and B2B specs), 神策's preset events, Lianyi's
own names (with a dot, and what `lianyi.js` sends), and plain words as shops use them. An event that says
nothing about a step, such as a click on some button or a removed product, is in none. A checkout that was begun is
interest: only an order or a lead is an action.
"""

from collections.abc import Iterator

from lianyi.insight.funnel.schemas import Step

_ATTENTION = """
    message.delivered message.opened message.clicked post.seen link.clicked code.scanned ad.clicked page.reached
    promo_page landing_page banner_click ad_click scan
    $AppPushClick $AppDeeplinkLaunch
"""
_INTEREST = """
    account.followed article.read page.dwelled list.subscribed message.received
    product_view wishlist_add add_to_cart follow subscribe read checkout shipping_details payment_details
    $WebStay $MPAddFavorites $AppInstall
"""
_SEARCH = """
    page.viewed screen.viewed site.searched product.compared
    home catalog search filter_results compare visit review_page
    $pageview $AppViewScreen $MPViewScreen $AppStart $MPLaunch $MPShow
"""
_ACTION = """
    order.placed order.line form.submitted lead.created
    purchase order lead signup sign_up register
    $SignUp $PayOrder PayOrder
"""
_SHARE = """
    content.shared invite.sent invite.accepted review.written
    share invite review
    $MPShare
"""
# Names of several words.
_NAMES = {
    Step.ATTENTION: [
        "Promotion Viewed", "Promotion Clicked", "Link Clicked", "Code Scanned",
        "Email Delivered", "Email Opened", "Email Link Clicked",
        "Push Notification Received", "Push Notification Tapped", "Deep Link Opened", "Install Attributed",
        "Live Chat Message Received",
    ],
    Step.INTEREST: [
        "Product Viewed", "Product Clicked", "Product Added", "Product Added to Wishlist",
        "Wishlist Product Added to Cart", "Checkout Started", "Payment Info Entered",
        "Page Dwelled", "Article Read", "Account Followed", "Subscribed", "Newsletter Subscribed",
        "Video Playback Started", "Video Content Started", "Video Content Completed", "Application Installed",
    ],
    Step.SEARCH: [
        "Products Searched", "Product List Viewed", "Product List Filtered", "Products Compared",
        "Application Opened", "Signed In",
    ],
    Step.ACTION: [
        "Order Completed", "Order Updated", "Signed Up",
        "Trial Started", "Form Submitted", "Lead Created", "Live Chat Conversation Started",
    ],
    Step.SHARE: ["Product Shared", "Cart Shared", "Product Reviewed", "Invite Sent", "Invite Accepted"],
}  # fmt: skip


def _default() -> Iterator[tuple[str, Step]]:
    for step, words in zip(Step, (_ATTENTION, _INTEREST, _SEARCH, _ACTION, _SHARE), strict=True):
        yield from ((name, step) for name in [*words.split(), *_NAMES[step]])


DEFAULT_STEPS: dict[str, Step] = dict(_default())
