"""`lianyi demo`: everything up, with a demo brand made of public data, and its funnel printed."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from lianyi.assembly.verbs.up import detached, stay_up
from lianyi.cli.exits import BROKEN, say
from lianyi.cli.frame import Call, single, verb
from lianyi.cli.language import _, tell
from lianyi.kernel.sentences import Sentence

if TYPE_CHECKING:
    from lianyi.assembly.demo.data import DemoFile

app = single()

SLUG = "demo"
_KINDS = {"people": Sentence("people"), "events": Sentence("events"), "orders": Sentence("orders")}
PERIOD = ("2010-01-01", "2025-01-01")  # all of the public data lies between


@verb(app, "demo")
def demo(
    call: Call,
    *,
    detach: Annotated[bool, typer.Option("--detach", help=_("Return when ready; `lianyi down` stops it."))] = False,
    load_only: Annotated[bool, typer.Option("--load-only", hidden=True)] = False,
) -> int | None:
    """Starts everything, loads a demo brand from public data, prints its funnel, and stays in the foreground."""
    if load_only:
        _load(call)
        return None
    if detach:
        return detached(call.place.home / "logs", sys.argv[1:])
    stay_up(call, slug=call.slug or SLUG, before_ready=lambda: _loaded(call))
    return None


def _loaded(call: Call) -> None:
    """Loads the demo beside the running installation, and prints the funnel; its lines go where this program's do."""
    slug = call.slug or SLUG
    _program("demo", "--load-only", "--workspace", slug)
    _program("funnel", "--from", PERIOD[0], "--to", PERIOD[1], "--workspace", slug)
    note = _("Product Shared is generated, to show the step Share: the public files have no event of it.")
    print(note, file=_beside_data(), flush=True)


def _program(*arguments: str) -> None:
    """Runs a verb; SystemExit when it fails, after it has said why."""
    done = subprocess.run(
        [sys.executable, "-m", "lianyi.assembly.main", *arguments],
        env={**os.environ, "LIANYI_PARENT": str(os.getpid())},
        stdin=subprocess.DEVNULL,
        stdout=_beside_data(),
    )
    if done.returncode:
        raise SystemExit(BROKEN)


def _beside_data() -> TextIO:
    """Where the table goes: with --json, stdout is for the one object."""
    return sys.stderr if "--json" in sys.argv else sys.stdout


def _load(call: Call) -> None:
    """What the loading process does."""
    from lianyi.assembly.processes.lifeline import die_with

    if "LIANYI_PARENT" in os.environ:
        die_with(int(os.environ["LIANYI_PARENT"]))
    with call.installation():
        from django.conf import settings

        from lianyi.assembly.demo.loading import load
        from lianyi.assembly.demo.touchpoints import make_campaign
        from lianyi.assembly.draining import drain
        from lianyi.foundation.workspaces.queries import workspace_by_slug

        workspace = workspace_by_slug(call.slug or SLUG)

        place = (call.place.data, call.place.home, call.place.min_free)

        def bar(file: "DemoFile") -> AbstractContextManager[Callable[[int], None]]:
            told = Sentence("{kind}: {file}", kind=_KINDS[file.kind], file=file.path.name)
            return call.progress(tell(told), file.path.stat().st_size)

        for file, result in load(workspace, *place, bar, tell):
            told = Sentence(
                "{kind} from {file} ({origin}): {rows} rows: "
                "{new} new, {updated} updated, {same} known, {refused} refused.",
                kind=_KINDS[file.kind],
                file=file.path.name,
                origin=file.origin,
                **_counts(result._asdict()),
            )
            say(tell(told))
        if make_campaign(workspace, call.address, settings.ENVIRONMENT.links):
            say(_("A campaign with codes, a page, a form, a gathering and a survey, and generated visits by them."))
        with call.progress(_("Projecting")) as advance:
            if not drain(300, advance):
                say(_("Some events are still on their way; the funnel will grow."))


def _counts(result: dict[str, object]) -> dict[str, object]:
    return {name: result[name] for name in ("rows", "new", "updated", "same", "refused")}
