"""Which events are which step of a campaign: Lianyi's own names, Segment's and 神策's."""

from lianyi.insight.results.schemas import Step

_NAMES = {
    Step.EXPOSURE: ["post.seen", "message.delivered", "Promotion Viewed", "Email Delivered"],
    Step.CLICK: [
        "link.clicked", "code.scanned", "ad.clicked", "message.clicked",
        "Link Clicked", "Code Scanned", "Promotion Clicked", "Email Link Clicked",
        "$AppPushClick", "$AppDeeplinkLaunch",
    ],
    Step.VISIT: ["page.reached", "page.viewed", "screen.viewed", "$pageview", "$AppViewScreen", "$MPViewScreen"],
    Step.REGISTRATION: ["gathering.registered"],
    Step.CHECK_IN: ["gathering.checked_in"],
    Step.LEAD: [
        "form.submitted", "lead.created", "list.subscribed", "account.followed",
        "Form Submitted", "Lead Created", "Subscribed", "Newsletter Subscribed", "Signed Up", "Trial Started",
        "$SignUp",
    ],
    Step.ORDER: ["order.placed", "Order Completed", "$PayOrder", "PayOrder", "payOrder", "purchase"],
}  # fmt: skip
UNDONE = "gathering.check_in_undone"  # takes a check-in of its person back
STEPS: dict[str, Step] = {name: step for step, names in _NAMES.items() for name in names}
# What counts for a campaign though it does not state one: what follows from having come, not coming itself.
FOLLOWING = frozenset({Step.REGISTRATION, Step.CHECK_IN, Step.LEAD, Step.ORDER})
