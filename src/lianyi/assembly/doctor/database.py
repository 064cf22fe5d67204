"""The database and what lives in it: its version, its extensions, its shape, its clock, the pipeline, the lake."""

from collections.abc import Callable, Iterator

from lianyi.assembly.doctor.findings import Finding, bad, note, well
from lianyi.assembly.doctor.pages import page_findings
from lianyi.assembly.environment import Environment
from lianyi.assembly.postgres.places import Places
from lianyi.assembly.processes.installation import Installation
from lianyi.assembly.processes.prepare import OLDEST, unapplied
from lianyi.assembly.processes.presence import running
from lianyi.kernel.clock import MINUTE, system_clock, to_micros
from lianyi.kernel.errors import Broken, Refused
from lianyi.kernel.sentences import Sentence

_SKEW = 2_000_000  # microseconds
_BEHIND = 1000  # batches
_FALLBACKS = {
    "pg_trgm": Sentence("names are found by bigrams, which need no extension"),
    "vector": Sentence("likeness is computed in Python, which is slower"),
}


def database_findings(environment: Environment) -> Iterator[Finding]:
    """Begins with the finding `database`; the others follow only when it is well."""
    if environment.database_url is None and not Places.of(environment.home).data.exists():
        yield note("database", "There is no database yet.", "`lianyi up` makes it.")
        return
    try:
        with Installation().open(as_it_is=True):
            yield from _inside(environment)
    except Refused as refusal:
        yield bad("database", refusal.sentence, refusal.next_step)
    except Broken as error:
        yield bad(
            "database",
            "The embedded PostgreSQL does not start: {what}",
            "See pg/server.log in LIANYI_HOME.",
            what=error.sentence,
        )


def _inside(environment: Environment) -> Iterator[Finding]:
    from django.db import Error, connection

    try:
        connection.ensure_connection()
    except Error as error:
        words = str(error).strip().splitlines()[0]
        yield bad(
            "database",
            "The database does not answer: {words}.",
            "Check DATABASE_URL and that the server runs.",
            words=words,
        )
        return
    version = _version()
    yield version
    yield from _extensions()
    yield from _guarded("pages", lambda: page_findings(environment))
    yield _clocks()
    missing = unapplied()
    if missing:
        one = missing[0]
        yield bad(
            "migrations",
            "{count} migration is missing: {one}."
            if len(missing) == 1
            else "{count} migrations are missing, first {one}.",
            "`lianyi up` applies them.",
            count=len(missing),
            one=one,
        )
        return
    yield well("migrations", "The database has the shape of this version.")
    yield from _guarded("pipeline", lambda: _pipeline(is_up=running(environment.home) is not None))
    yield from _guarded("dead_letters", _dead_letters)
    yield from _guarded("lake", lambda: _lake(environment))
    yield from _guarded("outbox", _outbox)


def _guarded(name: str, look: Callable[[], Finding]) -> Iterator[Finding]:
    """A look that fails is a finding too: the others are still worth having."""
    try:
        yield look()
    except Exception as error:
        words = str(error).strip().splitlines()[:1]
        yield bad(
            name,
            "It cannot be looked at: {why}: {words}",
            "See logs in LIANYI_HOME.",
            why=type(error).__name__,
            words=" ".join(words),
        )


def _version() -> Finding:
    number, text = _row("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
    if int(str(number)) < OLDEST * 10_000:
        return bad(
            "database",
            "PostgreSQL {text}; Lianyi needs {oldest} or newer.",
            "Name a newer server.",
            text=text,
            oldest=OLDEST,
        )
    return well("database", "PostgreSQL {text} answers.", text=text)


def _extensions() -> Iterator[Finding]:
    for name, fallback in _FALLBACKS.items():
        (available,) = _row("SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = %s)", name)
        if available:
            yield well(f"extension_{name}", "The extension {name} is available.", name=name)
        else:
            yield note(
                f"extension_{name}", "The extension {name} is missing: {fallback}.", name=name, fallback=fallback
            )


def _clocks() -> Finding:
    before = to_micros(system_clock())
    (theirs,) = _row("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
    after = to_micros(system_clock())
    apart = max(before - int(str(theirs)), int(str(theirs)) - after, 0)
    if apart > _SKEW:
        seconds = apart / 1_000_000
        return bad(
            "clocks", "This machine and the database are {seconds:.1f} s apart.", "Set both by NTP.", seconds=seconds
        )
    return well("clocks", "This machine and the database agree on the time.")


def _pipeline(*, is_up: bool) -> Finding:
    from lianyi.assembly.pipeline import names
    from lianyi.events.log.queries import lags

    lag = max(lags(names()), key=lambda one: one.batches, default=None)
    behind = lag.batches if lag else 0
    (waiting,) = _row("SELECT coalesce(min(received_at), 0) FROM log WHERE batch IS NULL")
    if not is_up and (behind or waiting):
        return note(
            "pipeline",
            "Events wait: {behind} batch, and what has no number yet."
            if behind == 1
            else "Events wait: {behind} batches, and what has no number yet.",
            "Start it: lianyi up",
            behind=behind,
        )
    if lag and behind > _BEHIND:
        return bad(
            "pipeline",
            "{projector} of workspace {workspace} is {behind} batches behind.",
            "See logs/worker.log in LIANYI_HOME.",
            projector=lag.projector,
            workspace=lag.workspace,
            behind=behind,
        )
    if waiting and to_micros(system_clock()) - int(str(waiting)) > MINUTE:
        return bad("pipeline", "Events wait for over a minute.", "See logs/worker.log in LIANYI_HOME.")
    return well(
        "pipeline",
        "The projectors are at most {behind} batch behind."
        if behind == 1
        else "The projectors are at most {behind} batches behind.",
        behind=behind,
    )


def _dead_letters() -> Finding:
    (count,) = _row("SELECT count(*) FROM dead_letter WHERE replayed_at IS NULL")
    if not count:
        return well("dead_letters", "No event was left unused.")
    (reason,) = _row(
        "SELECT reason FROM dead_letter WHERE replayed_at IS NULL GROUP BY reason"
        " ORDER BY count(*) DESC, reason LIMIT 1"
    )
    return note(
        "dead_letters",
        "{count} event could not be used: {reason}."
        if count == 1
        else "{count} events could not be used, mostly {reason}.",
        "Look at them: lianyi dead-letters",
        count=count,
        reason=reason,
    )


def _lake(environment: Environment) -> Finding:
    from lianyi.events.lake.queries import count
    from lianyi.foundation.workspaces.queries import workspace_ids

    workspaces = workspace_ids()
    events = sum(count(environment.lake, workspace) for workspace in workspaces)
    return well(
        "lake",
        "{events:,} events of {count} workspace can be read in {lake}."
        if len(workspaces) == 1
        else "{events:,} events of {count} workspaces can be read in {lake}.",
        events=events,
        count=len(workspaces),
        lake=environment.lake,
    )


def _outbox() -> Finding:
    from lianyi.foundation.outbox.queries import counts, held
    from lianyi.foundation.workspaces.queries import slugs

    names = slugs()
    if on_hold := [names[workspace] for workspace in held()]:
        return bad(
            "outbox",
            "Outboxes held since a restore: {workspaces}.",
            "Look first: lianyi outbox list --workspace {first}; then: lianyi outbox release --workspace {first}"
            if len(on_hold) == 1
            else "Look first, e.g.: lianyi outbox list --workspace {first}; then, for each of them: "
            "lianyi outbox release --workspace {first}",
            workspaces=on_hold,
            first=on_hold[0],
        )
    rows = counts()
    if unsettled := rows.get("unsettled", 0):
        return bad(
            "outbox",
            "Of {unsettled} thing that was sent nobody knows whether it is out."
            if unsettled == 1
            else "Of {unsettled} things that were sent nobody knows whether they are out.",
            "lianyi outbox list, and for each: lianyi outbox decide",
            unsettled=unsettled,
        )
    if failed := rows.get("failed", 0):
        return note(
            "outbox",
            "{failed} thing could not be sent." if failed == 1 else "{failed} things could not be sent.",
            "See why: lianyi outbox list",
            failed=failed,
        )
    queued = rows.get("queued", 0)
    return well(
        "outbox",
        "{queued} thing waits to be sent; none failed."
        if queued == 1
        else "{queued} things wait to be sent; none failed.",
        queued=queued,
    )


def _row(query: str, *values: str) -> tuple[object, ...]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query, values)
        row: tuple[object, ...] = cursor.fetchone()
    return row
