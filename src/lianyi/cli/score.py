"""`lianyi score`: who people are and what they do, each from 0 to 100, and what both together mean."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from lianyi.cli.exits import Misused
from lianyi.cli.files import contents
from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _, language, ngettext, tell

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from lianyi.audience.scoring.queries import Why
    from lianyi.audience.scoring.schemas import Standing

app = verbs(_("Scores: fit and engagement of people, and why they have them."))

Person = Annotated[int, typer.Argument(min=1, help=_("The person's number."))]


@verb(app, "settings")
def settings(call: Call) -> None:
    """Shows how the workspace scores, as JSON that `score change` takes; before anybody took any, what is offered."""
    with call.installation():
        import msgspec

        from lianyi.audience.scoring.definitions import stored_settings
        from lianyi.audience.scoring.queries import scoring

        found = scoring(call.workspace().pk)
        document = stored_settings(found.settings)
        if not found.taken:
            call.note(_("These settings are offered; nobody took any yet."))
        call.show(document, msgspec.json.format(msgspec.json.encode(document), indent=2).decode())


@verb(app, "change")
def change(
    call: Call,
    file: Annotated[
        str, typer.Argument(metavar="[SETTINGS.json]", help=_("Settings as JSON; - for standard input."))
    ] = "",
    *,
    ready: Annotated[bool, typer.Option("--ready", help=_("Take the settings that are offered."))] = False,
) -> None:
    """Has the workspace score by these settings; everybody is scored within seconds while `lianyi up` runs."""
    if ready == bool(file):
        raise Misused("Name a file of settings, or --ready.")
    with call.installation():
        from lianyi.audience.scoring.actions import change_settings
        from lianyi.audience.scoring.checking import read_document
        from lianyi.audience.scoring.queries import ready as offered
        from lianyi.kernel.clock import system_clock

        workspace = call.workspace()
        wanted = offered(workspace.pk) if ready else read_document(_document(file))
        edition = change_settings(workspace.pk, wanted, system_clock())
        said = _("The settings are changed; everybody is being scored.")
        call.show({"workspace": workspace.slug, "edition": edition}, said)


@verb(app, "matrix")
def matrix(call: Call) -> None:
    """Counts the people of each pair of grades, and what the pair means."""
    with call.installation():
        from lianyi.audience.scoring.queries import NotScored, counts, scoring
        from lianyi.audience.scoring.schemas import GRADES
        from lianyi.kernel.clock import system_clock, to_micros

        workspace = call.workspace().pk
        current = scoring(workspace).current
        if current is None:
            raise NotScored
        found = counts(workspace, to_micros(system_clock())).grades
        cells = [
            {"fit": fit, "engagement": engagement, "state": current.matrix[row * len(GRADES) + column],
             "people": found[row][column]}
            for row, fit in enumerate(GRADES)
            for column, engagement in enumerate(GRADES)
        ]  # fmt: skip
        call.rows(iter(cells), ("fit", "engagement", "state", "people"), "")


@verb(app, "show")
def show(call: Call, person: Person) -> None:
    """Shows the scores of a person, their grades and what both together mean."""
    with call.installation():
        from lianyi.audience.scoring.queries import NotScored, standing
        from lianyi.kernel.clock import system_clock, to_micros

        found = standing(call.workspace().pk, person, to_micros(system_clock()))
        if found is None:
            raise NotScored
        call.show(_stands(found))


@verb(app, "why")
def why(call: Call, person: Person) -> None:
    """Shows each rule of fit and the newest of what a person did, with the points."""
    with call.installation():
        from lianyi.audience.scoring.queries import NotScored, why
        from lianyi.audience.segments.previewing import names
        from lianyi.foundation.workspaces.queries import zone_of
        from lianyi.kernel.clock import system_clock, to_micros
        from lianyi.rules.describing import describe

        workspace = call.workspace().pk
        found = why(workspace, person, to_micros(system_clock()))
        if found is None:
            raise NotScored
        called = names(workspace, language())
        sentences = [tell(describe(one.rule.rule, called)) for one in found.fit]
        call.show(_packed(found, sentences), "\n".join(_lines(found, sentences, zone_of(workspace))))


def _stands(one: "Standing") -> dict[str, Any]:
    from lianyi.kernel.clock import from_micros

    until = one.paused_until
    return {**one._asdict(), "paused_until": None if until is None else from_micros(until).isoformat()}


def _packed(found: "Why", sentences: list[str]) -> dict[str, Any]:
    from lianyi.kernel.clock import from_micros

    return {
        **_stands(found.standing),
        "rules": [
            {"sentence": sentence, "points": one.rule.points, "holds": one.holds}
            for sentence, one in zip(sentences, found.fit, strict=True)
        ],
        "points": found.points,
        "newest": [
            {"event": one.weight.event, "at": from_micros(one.at).isoformat(), "points": one.weight.points,
             "left": round(one.left, 3), "over": one.over}
            for one in found.newest
        ],
        "others": found.others,
        "others_left": round(found.others_left, 3),
        "sum": round(found.sum, 3),
    }  # fmt: skip


def _lines(found: "Why", sentences: list[str], zone: "ZoneInfo") -> list[str]:
    from lianyi.kernel.clock import from_micros

    stands = found.standing
    lines = [_("Fit {score} ({grade})").format(score=f"{stands.fit:g}", grade=stands.fit_grade)]
    lines += [
        f"  {'✓' if one.holds else '✗'} {one.rule.points:+d} {sentence}"
        for sentence, one in zip(sentences, found.fit, strict=True)
    ]
    lines.append(
        _("Engagement {score} ({grade})").format(score=f"{stands.engagement:.1f}", grade=stands.engagement_grade)
    )
    for one in found.newest:
        left = _("over the most of a day") if one.over else f"{one.left:.1f}"
        at = from_micros(one.at).astimezone(zone)
        lines.append(f"  {at:%Y-%m-%d %H:%M} {one.weight.event} {one.weight.points:+d} → {left}")
    if found.others:
        told = ngettext("{count:,} older event", "{count:,} older events", found.others).format(count=found.others)
        lines.append(f"  {told} → {found.others_left:.1f}")
    return lines


def _document(file: str) -> dict[str, Any]:
    import msgspec

    from lianyi.kernel.errors import Refused

    try:
        found = msgspec.json.decode(contents(file))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refused("scoring.json", "The settings are no JSON object.", "Begin with what `score settings` shows.")
    return found
