"""Erasing a person, and doing again what the list of erasures says.

What is erased is decided under the locks that the pipeline takes, so an erasure is right while events keep coming: what
was acknowledged before it goes, what is read later is looked at by the sieve. The list is on disk before the database
commits; whatever dies in between, `settle` does the rest.
"""

from collections.abc import Collection, Sequence
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from lianyi.events.catalogue import erasing as catalogue
from lianyi.events.log import scrubbing
from lianyi.events.log.actions import record_own
from lianyi.events.log.queries import signed
from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.media import actions as media
from lianyi.foundation.webhooks import enqueuing as webhooks
from lianyi.foundation.workspaces.queries import region_of, workspace_ids
from lianyi.kernel.clock import Clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.columns import erasing as columns
from lianyi.people.duplicates import actions as duplicates
from lianyi.people.erasing import beside, files, register
from lianyi.people.erasing.above import forget_above
from lianyi.people.erasing.beside import Beside
from lianyi.people.erasing.models import Erasure
from lianyi.people.erasing.register import Entry
from lianyi.people.erasing.schemas import Erased
from lianyi.people.erasing.sieve import Sieve
from lianyi.people.identity import erasing as identity
from lianyi.people.identity import queries as persons
from lianyi.people.imports.uploads import forgetting as uploads
from lianyi.people.profiles import erasing as profiles

_ONE_AT_A_TIME = 0x6C69616E79690002
_EVER = 2**62  # µs


@needs(Ability.ERASE_PEOPLE)
def erase(workspace: int, person: int, clock: Clock) -> Erased:
    """Erases a person at once from everything but the files of the database (`washing`) and those of the lake, which
    the next pass over them does. Refuses a number that is no person's, also that of one who was erased before.
    """
    looked = _look(workspace, person)
    with transaction.atomic():
        _hold(workspace)
        found = _found(workspace, person)
        marks = identity.marks_of(workspace, found.numbers)
        # Not before anything that was acknowledged, also by a machine whose clock runs ahead: that is projected by now.
        erased_at = max(to_micros(clock()), scrubbing.newest_receipt(workspace))
        entry = Entry(workspace, person, erased_at, {mark.hex(): number for number, mark in marks.items()})
        _list(entry)
        erased = _erase(workspace, [entry], found, looked.get(frozenset(found.numbers)))
        record_audit(workspace, "people.erased", {"person": person, "identities": len(erased.numbers)})
    return erased


def _found(workspace: int, person: int) -> Beside:
    numbers = persons.numbers_of(workspace, person) if persons.person_exists(workspace, person) else []
    if not numbers:
        raise _unknown(workspace, person)
    return beside.find(workspace, numbers)


def _look(workspace: int, person: int) -> dict[frozenset[int], scrubbing.Looked]:
    """What is to be changed in the log's tail, found while nothing is held: a week of it takes minutes to read. It is
    true as long as the person's identities are these.
    """
    numbers = _found(workspace, person).numbers
    marks = dict.fromkeys(identity.marks_of(workspace, numbers).values(), _EVER)
    sieve = Sieve(marks, numbers, region_of(workspace), persons.values_of(workspace, numbers))
    return {frozenset(numbers): scrubbing.look(workspace, sieve, signed())}


def settle(folder: Path | None = None) -> list[Erased]:
    """Does what the list says and this database does not know: after a crash, or in a database that was restored; one
    `Erased` for each workspace in which there was any. Afterwards the list says all that the database knows.

    `folder` is the list, by default that of the home. Only identities that have the number and the mark of the list
    are taken: a database restored to an older state may have given a number to somebody else.
    """
    home, lake = settings.ENVIRONMENT.home, settings.ENVIRONMENT.lake
    entries = register.read(folder or home / register.FOLDER, lake, str(settings.SECRET_KEY))
    if folder is not None:
        for entry in entries:
            _list(entry)
    register.level(home, lake)
    done = []
    for workspace in workspace_ids():
        with transaction.atomic():
            _hold(workspace)
            known = set(Erasure.objects.filter(workspace=workspace).values_list("person", "erased_at"))
            missing = [e for e in entries if e.workspace == workspace and (e.person, e.erased_at) not in known]
            if missing:
                done.append(_erase_again(workspace, missing))
        _list_known(workspace, {entry.name for entry in entries})
    return done


def _erase_again(workspace: int, entries: list[Entry]) -> Erased:
    there = identity.marks_of(workspace, {number for entry in entries for number in entry.marked.values()})
    theirs = {n for entry in entries for mark, n in entry.marked.items() if n in there and there[n].hex() == mark}
    newest = scrubbing.newest_receipt(workspace)
    # After a crash events went on to be projected; they belong to who is erased only now.
    since = {entry.person: entry.erased_at for entry in sorted(entries, key=lambda one: one.erased_at)}
    found = [entry for entry in entries if theirs.intersection(entry.marked.values()) and since[entry.person] < newest]
    late = {entry.person: entry._replace(erased_at=newest) for entry in found}
    for one in late.values():
        _list(one)
    whole = sorted([*late.values(), *entries], key=lambda one: one.erased_at)
    erased = _erase(workspace, whole, beside.find(workspace, theirs))
    record_audit(workspace, "people.erased_again", {"people": [entry.person for entry in entries]})
    return erased._replace(people=[entry.person for entry in entries])


def _erase(workspace: int, entries: Sequence[Entry], found: Beside, looked: scrubbing.Looked | None = None) -> Erased:
    numbers = sorted(found.numbers)
    sieve = _marked(workspace, entries, found)
    tail = scrubbing.scrub_tail(workspace, sieve, signed(), looked)
    letters = scrubbing.scrub_letters(workspace, sieve, signed())
    facts, speakers = profiles.remove(workspace, numbers)
    suggestions = duplicates.forget(workspace, numbers)
    above = forget_above(workspace, numbers)
    identity.restate(workspace, found.stated)
    rows, moved = identity.remove(workspace, numbers)
    beside.tell_anew(workspace, found.owners, sieve)
    touched = {one.was for one in moved} | {one.became for one in moved}
    profiles.settle(workspace, speakers | found.owners, touched - set(numbers), record_own, entries[-1].erased_at)
    columns.remove(workspace, numbers, touched | speakers | found.owners)
    catalogue.note_erased(workspace, len(entries))
    pictures = [media.forget_person(workspace, number) for number in numbers]
    refused = files.scrub_imports(settings.ENVIRONMENT.home, sieve)
    uploads.forget_files(workspace)
    told = webhooks.forget_people(workspace, numbers, found.owners, sieve.holds)
    database = {**facts, **rows, **told, **above, "duplicate_suggestion": suggestions, "dead_letter": letters}
    erased = Erased(
        people=[entry.person for entry in entries],
        numbers=numbers,
        database={table: rows for table, rows in database.items() if rows},
        bodies=tail.bodies,
        events=tail.events,
        media=sum(one.files for one in pictures),
        media_rows=sum(one.rows for one in pictures),
        import_rows=refused,
    )
    _leave_unwashed(workspace, entries, erased.tables())
    return erased


def _leave_unwashed(workspace: int, entries: Sequence[Entry], tables: Collection[str]) -> None:
    if tables:
        last = entries[-1]
        Erasure.objects.filter(pk=(workspace, last.person, last.erased_at)).update(unwashed=sorted(tables))


def _marked(workspace: int, entries: Sequence[Entry], found: Beside) -> Sieve:
    """Writes down who is erased here; the sieve that knows it."""
    left, values = set(found.numbers), persons.values_of(workspace, found.numbers)
    for place, entry in enumerate(entries, 1):
        marked = {bytes.fromhex(mark): n if n in left else 0 for mark, n in entry.marked.items()}
        if place == len(entries):  # in a restored database others may be known only by events of who is erased
            others = left.difference(marked.values())
            marked |= {mark: number for number, mark in identity.marks_of(workspace, others).items()}
        numbers = sorted(set(marked.values()) - {0})
        identity.keep_marks(workspace, marked, entry.erased_at)
        Erasure.objects.create(
            workspace=workspace,
            person=entry.person,
            erased_at=entry.erased_at,
            numbers=numbers,
            beside=sorted(found.owners) if numbers else [],
        )
        left.difference_update(numbers)
    return Sieve.of(workspace, values)


def _list(entry: Entry) -> None:
    register.write(settings.ENVIRONMENT.home, settings.ENVIRONMENT.lake, str(settings.SECRET_KEY), entry)


def _list_known(workspace: int, listed: Collection[str]) -> None:
    """Puts on the list what the database knows and the list does not: that of another home may be lost."""
    for one in Erasure.objects.filter(workspace=workspace):
        marked = {mark.hex(): number for mark, number in identity.marked_at(workspace, one.erased_at).items()}
        entry = Entry(workspace, one.person, one.erased_at, marked)
        if entry.name not in listed:
            _list(entry)


def _hold(workspace: int) -> None:
    """One erasure at a time, and nothing of the workspace on its way, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
    scrubbing.hold(workspace, "identity", "lake")


def _unknown(workspace: int, person: int) -> Refused:
    if person in persons.erased_numbers(workspace):
        return Refused("people.erased", "Person {person} was erased before.", person=person)
    return Refused("people.unknown", "There is no person {person} here.", "Try `lianyi people find`.", person=person)
