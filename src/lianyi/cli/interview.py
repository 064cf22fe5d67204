"""`lianyi interview`: notes of what people said when somebody talked with them."""

import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lianyi.cli.exits import Misused
from lianyi.cli.files import contents
from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _

if TYPE_CHECKING:
    from lianyi.growth.interviews.schemas import Interview, Said

app = verbs(_("Interview notes: what people said when somebody talked with them."))

Number = Annotated[int, typer.Argument(help=_("The number of the note, as `interview list` says."))]
_COLUMNS = ("id", "person", "held_on", "held_by", "place", "tags", "text")
_SHORT = 80  # characters of a text that a list shows


@verb(app, "add")
def add(
    call: Call,
    person: Annotated[int, typer.Argument(help=_("The number of the person."))],
    *,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help=_("The day of the interview; today without it."))
    ] = None,
    place: Annotated[str, typer.Option(help=_("Where it was, such as Booth 3."))] = "",
    said: Annotated[
        list[str] | None, typer.Option(metavar="QUESTION=ANSWER", help=_("What was asked, and the answer; repeatable."))
    ] = None,
    text: Annotated[
        str, typer.Option(metavar="FILE", help=_("A file with the free text; - reads standard input."))
    ] = "",
    quote: Annotated[
        list[str] | None, typer.Option(help=_("A sentence worth keeping as it was said; repeatable."))
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(help=_("What it is about; repeatable."))] = None,
) -> None:
    """Keeps a note about a person: questions with their answers, a free text, or both."""
    with call.installation():
        from lianyi.growth.interviews.actions import record_interview
        from lianyi.growth.interviews.schemas import Draft
        from lianyi.kernel.clock import system_clock

        now = system_clock()
        draft = Draft(
            on.date() if on else now.date(),
            place,
            tuple(_said(one) for one in said or ()),
            contents(text).decode("utf-8-sig", "replace") if text else "",
            tuple(quote or ()),
            tuple(tag or ()),
        )
        made = record_interview(call.workspace().pk, person, draft, now)
        call.show(_whole(made), str(made.id))


@verb(app, "list")
def list_interviews(
    call: Call,
    *,
    words: Annotated[str, typer.Option(help=_("Part of any of its words."))] = "",
    tag: Annotated[str, typer.Option(help=_("Only notes with this tag."))] = "",
    person: Annotated[int | None, typer.Option(min=1, help=_("Only notes about this person."))] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help=_("How many at the most."))] = 200,
) -> None:
    """Lists interview notes, the newest first."""
    with call.installation():
        from lianyi.growth.interviews.queries import interviews

        found = interviews(call.workspace().pk, limit, containing=words, tag=tag, person=person)
        call.rows((_whole(one) if call.json else _line(one) for one in found), _COLUMNS, _("No interview notes."))


@verb(app, "show")
def show(call: Call, note: Number) -> None:
    """Shows a note."""
    with call.installation():
        from lianyi.growth.interviews.queries import interview_of

        call.show(_whole(interview_of(call.workspace().pk, note)))


@verb(app, "export")
def export(
    call: Call,
    *,
    words: Annotated[str, typer.Option(help=_("Part of any of its words."))] = "",
    tag: Annotated[str, typer.Option(help=_("Only notes with this tag."))] = "",
) -> None:
    """Writes notes as CSV, a row for each question; cells that a spreadsheet would compute are defused."""
    with call.installation():
        from lianyi.growth.interviews.actions import note_export
        from lianyi.growth.interviews.queries import every_interview
        from lianyi.growth.interviews.tables import rows_of
        from lianyi.kernel.cells import csv_lines, neutral

        workspace = call.workspace().pk
        note_export(workspace)
        if call.json:
            call.rows((_whole(one) for one in every_interview(workspace, containing=words, tag=tag)), _COLUMNS)
            return
        rows = rows_of(workspace, containing=words, tag=tag)
        for piece in csv_lines([neutral(one) if isinstance(one, str) else one for one in row] for row in rows):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()


@verb(app, "delete")
def delete(call: Call, note: Number) -> None:
    """Deletes a note for ever."""
    with call.installation():
        from lianyi.growth.interviews.actions import delete_interview

        delete_interview(call.workspace().pk, note)
        call.show({"deleted": note}, _("Deleted."))


def _said(text: str) -> "Said":
    from lianyi.growth.interviews.schemas import Said

    question, sign, answer = text.partition("=")
    if not sign:
        raise Misused("{text!r} is no question with an answer: write QUESTION=ANSWER.", text=text)
    return Said(question.strip(), answer.strip())


def _line(one: "Interview") -> dict[str, Any]:
    draft = one.draft
    text = draft.text or " ".join(answer.answer for answer in draft.said)
    return {**_whole(one), "tags": ", ".join(draft.tags), "text": text[:_SHORT]}


def _whole(one: "Interview") -> dict[str, Any]:
    from lianyi.kernel.clock import from_micros

    draft = one.draft
    held: date = draft.held_on
    return {
        "id": one.id,
        "person": one.person,
        "held_on": held,
        "held_by": one.held_by,
        "place": draft.place,
        "said": [answer._asdict() for answer in draft.said],
        "text": draft.text,
        "quotes": list(draft.quotes),
        "tags": list(draft.tags),
        "created_at": from_micros(one.created_at),
        "changed_at": from_micros(one.changed_at),
    }
