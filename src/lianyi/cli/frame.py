"""What every verb has in common.

    app = verbs("Write keys: what lets a sender write events.")

    @verb(app, "create")
    def create(call: Call, kind: Annotated[Kind, typer.Option(help="…")]) -> None:
        with call.installation():
            from lianyi.foundation.workspaces.actions import create_write_key
            ...
        call.show({"id": key.pk, "write_key": secret})

Promises: each verb takes `--workspace SLUG` and `--json`; with `--json` stdout holds JSON and nothing else; whatever is
not data goes to stderr. A verb refuses by raising `Refused`, and says "in part" by returning `PARTLY`. Modules of verbs
import nothing heavy at their top: `lianyi --help` imports them all.
"""

import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol, get_type_hints

import typer

from lianyi.cli import show as forms
from lianyi.cli.exits import say
from lianyi.cli.language import _
from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import OPERATOR

if TYPE_CHECKING:
    from lianyi.foundation.workspaces.schemas import Workspace


class Place(Protocol):
    """Where an installation lives and what it is limited by, as the environment says."""

    @property
    def home(self) -> Path: ...
    @property
    def lake(self) -> str: ...
    @property
    def data(self) -> Path | None: ...
    @property
    def min_free(self) -> int: ...
    @property
    def database_url(self) -> str | None: ...


class Opener(Protocol):
    """How the command line reaches an installation; the assembly brings it."""

    @property
    def place(self) -> Place:
        """Reads the environment; starts nothing."""

    @property
    def address(self) -> str:
        """Where people reach it: what LIANYI_URL says, else where the running `up` listens."""

    def open(self) -> AbstractContextManager[None]:
        """Inside, Django is set up and the database answers and is of this version: that of the running `up`, else a
        server of our own that ends with the block.
        """

    def wash(self) -> int:
        """Takes what was erased out of the database's files now, inside `open`; of how many people nothing is left."""


@dataclass(frozen=True)
class Call:
    """One call of a verb: what its two common options say, and the streams it speaks on."""

    slug: str | None  # --workspace
    json: bool  # --json
    opener: Opener

    @property
    def place(self) -> Place:
        """The environment's word on folders and limits."""
        return self.opener.place

    @property
    def address(self) -> str:
        """The beginning of every link to this installation, without a slash at its end."""
        return self.opener.address

    def installation(self) -> AbstractContextManager[None]:
        """The database, open for models, actions and queries; import those inside the block."""
        return self.opener.open()

    def workspace(self) -> "Workspace":
        """The workspace that `--workspace` names, or the only one. Call it inside `installation`."""
        from lianyi.foundation.workspaces.queries import workspace_by_slug

        return workspace_by_slug(self.slug)

    def show(self, row: forms.Row, sentence: str | None = None) -> None:
        """One object: JSON, else `sentence` if there is one, else a line for each field."""
        if self.json:
            forms.print_json(row)
        elif sentence is not None:
            print(sentence, flush=True)  # noqa: T201
        else:
            forms.print_lines(row)

    def rows(self, rows: Iterable[forms.Row], columns: Sequence[str], nothing: str = "") -> None:
        """Many objects: NDJSON of whole rows, else a table of `columns`; `nothing` is said when there are none."""
        if self.json:
            for row in rows:
                forms.print_json(row)
        elif forms.print_table(rows, columns) == 0 and nothing:
            say(nothing)

    def note(self, sentence: str) -> None:
        """Something to know that is no data: a line on stderr."""
        say(sentence)

    def progress(self, sentence: str, total: int | None = None) -> AbstractContextManager[Callable[[int], None]]:
        """A bar for long work; see `show.progress`."""
        return forms.progress(sentence, total)


def verbs(sentence: str) -> typer.Typer:
    """A group of verbs, such as `lianyi key …`."""
    app = typer.Typer(help=sentence, no_args_is_help=True, rich_markup_mode=None, add_completion=False)
    app.callback()(_nothing)
    return app


def single() -> typer.Typer:
    """A verb that stands alone, such as `lianyi doctor`: register exactly one function on it."""
    return typer.Typer(rich_markup_mode=None, add_completion=False)


def _nothing() -> None:
    """Makes a group of an app with one verb only."""


def verb(app: typer.Typer, name: str) -> Callable[[Callable[..., int | None]], Callable[..., int | None]]:
    """Registers `function(call, …)` under `name`. Its docstring is the help; the catalogue translates it, too."""

    def register(function: Callable[..., int | None]) -> Callable[..., int | None]:
        hints = get_type_hints(function, include_extras=True)
        told = " ".join((function.__doc__ or "").split())
        own = list(inspect.signature(function).parameters.values())[1:]

        @functools.wraps(function)
        def command(ctx: typer.Context, workspace: str | None, as_json: bool, **arguments: Any) -> int | None:  # noqa: FBT001
            with acting_as(OPERATOR):
                return function(Call(workspace, as_json, ctx.obj), **arguments)

        parameters = [
            _parameter("ctx", typer.Context),
            *(parameter.replace(annotation=hints[parameter.name], kind=_NAMED) for parameter in own),
            _parameter("workspace", _WORKSPACE, None),
            _parameter("as_json", _JSON, False),
        ]
        del command.__wrapped__
        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        app.command(name, help=_(told))(command)
        return function

    return register


_NAMED = inspect.Parameter.KEYWORD_ONLY
_WORKSPACE = Annotated[str | None, typer.Option("--workspace", metavar="SLUG", help=_("Which workspace."))]
_JSON = Annotated[bool, typer.Option("--json", help=_("Data as JSON; lists as one object per line."))]


def _parameter(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, _NAMED, annotation=annotation, default=default)
