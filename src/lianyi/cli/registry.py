"""Which module brings which verb. The order is that of `lianyi --help`.

A new verb: write `lianyi/cli/<verb>.py` that exports `app`, and add its line here.
"""

VERBS = {
    "people": "lianyi.cli.people",
    "segment": "lianyi.cli.segment",
    "score": "lianyi.cli.score",
    "model": "lianyi.cli.model",
    "worth": "lianyi.cli.worth",
    "experiment": "lianyi.cli.experiment",
    "events": "lianyi.cli.events",
    "funnel": "lianyi.cli.funnel",
    "campaign": "lianyi.cli.campaign",
    "link": "lianyi.cli.link",
    "code": "lianyi.cli.code",
    "domain": "lianyi.cli.domain",
    "page": "lianyi.cli.page",
    "form": "lianyi.cli.form",
    "gathering": "lianyi.cli.gathering",
    "survey": "lianyi.cli.survey",
    "interview": "lianyi.cli.interview",
    "hours": "lianyi.cli.hours",
    "import": "lianyi.cli.import_",
    "dead-letters": "lianyi.cli.dead_letters",
    "outbox": "lianyi.cli.outbox",
    "account": "lianyi.cli.account",
    "key": "lianyi.cli.key",
    "webhook": "lianyi.cli.webhook",
    "token": "lianyi.cli.token",
    "member": "lianyi.cli.member",
    "sign-in": "lianyi.cli.sign_in",
    "version": "lianyi.cli.version",
}
