"""`lianyi events`: what happened, newest first."""

from typing import Annotated

import typer

from lianyi.cli.frame import Call, single, verb
from lianyi.cli.language import _

app = single()


@verb(app, "events")
def events(
    call: Call,
    *,
    person: Annotated[
        int, typer.Option(min=0, help=_("Of this person; 0: of everybody, as far as the log's tail reaches."))
    ] = 0,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help=_("At most so many."))] = 20,
) -> None:
    """Lists the newest events of one person, or of everybody."""
    with call.installation():
        from lianyi.kernel.clock import from_micros
        from lianyi.people.timeline.queries import newest_events, timeline

        workspace = call.workspace().pk
        found = timeline(workspace, person, limit=limit) if person else newest_events(workspace, limit=limit)
        call.rows(
            (
                {
                    "seq": f"{one.batch}:{one.position}",
                    "occurred_at": from_micros(one.occurred_at),
                    "name": one.name,
                    "channel": one.channel or None,
                    "machine": one.machine,
                    "said": one.said,
                }
                for one in found
            ),
            ("seq", "occurred_at", "name", "channel", "machine", "said"),
            nothing=_("No events yet."),
        )
