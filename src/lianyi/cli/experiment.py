"""`lianyi experiment`: who gets which arm by lot, and who has seen it."""

import secrets
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lianyi.cli.exits import Misused
from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _

if TYPE_CHECKING:
    from lianyi.audience.arms.schemas import Arm, Test

app = verbs(_("Experiments: who gets which version of something, by lot and for good."))

Number = Annotated[int, typer.Argument(min=1, help=_("The number of the experiment, as `experiment list` says."))]


@verb(app, "create")
def create(
    call: Call,
    name: Annotated[str, typer.Argument(help=_("What the experiment is called."))],
    arms: Annotated[list[str], typer.Argument(metavar="ARM[:WEIGHT]…", help=_("Its arms, such as plain red:3."))],
    *,
    seed: Annotated[str, typer.Option(help=_("What the draw goes by; without it, one of its own."))] = "",
) -> None:
    """Makes an experiment, a draft at first."""
    with call.installation():
        from lianyi.audience.arms.actions import create_test
        from lianyi.audience.arms.schemas import Draft
        from lianyi.kernel.clock import system_clock

        draft = Draft(name, seed or secrets.token_hex(8), tuple(map(_arm, arms)))
        made = create_test(call.workspace().pk, draft, system_clock())
        call.show(_line(made), _("Experiment {number} is made.").format(number=made.id))


@verb(app, "list")
def list_experiments(call: Call) -> None:
    """Lists the experiments, the newest first."""
    with call.installation():
        from lianyi.audience.arms.queries import newest_tests

        rows = (_line(one) for one in newest_tests(call.workspace().pk, 1_000))
        call.rows(rows, ("id", "name", "state", "arms"), _("No experiments."))


@verb(app, "show")
def show(call: Call, experiment: Number) -> None:
    """Shows an experiment, and how many people saw which arm."""
    with call.installation():
        from lianyi.audience.arms.judging import chance_of
        from lianyi.audience.arms.queries import exposures, test_of

        workspace = call.workspace().pk
        told = _line(test_of(workspace, experiment))
        found = exposures(workspace, experiment)
        seen = [{"arm": one.arm.name, "weight": one.arm.weight, "people": one.people} for one in found]
        if call.json:
            call.show({**told, "exposures": seen, "chance": chance_of(found)})
        else:
            call.show(told)
            call.rows(seen, ("arm", "weight", "people"))


@verb(app, "start")
def start(call: Call, experiment: Number) -> None:
    """Starts an experiment: people can be shown their arm, and nothing of it can be changed."""
    with call.installation():
        from lianyi.audience.arms.actions import start_test
        from lianyi.kernel.clock import system_clock

        call.show(_line(start_test(call.workspace().pk, experiment, system_clock())), _("It runs."))


@verb(app, "end")
def end(call: Call, experiment: Number) -> None:
    """Ends an experiment: nobody is shown an arm for the first time any more."""
    with call.installation():
        from lianyi.audience.arms.actions import end_test
        from lianyi.kernel.clock import system_clock

        call.show(_line(end_test(call.workspace().pk, experiment, system_clock())), _("It has ended."))


@verb(app, "arm")
def arm(
    call: Call, experiment: Number, person: Annotated[int, typer.Argument(min=1, help=_("The person's number."))]
) -> None:
    """Shows the arm of a person, and when they saw it first; nothing is recorded."""
    with call.installation():
        from lianyi.audience.arms.queries import arm_of
        from lianyi.kernel.clock import from_micros
        from lianyi.people.profiles.schemas import PersonUnknown

        found = arm_of(call.workspace().pk, experiment, person)
        if found is None:
            raise PersonUnknown(person)
        at = None if found.exposed_at is None else from_micros(found.exposed_at).isoformat()
        call.show({"person": person, "arm": found.arm, "exposed_at": at})


@verb(app, "delete")
def delete(call: Call, experiment: Number) -> None:
    """Deletes a draft; an experiment that ran stays."""
    with call.installation():
        from lianyi.audience.arms.actions import delete_test

        workspace = call.workspace()
        delete_test(workspace.pk, experiment)
        call.show({"id": experiment, "workspace": workspace.slug, "deleted": True}, _("Deleted."))


def _arm(text: str) -> "Arm":
    from lianyi.audience.arms.schemas import Arm

    name, colon, weight = text.rpartition(":")
    if not colon:
        return Arm(text)
    if not (weight.isascii() and weight.isdigit() and len(weight) < 9):
        raise Misused("{text!r} is no arm: write a name, or a name and a whole number with a colon between.", text=text)
    return Arm(name, int(weight))


def _line(one: "Test") -> dict[str, Any]:
    arms = ", ".join(arm.name if arm.weight == 1 else f"{arm.name}:{arm.weight}" for arm in one.arms)
    return {"id": one.id, "name": one.name, "state": one.state, "arms": arms, "seed": one.seed}
