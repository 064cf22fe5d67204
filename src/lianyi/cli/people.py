"""`lianyi people`: find, show, join, split, erase, and hand over what is known of people."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lianyi.cli.exits import Misused
from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _, language, ngettext, tell
from lianyi.cli.show import plain, text_of
from lianyi.kernel.sentences import Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lianyi.people.duplicates.schemas import Reason

app = verbs(_("People: find and show them, merge, split, export and erase them."))

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
        call.show(whole, None if call.json else json.dumps(whole, ensure_ascii=False, indent=2, default=plain))


@verb(app, "erase")
def erase(
    call: Call,
    person: Number,
    *,
    yes: Annotated[bool, typer.Option("--yes", help=_("Don't ask."))] = False,
    now: Annotated[bool, typer.Option("--now", help=_("Rewrite the lake's files now, not within 24 hours."))] = False,
) -> None:
    """Erases a person for good, and shows what went from each store. Nothing brings them back."""
    with call.installation():
        from datetime import timedelta

        from lianyi.kernel.clock import system_clock, to_micros
        from lianyi.people.erasing import actions, lake

        workspace = call.workspace().pk
        _confirm(call, person, yes=yes)
        told = actions.erase(workspace, person, system_clock).counts()
        if now:
            passed = lake.pass_over(workspace, to_micros(system_clock()))
            told["lake"] = {"rows": passed.rows, "amended": passed.amended, "files": passed.files}
            call.opener.wash()
        else:
            told["lake"] = {"due_at": system_clock() + timedelta(hours=24)}
        call.show(told, None if call.json else "\n".join(_erased(told)))


def _confirm(call: Call, person: int, *, yes: bool) -> None:
    """Asks, or refuses where nobody can answer. Refuses first a number that is nobody's."""
    import sys

    from lianyi.kernel.errors import Refused

    if yes:
        return
    if call.json or not sys.stdin.isatty():
        raise Refused("people.unconfirmed", "Erasing cannot be undone.", "Say --yes if you mean it.")
    whole = _export(call, person)
    count = len(whole["identities"])
    question = ngettext(
        "Erase #{person} {name}, {count} identity, for good?",
        "Erase #{person} {name}, {count} identities, for good?",
        count,
    )
    typer.confirm(question.format(person=person, name=whole["name"], count=count), abort=True, err=True)


def _erased(told: dict[str, Any]) -> list[str]:
    """What went from each store, a line each."""
    erased = ngettext(
        "Person {person} is erased: {identities} identity.",
        "Person {person} is erased: {identities} identities.",
        told["identities"],
    )
    lines = [erased.format(**told)]
    for store in ("database", "log", "media", "imports", "lake"):
        counts = "  ".join(f"{name}={text_of(count)}" for name, count in told[store].items())
        lines.append(f"  {store}: {counts or 0}")
    return lines


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
    person: Annotated[int, typer.Argument(help=_("The person's number; none with --merge."))] = 0,
    *,
    merge: Annotated[str, typer.Option(help=_("The merge to take back."))] = "",
    split: Annotated[list[int], typer.Option(help=_("An identity's number to split off; may be repeated."))] = [],  # noqa: B006
) -> None:
    """Takes back a merge, or splits identities off a person; what was split stays apart."""
    if not merge and not (person and split):
        raise Misused("Name a merge by --merge, or a person and some of its identities by --split.")
    with call.installation():
        from lianyi.kernel.clock import system_clock
        from lianyi.people.identity import actions

        workspace = call.workspace().pk
        if merge:
            event = actions.undo_merge(workspace, merge, system_clock())
        else:
            event = actions.unmerge(workspace, person, split, system_clock())
        call.show({"unmerge": event}, _("Split."))


@verb(app, "duplicates")
def duplicates(
    call: Call,
    *,
    find: Annotated[bool, typer.Option("--find", help=_("Compare everybody anew first."))] = False,
    same: Annotated[
        tuple[int, int] | None, typer.Option(metavar="A B", help=_("They are one person: merge them."))
    ] = None,
    not_same: Annotated[
        tuple[int, int] | None, typer.Option(metavar="A B", help=_("They are two people: keep them apart."))
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help=_("At most so many."))] = 50,
) -> None:
    """Lists pairs who may be one person, the surest first, and why; answers one with --same or --not-same."""
    with call.installation():
        if same is not None or not_same is not None:
            _answer(call, same, not_same)
            return
        from lianyi.people.duplicates.queries import last_search, suggestions

        workspace = call.workspace().pk
        if find:
            _find_duplicates(call, workspace)
        searched = last_search(workspace)
        call.rows(
            (
                {
                    "a": one.person_a,
                    "b": one.person_b,
                    "probability": one.probability,
                    "reasons": [reason._asdict() for reason in one.reasons] if call.json else _why(one.reasons),
                }
                for one in suggestions(workspace, limit)
            ),
            ("a", "b", "probability", "reasons"),
            nothing=_("No suggestions.") if searched else _("Nobody was compared yet: add --find."),
        )


def _answer(call: Call, same: tuple[int, int] | None, not_same: tuple[int, int] | None) -> None:
    from lianyi.kernel.clock import system_clock
    from lianyi.kernel.errors import Refused
    from lianyi.people.duplicates.actions import answer

    if same is not None and not_same is not None:
        raise Refused("duplicates.two_answers", "--same and --not-same are two answers.", "Give one.")
    workspace = call.workspace().pk
    if same is not None:
        event = answer(workspace, *same, "same", system_clock())
        words = _("Merged; `lianyi people unmerge --merge {event}` takes it back.")
        call.show({"merge": event}, words.format(event=event))
    elif not_same is not None:
        event = answer(workspace, *not_same, "not_same", system_clock())
        words = _("Kept apart; `lianyi people merge {a} {b}` takes it back.")
        call.show({"kept_apart": event}, words.format(a=not_same[0], b=not_same[1]))


def _find_duplicates(call: Call, workspace: int) -> None:
    from lianyi.kernel.clock import system_clock
    from lianyi.people.duplicates.actions import find_duplicates
    from lianyi.people.duplicates.searches.queries import STEPS

    with call.progress(_("Comparing everybody"), STEPS) as advance:
        search = find_duplicates(workspace, system_clock(), progress=advance)
    call.note(
        _("{people} people, {compared} pairs compared, {suggested} suggested.").format(
            people=search.people, compared=search.compared, suggested=search.suggested
        )
    )
    for skipped in search.skipped:
        call.note(
            _("Not compared: {people} people in {blocks} groups larger than {limit} who share only: {rule}.").format(
                people=skipped.people, blocks=skipped.blocks, limit=skipped.limit, rule=tell(Sentence(skipped.rule))
            )
        )


def _why(reasons: "Sequence[Reason]") -> str:
    from django.utils.translation import override

    from lianyi.people.duplicates.reasons import sentences

    with override(language()):
        return _("; ").join(sentences(reasons))


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
                    f"{name}={text_of(value)}"
                    for name, value in one.items()
                    if value not in (None, "", [], ()) and name != "history"
                )
                for one in whole[part]
            ]
    return "\n".join(lines)
