"""`lianyi people`: find, show, join, split, and hand over what is known of people."""

import json
from typing import Annotated, Any

import typer

from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _

app = verbs(_("People: find and show them, merge, split, and export them."))

Number = Annotated[int, typer.Argument(min=1, help=_("The person's number."))]


@verb(app, "find")
def find(
    call: Call,
    text: Annotated[
        str, typer.Argument(help=_("A phone, e-mail, id, #number, or part of a name; empty: the newest."))
    ] = "",
    *,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help=_("At most so many."))] = 20,
) -> None:
    """Finds people by an identity or a part of their name; without one, those who came last."""
    with call.installation():
        from lianyi.people.profiles.queries import newest_people, search_people

        workspace = call.workspace().pk
        rows = search_people(workspace, text, limit) if text else newest_people(workspace, limit)
        call.rows(
            (
                {
                    "person": row.number,
                    "name": row.name,
                    "stage": row.stage,
                    "first_source": row.first_source.channel if row.first_source else None,
                    "last_source": row.last_source.channel if row.last_source else None,
                    "last_seen_on": row.last_seen_on,
                    "orders": row.orders,
                    "spent": row.spent,
                }
                for row in rows
            ),
            ("person", "name", "stage", "first_source", "last_source", "last_seen_on", "orders", "spent"),
            nothing=_("Nobody found."),
        )


@verb(app, "show")
def show(call: Call, person: Number) -> None:
    """Shows one person: identities, traits, tags, consents, path, orders and stages."""
    with call.installation():
        whole = _export(call, person)
        whole["merges"] = _merges(call, person)
        call.show(whole, None if call.json else _told(whole))


@verb(app, "export")
def export(call: Call, person: Number) -> None:
    """Hands over everything that is kept of one person, events included, as one JSON object."""
    with call.installation():
        from lianyi.kernel.clock import from_micros
        from lianyi.people.timeline.queries import every_event

        whole = _export(call, person)
        whole["events"] = [
            {"name": one.name, "occurred_at": from_micros(one.occurred_at), "said": one.said}
            for one in every_event(call.workspace().pk, person)
        ]
        call.show(whole, None if call.json else json.dumps(whole, ensure_ascii=False, indent=2, default=str))


@verb(app, "merge")
def merge(
    call: Call, person: Number, other: Annotated[int, typer.Argument(min=1, help=_("The other person's."))]
) -> None:
    """Says that two people are one; the smaller number stays. `people unmerge --merge` takes it back."""
    with call.installation():
        from lianyi.kernel.clock import system_clock
        from lianyi.people.identity.actions import merge

        event = merge(call.workspace().pk, person, other, system_clock())
        call.show(
            {"merge": event}, _("Merged; `lianyi people unmerge --merge {event}` takes it back.").format(event=event)
        )


@verb(app, "unmerge")
def unmerge(
    call: Call,
    person: Annotated[int, typer.Argument(help=_("The person's number; 0 with --merge."))] = 0,
    *,
    merge: Annotated[str, typer.Option(help=_("The merge to take back."))] = "",
    split: Annotated[list[int], typer.Option(help=_("An identity's number to split off; may be repeated."))] = [],  # noqa: B006
) -> None:
    """Takes back a merge, or splits identities off a person; what was split stays apart."""
    with call.installation():
        from lianyi.kernel.clock import system_clock
        from lianyi.people.identity import actions

        workspace = call.workspace().pk
        if merge:
            event = actions.undo_merge(workspace, merge, system_clock())
        else:
            event = actions.unmerge(workspace, person, split, system_clock())
        call.show({"unmerge": event}, _("Split."))


def _export(call: Call, person: int) -> dict[str, Any]:
    from lianyi.kernel.clock import system_clock, to_micros
    from lianyi.people.profiles.queries import export_person

    return export_person(call.workspace().pk, person, to_micros(system_clock()))


def _merges(call: Call, person: int) -> list[dict[str, Any]]:
    from lianyi.people.identity.queries import merges_of

    return [one._asdict() for one in merges_of(call.workspace().pk, person)]


def _told(whole: dict[str, Any]) -> str:
    """A person as lines of text: a heading a part, a line each."""
    lines = [f"#{whole['person']} {whole['name']}  {whole['stage']}"]
    for part in ("identities", "traits", "tags", "consents", "touches", "orders", "stages", "merges"):
        if whole[part]:
            lines += ["", part]
            lines += [
                "  "
                + "  ".join(
                    f"{name}={value}"
                    for name, value in one.items()
                    if value not in (None, "", [], ()) and name != "history"
                )
                for one in whole[part]
            ]
    return "\n".join(lines)
