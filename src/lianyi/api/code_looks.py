"""Saved looks of channel codes, and their logos."""

from typing import Annotated, Any, Literal

import msgspec
from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.operations import OCTETS, Request, Section, workspace_of
from lianyi.api.page_shapes import FileShown
from lianyi.api.shapes import Body, RowId, Whole
from lianyi.foundation.access.schemas import Ability
from lianyi.links.checking import LONGEST
from lianyi.links.codes.look import LEAST_QUIET, LOGO_BYTES, MOST_QUIET
from lianyi.links.looks import actions, queries
from lianyi.links.looks.schemas import PLAIN, LookDraft, LookLine

_section = Section("Looks of codes", "How channel codes look, by name, with the layout that they are printed in.")
_BODY: dict[str, Any] = {**msgspec.to_builtins(PLAIN), "name": "Brand", "dark": "#1a3a8f", "usual": True}
_ONE = {**_BODY, "id": 3}
_LOGO = {"id": 12, "name": "logo.png", "type": "image/png", "size": 8123, "width": 512, "height": 512}
_Colour = Annotated[str, Field(max_length=7, description="Such as #1a2b3c.")]


class LookOf(Body):
    """How codes look. In the caption {name}, {holder} and {address} stand for what a code's link says."""

    dark: _Colour = PLAIN.dark
    light: _Colour = PLAIN.light
    quiet: Annotated[int, Field(ge=LEAST_QUIET, le=MOST_QUIET, description="Modules of margin."), Whole] = PLAIN.quiet
    shape: Literal["square", "rounded", "dots"] = "square"
    correction: Literal["L", "M", "Q", "H"] = Field("M", description="A logo takes Q or H.")
    logo: Annotated[int | None, Field(ge=1, lt=2**63, description="The number that a logo was kept under."), Whole] = (
        None
    )
    caption: str = Field(PLAIN.caption, max_length=3 * LONGEST + 2)
    form: str = Field("3x8", max_length=10, description="Labels a page as columns x rows, or poster, or tent.")
    paper: Literal["a3", "a4", "a5", "letter"] = "a4"
    size: float = Field(0.0, ge=0, le=500, description="Millimetres of a code; 0 is as large as there is room for.")

    def draft(self) -> LookDraft:
        """The same as rooms know it."""
        return LookDraft(**self.model_dump())


class LookTold(LookOf):
    """A look that is to be kept by its name."""

    name: str = Field(min_length=1, max_length=LONGEST)
    usual: bool = Field(False, description="Whether it is the look of whatever says no other.")


class LookShown(LookTold):
    """A saved look."""

    id: int


class Looks(BaseModel):
    """The saved looks, the usual one first, then by name."""

    items: list[LookShown]


class LogoName(BaseModel):
    """What the picture is called; its ending has to be that of what it is."""

    name: str = Field("logo", min_length=1, max_length=200)


@_section.get("/codes/looks", Ability.SEE_REPORTS, answers=Looks, example={"items": [_ONE]})
def list_code_looks(request: Request) -> Looks:
    """Lists the saved looks of codes."""
    return Looks(items=[_shown(one) for one in queries.looks(workspace_of(request))])


@_section.post("/codes/looks", Ability.EDIT_CAMPAIGNS, answers=LookShown, status=201, example=_ONE, body=_BODY,
               conflicts=True, misses=True)  # fmt: skip
def keep_code_look(request: Request, body: LookTold) -> LookShown:
    """Keeps a look by its name. One that is there is replaced. A code in it is drawn and read back first."""
    return _shown(actions.save_look(workspace_of(request), body.draft()))


@_section.put("/codes/looks/{look}", Ability.EDIT_CAMPAIGNS, answers=LookShown, example=_ONE, body=_BODY,
              conflicts=True)  # fmt: skip
def put_code_look(request: Request, look: RowId, body: LookTold) -> LookShown:
    """Changes a look, its name included."""
    return _shown(actions.save_look(workspace_of(request), body.draft(), look))


@_section.delete("/codes/looks/{look}", Ability.EDIT_CAMPAIGNS, status=204)
def delete_code_look(request: Request, look: RowId) -> None:
    """Forgets a look. What was printed by it stays."""
    actions.delete_look(workspace_of(request), look)


@_section.post(
    "/codes/logos",
    Ability.EDIT_CAMPAIGNS,
    answers=FileShown,
    example=_LOGO,
    body="the picture itself",
    status=201,
    takes=OCTETS,
    most=LOGO_BYTES,
)
def keep_code_logo(request: Request, called: Query[LogoName]) -> FileShown:
    """Keeps a picture for looks: PNG, JPEG, GIF or WebP. The same picture is kept once."""
    made = actions.keep_logo(workspace_of(request), called.name, request.told.path.read_bytes())
    return FileShown.model_validate(msgspec.to_builtins(made))


def _shown(line: LookLine) -> LookShown:
    return LookShown.model_validate({**msgspec.structs.asdict(line.draft), "id": line.id})
