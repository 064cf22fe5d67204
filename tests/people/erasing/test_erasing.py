"""Erasing a person: what goes, what stays, and what must not come back."""

import json
import threading
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.conf import settings
from django.db import connection
from tests.people.erasing.told import Brand, identify, ordered, viewed

from lianyi.assembly.replay import replay
from lianyi.events.lake import queries as lake
from lianyi.events.schemas import Claim
from lianyi.foundation.media.actions import put
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.erasing import actions, register
from lianyi.people.erasing.lake import pass_over
from lianyi.people.erasing.queries import erased_at
from lianyi.people.imports.refusals import RefusedFile
from lianyi.people.imports.tables import RefusedRow

HERS = ("+8613912345678", "lihua@shop.cn", "李华华", "cookie-lihua", "user-lihua")
HIS = ("+8613787654321", "wangwei@shop.cn", "王伟伟", "cookie-wangwei", "user-wangwei")


def meet(shop: Brand) -> None:
    """Two people, in bodies that they share, and everything that is kept of anybody."""
    for phone, email, name, cookie, user in (HERS, HIS):
        shop.send(
            viewed(cookie=HERS[3], sku="A"),
            viewed(cookie=HIS[3], sku="B"),
            {**viewed(cookie=cookie), "context": {"campaign": {"source": "weibo"}}},
        )
        shop.send(
            identify(user, phone=phone, email=email, name=name, visits=3) | {"anonymousId": cookie},
            ordered(user, f"order-{user}", 100),
        )


def test_everything_of_the_person_goes_at_once_and_nothing_of_the_other(shop: Brand) -> None:
    meet(shop)
    shop.run()
    shop.send(viewed(user=HERS[4]), viewed(user=HIS[4]))
    stored = shop.stored()
    assert [one for one in (*HERS, *HIS) if one not in stored] == []

    erased = shop.erase("user_id", HERS[4])

    stored = shop.stored()
    assert [one for one in HERS if one in stored] == []
    assert [one for one in HIS if one not in stored] == []
    assert erased.counts() == {
        "person": 1,
        "identities": 4,
        "database": {
            "trait_fact": 6,
            "touch": 1,
            "orders": 1,
            "presence": 2,
            "person": 1,
            "standing": 1,
            "link": 3,
            "identity": 4,
        },
        "log": {"bodies": 5, "events": 7},
        "media": {"rows": 0, "files": 0},
        "imports": {"rows": 0},
        "exports": 0,
    }
    assert shop.differences() == {}
    shop.run()
    assert shop.differences() == {}
    assert shop.rows("SELECT number FROM person WHERE workspace = %s") == [(2,)]


def test_the_lakes_files_lose_the_rows_by_the_pass_and_its_readers_before(shop: Brand) -> None:
    meet(shop)
    shop.run()
    before = lake.count(settings.ENVIRONMENT.lake, shop.workspace)
    shop.erase("user_id", HERS[4])
    assert min(shop.in_lake(*HERS)) > 0
    passed = pass_over(shop.workspace, to_micros(datetime.now(UTC)))
    assert (passed.people, passed.rows, passed.amended) == (1, 6, 0)
    assert lake.count(settings.ENVIRONMENT.lake, shop.workspace) == before - 6
    assert shop.in_lake(*HERS) == [0, 0, 0, 0, 0]
    assert min(shop.in_lake(*HIS)) > 0
    assert pass_over(shop.workspace, to_micros(datetime.now(UTC))).people == 0
    assert shop.differences() == {}


def test_the_catalogue_counts_on_and_a_check_tells_that_from_a_fault(shop: Brand) -> None:
    def checked() -> tuple[list[str], list[str]]:
        told = replay(shop.workspace, "catalogue", check=True)
        return told.different, told.of_erased

    meet(shop)
    shop.run()
    assert checked() == ([], [])
    shop.erase("user_id", HERS[4])
    counted = ["event_day", "event_property", "event_sender", "event_type"]
    assert checked() == ([], counted)
    pass_over(shop.workspace, to_micros(datetime.now(UTC)))
    shop.send(viewed(cookie=HIS[3], sku="C"))
    shop.run()
    assert checked() == ([], counted)
    shop.rows("UPDATE event_type SET events = 0 WHERE workspace = %s AND name = 'Order Completed' RETURNING name")
    assert checked() == (counted, [])
    assert replay(shop.workspace, "catalogue", check=False).different == counted
    assert checked() == ([], [])
    shop.rows("UPDATE event_type SET events = events + 1 WHERE workspace = %s RETURNING name")
    assert checked() == (["event_type"], [])


def test_nobody_is_erased_twice_nor_unknown_nor_in_another_workspace(shop: Brand) -> None:
    meet(shop)
    shop.run()
    shop.erase("user_id", HERS[4])
    before = shop.stored()
    for workspace, person, code in (
        (shop.workspace, 1, "people.erased"),
        (shop.workspace, 99, "people.unknown"),
        (shop.workspace, 2**64, "people.unknown"),
        (Brand().workspace, 2, "people.unknown"),
    ):
        with pytest.raises(Refused) as refused:
            actions.erase(workspace, person, system_clock)
        assert refused.value.code == code
    assert shop.rows("SELECT count(*) FROM erasure WHERE workspace = %s") == [(1,)]
    assert [one for one in HIS if one in before] == [one for one in HIS if one in shop.stored()] == list(HIS)


def test_who_comes_back_is_somebody_new_and_what_is_old_does_not_bring_them_back(shop: Brand) -> None:
    meet(shop)
    shop.run()
    repeat = next(body for body in shop.bodies() if HERS[0].encode() in body)
    shop.erase("user_id", HERS[4])
    shop.send(viewed(user=HERS[4]), viewed(user=HIS[4]), at=shop.started)  # buffered somewhere since before
    shop.receive(repeat)
    shop.run()
    assert shop.identity("user_id", HERS[4]) == 0
    assert HERS[4] not in shop.stored()
    assert shop.differences() == {}
    shop.send(identify(HERS[4], phone=HERS[0]), at=datetime.now(UTC) + timedelta(seconds=1))
    shop.run()
    assert shop.person("phone", HERS[0]) == shop.identity("user_id", HERS[4]) > 8
    pass_over(shop.workspace, to_micros(datetime.now(UTC)))
    assert shop.differences() == {}
    assert shop.in_lake(HERS[0]) == [1]


def test_what_waits_in_the_worker_does_not_reach_the_lake(shop: Brand) -> None:
    meet(shop)
    running = shop.pipeline()
    running.step()
    shop.erase("user_id", HERS[4])
    shop.send(viewed(user=HIS[4]))
    running.step()
    running.flush(all_of_it=True)
    assert shop.in_lake(*HERS) == [0, 0, 0, 0, 0]
    assert lake.count(settings.ENVIRONMENT.lake, shop.workspace) > 6
    assert shop.differences() == {}


def test_what_was_numbered_before_is_read_again(shop: Brand) -> None:
    meet(shop)
    running = shop.pipeline()
    running.step()
    shop.send(viewed(user=HERS[4]), viewed(user=HIS[4]))
    read = running._read_next()
    shop.erase("user_id", HERS[4])
    assert [running._take(one) for one in read] == [2]  # his view, and his stage
    running.flush(all_of_it=True)
    assert shop.identity("user_id", HERS[4]) == 0
    assert shop.in_lake(*HERS) == [0, 0, 0, 0, 0]
    assert shop.differences() == {}


def test_a_second_address_that_only_this_person_stated_goes_too(shop: Brand) -> None:
    shop.send(identify("u1", email="old@shop.cn"), identify("u2", email="other@shop.cn"))
    shop.send(identify("u1", email="new@shop.cn"))
    shop.run()
    assert shop.person("email", "new@shop.cn") != shop.person("user_id", "u1")
    assert len(shop.erase("user_id", "u1").numbers) == 3
    assert "new@shop.cn" not in shop.stored()
    assert shop.differences() == {}
    assert shop.person("email", "other@shop.cn") == shop.person("user_id", "u2")


def test_what_others_said_of_them_loses_the_value_and_stays(shop: Brand) -> None:
    shop.send(identify("wife", phone=HERS[0], name="李华华"))
    shop.send(identify("husband", phone="+86 139 1234 5678", name="王伟伟", email="wangwei@shop.cn"))
    shop.run()
    shop.send(identify("husband", phone=HERS[0], city="上海"))
    shop.run(to_lake=False)
    assert shop.person("phone", HERS[0]) == shop.person("user_id", "wife")
    shop.erase("user_id", "wife")
    stored = shop.stored()
    assert [one for one in (HERS[0], "139 1234 5678", "李华华") if one in stored] == []
    assert [one for one in ("王伟伟", "wangwei@shop.cn", "上海", "(erased)") if one not in stored] == []
    assert shop.differences() == {}
    shop.run()
    passed = pass_over(shop.workspace, to_micros(datetime.now(UTC)))
    assert (passed.rows, passed.amended) == (1, 1)
    assert shop.in_lake(HERS[0], "139 1234 5678", "李华华") == [0, 0, 0]
    assert min(shop.in_lake("王伟伟", "上海", "(erased)")) > 0
    assert shop.differences() == {}


def test_a_dead_letter_goes(shop: Brand) -> None:
    shop.send(identify(HERS[4], visits=3), identify(HIS[4], visits=2))
    shop.send(identify(HERS[4], visits="many"), identify(HIS[4], visits="few"))
    shop.run()
    assert len(shop.rows("SELECT id FROM dead_letter WHERE workspace_id = %s")) == 2
    assert shop.erase("user_id", HERS[4]).database["dead_letter"] == 1
    ((body,),) = shop.rows("SELECT body FROM dead_letter WHERE workspace_id = %s")
    assert HIS[4].encode() in bytes(body)


def test_the_funnel_counts_them_no_more(shop: Brand) -> None:
    from lianyi.insight.funnel.queries import funnel
    from lianyi.insight.funnel.schemas import Step

    shop.send({"event": "Product Viewed", "userId": "a"}, {"event": "Product Viewed", "userId": "b"})
    shop.run()
    steps = list(Step)
    counted = funnel(shop.workspace, None, None).total.people
    assert sum(counted) > 0
    shop.erase("user_id", "a")
    halved = funnel(shop.workspace, None, None).total.people
    assert [2 * one for one in halved] == list(counted), steps
    pass_over(shop.workspace, to_micros(datetime.now(UTC)))
    assert funnel(shop.workspace, None, None).total.people == halved


def test_a_death_before_the_commit_is_made_good(shop: Brand) -> None:
    meet(shop)
    shop.run()
    person = shop.person("user_id", HERS[4])
    with pytest.raises(RuntimeError), connection.execute_wrapper(dying('INSERT INTO "erasure"')):
        actions.erase(shop.workspace, person, system_clock)
    assert shop.person("user_id", HERS[4]) == person
    shop.send(viewed(user=HERS[4]), viewed(user=HIS[4]), at=datetime.now(UTC))  # the worker did not notice
    shop.run()
    assert [one.people for one in actions.settle()] == [[person]]
    assert [one for one in HERS if one in shop.stored()] == []
    assert actions.settle() == []
    assert shop.differences() == {}
    pass_over(shop.workspace, to_micros(datetime.now(UTC)))
    assert shop.in_lake(*HERS) == [0, 0, 0, 0, 0]
    assert shop.differences() == {}


def test_several_deaths_are_made_good_at_once(shop: Brand) -> None:
    """The same person twice, since who asked tried again, and another; events came in between and afterwards."""
    meet(shop)
    shop.run()
    hers, his = shop.person("user_id", HERS[4]), shop.person("user_id", HIS[4])
    for person in (hers, hers, his):
        with pytest.raises(RuntimeError), connection.execute_wrapper(dying('INSERT INTO "erasure"')):
            actions.erase(shop.workspace, person, system_clock)
        shop.send(viewed(user=HERS[4]), viewed(user="third"), at=datetime.now(UTC))
        shop.run(to_lake=False)
    assert [one.people for one in actions.settle()] == [[hers, hers, his]]
    assert [one for one in (*HERS, *HIS) if one in shop.stored()] == []
    assert actions.settle() == []
    assert shop.differences() == {}
    shop.run()
    pass_over(shop.workspace, to_micros(datetime.now(UTC)))
    assert shop.in_lake(*HERS, *HIS) == [0] * 10
    assert shop.person("user_id", "third") == shop.identity("user_id", "third") > 0
    assert shop.differences() == {}


def test_what_came_between_two_deaths_belongs_to_whom_it_was_projected_for(shop: Brand) -> None:
    """The list says of her an earlier moment than of him, and the last event that came is between the two."""
    meet(shop)
    shop.run()
    with pytest.raises(RuntimeError), connection.execute_wrapper(dying('INSERT INTO "erasure"')):
        actions.erase(shop.workspace, shop.person("user_id", HERS[4]), system_clock)
    shop.send(viewed(user=HERS[4]), at=datetime.now(UTC))
    shop.run(to_lake=False)
    with pytest.raises(RuntimeError), connection.execute_wrapper(dying('INSERT INTO "erasure"')):
        actions.erase(shop.workspace, shop.person("user_id", HIS[4]), system_clock)
    actions.settle()
    assert [one for one in (*HERS, *HIS) if one in shop.stored()] == []
    assert shop.differences() == {}
    assert actions.settle() == []


def test_two_at_once_are_erased_one_after_the_other(shop: Brand) -> None:
    """Of people who share a phone; and the same person twice."""
    shop.send(identify(HERS[4], phone=HERS[0], name=HERS[2]), identify(HIS[4], phone=HIS[0], name=HIS[2]))
    shop.send(identify(HIS[4], phone=HERS[0]), viewed(user="third", cookie=HERS[3]))
    shop.run()
    people = [shop.person("user_id", one) for one in (HERS[4], HIS[4], HERS[4])]
    refused: list[str] = []

    def erase(person: int) -> None:
        try:
            actions.erase(shop.workspace, person, system_clock)
        except Refused as refusal:
            refused.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=erase, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["people.erased"]
    stored = shop.stored()
    assert [one for one in (HERS[0], HERS[2], HERS[4], HIS[0], HIS[2], HIS[4]) if one in stored] == []
    assert shop.rows("SELECT count(*) FROM erasure WHERE workspace = %s") == [(2,)]
    assert shop.differences() == {}


def test_the_list_is_made_anew_from_the_database(shop: Brand) -> None:
    meet(shop)
    shop.run()
    shop.erase("user_id", HERS[4])
    folder = settings.ENVIRONMENT.home / register.FOLDER
    (file,) = folder.iterdir()
    content = file.read_bytes()
    assert [one for one in HERS if one.encode() in content] == []
    file.unlink()
    assert actions.settle() == []
    assert json.loads(file.read_bytes()) == json.loads(content)


def test_a_number_that_is_somebody_elses_by_now_is_left_alone(shop: Brand) -> None:
    meet(shop)
    shop.run()
    person = shop.person("user_id", HIS[4])
    marked = {bytes(16).hex(): person}  # in the database that the list is from, the number was another's
    entry = register.Entry(shop.workspace, person, to_micros(datetime.now(UTC)), marked)
    register.write(settings.ENVIRONMENT.home, settings.ENVIRONMENT.lake, settings.SECRET_KEY, entry)
    before = shop.rows("SELECT number FROM identity WHERE workspace = %s ORDER BY 1")
    assert [one.numbers for one in actions.settle()] == [[]]
    assert shop.rows("SELECT number FROM identity WHERE workspace = %s ORDER BY 1") == before
    assert shop.differences() == {}


def test_a_file_of_refused_rows_loses_those_that_name_the_person(shop: Brand) -> None:
    folder = settings.ENVIRONMENT.home / "imports"
    folder.mkdir(exist_ok=True)
    shared, alone = folder / "a-1-refused.csv", folder / "b-2-left-out.csv"
    shared.write_text("phone,row\n'+86 139 1234 5678,1\n137 8765 4321,2\nLIHUA@shop.cn,3\n", encoding="utf-8-sig")
    alone.write_text(f"who,row\n{HERS[4]},1\n", encoding="utf-8-sig")
    meet(shop)
    shop.run()
    assert shop.erase("user_id", HERS[4]).import_rows == 3
    assert shared.read_text(encoding="utf-8-sig").splitlines() == ["phone,row", "137 8765 4321,2"]
    assert not alone.exists()
    shared.unlink()


def test_a_file_that_a_killed_import_left_goes_whole_and_one_that_is_being_written_stays(shop: Brand) -> None:
    folder = settings.ENVIRONMENT.home / "imports"
    folder.mkdir(exist_ok=True)
    left, lacking = folder / "a-1-refused.part", folder / "a-1-left-out.part"
    for path in (left, lacking):
        path.write_text(f"who\n{HERS[4]}\n")
    written = RefusedFile(folder / "b-2-refused.csv", ["who"], str)
    written.write([RefusedRow(1, [HIS[4]], [])])
    meet(shop)
    shop.run()
    shop.erase("user_id", HERS[4])
    assert not left.exists()
    assert not lacking.exists()
    kept = written.finish()
    assert kept is not None
    assert HIS[4] in kept.read_text(encoding="utf-8-sig")
    kept.unlink()


def test_a_file_that_came_with_the_person_goes(shop: Brand) -> None:
    meet(shop)
    shop.run()
    for user, text in ((HERS[4], b"%PDF-1.7\nhers"), (HIS[4], b"%PDF-1.7\nhis")):
        put(shop.workspace, "note.pdf", BytesIO(text), person=shop.person("user_id", user))
    erased = shop.erase("user_id", HERS[4])
    assert (erased.media, erased.media_rows) == (1, 1)
    assert shop.rows("SELECT person FROM media_file WHERE workspace_id = %s") == [(shop.person("user_id", HIS[4]),)]


def test_a_member_learns_when_an_identity_was_erased_and_no_more(shop: Brand) -> None:
    meet(shop)
    shop.run()
    shop.erase("user_id", HERS[4])
    ((moment,),) = shop.rows("SELECT erased_at FROM erasure WHERE workspace = %s")
    assert erased_at(shop.workspace, Claim("phone", "", "139 1234 5678", False)) == moment
    assert erased_at(shop.workspace, Claim("phone", "", HIS[0], False)) is None


def dying(at: str):  # type: ignore[no-untyped-def]
    def execute(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        if at in sql:
            raise RuntimeError("the process died")
        return execute(sql, params, many, context)

    return execute
