"""Interview notes as a table that leaves as a file: a row for each question, or for the free text. Who writes the file
defuses its texts.
"""

from collections.abc import Iterator
from typing import Any

from lianyi.growth.interviews.queries import every_interview
from lianyi.growth.interviews.schemas import Said


def rows_of(workspace: int, *, containing: str = "", tag: str = "") -> Iterator[list[Any]]:
    """A head, and the rows of the notes that are asked for, the newest first."""
    yield ["id", "person", "held_on", "held_by", "place", "question", "answer", "text", "quotes", "tags"]
    for note in every_interview(workspace, containing=containing, tag=tag):
        draft = note.draft
        for said in draft.said or (Said("", ""),):
            yield [
                note.id,
                note.person or "",
                draft.held_on.isoformat(),
                note.held_by,
                draft.place,
                said.question,
                said.answer,
                draft.text,
                "\n".join(draft.quotes),
                ", ".join(draft.tags),
            ]
