"""`lianyi db`: the embedded database itself."""

from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _
from lianyi.kernel.errors import Refused

app = verbs(_("The embedded PostgreSQL."))


@verb(app, "upgrade")
def upgrade(call: Call) -> None:
    """Moves the data of an older PostgreSQL to the version that this Lianyi brings. First: lianyi down."""
    from lianyi.assembly.postgres import preferred
    from lianyi.assembly.postgres import upgrade as move

    if call.place.database_url is not None:
        raise Refused(
            "database.external",
            "DATABASE_URL names a server of yours, which Lianyi does not upgrade.",
            "Leave DATABASE_URL out for the embedded one.",
        )
    done = move(call.place.home)
    if done is None:
        major = preferred().major
        call.show(
            {"upgraded": False, "from": major, "to": major},
            _("There is nothing to upgrade: PostgreSQL {major} is the version to have.").format(major=major),
        )
        return
    call.show(
        {"upgraded": True, "from": done.old, "to": done.new},
        _("The data were moved from PostgreSQL {old} to {new}.").format(old=done.old, new=done.new),
    )
