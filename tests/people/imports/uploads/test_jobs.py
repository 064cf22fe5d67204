"""Files that members give: from the upload to rows that are counted, whatever dies or is stopped in between."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests.emptying import empty_log

from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import ABILITIES, Actor, Denied, Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.foundation.workspaces.models import Workspace
from lianyi.kernel.errors import Refused
from lianyi.people.imports.models import ImportJob, ImportUpload
from lianyi.people.imports.uploads import actions, keeping, queries, running
from lianyi.people.imports.uploads.forgetting import forget_files, sweep
from lianyi.people.imports.uploads.previewing import preview
from lianyi.people.imports.uploads.schemas import Upload

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
PEOPLE = "手机,姓名,生日,备注\n13800138000,王伟,1990-01-31,老客户\n不是手机,李娜,,\n13800138001,赵敏,1991-02-01,\n"


@pytest.fixture
def workspace() -> Workspace:
    empty_log()
    return create_workspace(f"u{os.urandom(4).hex()}", "Uploads")


def member(workspace: Workspace, role: Role = Role.EDITOR) -> Any:
    return acting_as(Actor("member:7", workspace.pk, ABILITIES[role]))


def given(workspace: Workspace, content: str | bytes, name: str = "客户.csv") -> Upload:
    part = keeping.uploads_folder() / f"{os.urandom(4).hex()}.part"
    part.write_bytes(content.encode("gb18030") if isinstance(content, str) else content)
    with member(workspace):
        return actions.take_upload(workspace, part, name, "en", NOW)


def started(workspace: Workspace, upload: Upload, *, dry: bool = False) -> None:
    with member(workspace):
        actions.start(workspace, upload.id, NOW, dry=dry)


def run(holder: str = "one") -> bool:
    return running.run_next(holder, lambda: NOW, lambda: False)


def state(workspace: Workspace, upload: Upload) -> Upload:
    return queries.upload_of(workspace.pk, upload.id)


def events_in_the_log(workspace: Workspace) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(octet_length(ids) / 24), 0) FROM log WHERE workspace = %s", [workspace.pk])
        return int(cursor.fetchone()[0])


def many(rows: int) -> str:
    padding = "备" * 250  # so that a few thousand rows are several blocks
    return "手机,姓名,备注\n" + "".join(f"{13571350000 + place},客户{place},{padding}\n" for place in range(rows))


def test_a_file_is_looked_at_counted_and_imported_for_who_gave_it(workspace: Workspace) -> None:
    upload = given(workspace, PEOPLE)
    assert (upload.state, upload.kind, upload.file_name) == ("uploaded", "people", "客户.csv")
    assert upload.seen["encoding"] == "gb18030"
    started(workspace, upload, dry=True)
    assert run()
    assert not run()
    tried = state(workspace, upload)
    assert tried.state == "previewed"
    assert tried.tried is not None
    assert tried.tried[:5] == (3, 2, 0, 0, 1)
    assert events_in_the_log(workspace) == 0
    started(workspace, upload)
    assert run()
    done = state(workspace, upload)
    assert done.state == "done"
    assert done.result is not None
    assert not done.there
    assert done.result[:5] == (3, 2, 0, 0, 1)
    assert done.result.codes == {"identity.invalid": 1}
    refused = queries.refused_path(workspace.pk, upload.id)
    assert refused is not None
    assert "不是手机" in refused.read_text("utf-8-sig")
    assert "identifies nobody" in refused.read_text("utf-8-sig")
    lines = AuditLine.objects.filter(workspace=workspace.pk, action__startswith="import.").order_by("pk")
    assert [(line.action, line.actor) for line in lines] == [
        ("import.uploaded", "member:7"),
        ("import.asked", "member:7"),
        ("import.started", "member:7"),
        ("import.finished", "member:7"),
    ]


def test_who_may_not_import_changes_nothing(workspace: Workspace) -> None:
    upload = given(workspace, PEOPLE)
    with member(workspace, Role.ANALYST), pytest.raises(Denied):
        actions.start(workspace, upload.id, NOW, dry=False)
    other = create_workspace(f"o{os.urandom(4).hex()}", "Other")
    with member(other), pytest.raises(Refused, match="no import"):
        actions.start(other, upload.id, NOW, dry=False)
    assert state(workspace, upload).state == "uploaded"
    assert queries.uploads_of(other.pk, 10) == []


def test_one_that_was_cut_off_goes_on_and_counts_exactly(workspace: Workspace) -> None:
    upload = given(workspace, many(20_000))
    started(workspace, upload)
    calls = 0

    def dies() -> bool:
        nonlocal calls
        calls += 1
        if calls == 2:  # after the first block
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        running.run_next("dead", lambda: NOW, dies)
    assert 0 < events_in_the_log(workspace) < 20_000
    assert not run("two"), "its claim lives"
    running.release_claims()
    assert run("two")
    done = state(workspace, upload)
    assert done.result is not None
    assert done.result[:5] == (20_000, 20_000, 0, 0, 0)
    assert events_in_the_log(workspace) == 20_000
    assert ImportJob.objects.filter(workspace=workspace).count() == 1


def test_a_claim_that_ran_out_is_taken_and_the_first_is_not_heard_any_more(workspace: Workspace) -> None:
    upload = given(workspace, many(100))
    started(workspace, upload)
    asleep = running._claim("asleep")
    assert asleep is not None
    ImportUpload.objects.filter(pk=upload.id).update(claimed_until=1)
    assert run("two")
    running._end(asleep, NOW, state="failed")
    assert state(workspace, upload).state == "done"


def test_one_at_a_time_in_a_workspace_and_others_beside_it(workspace: Workspace) -> None:
    first, second = given(workspace, many(3)), given(workspace, many(4))
    started(workspace, first)
    started(workspace, second)
    other = create_workspace(f"o{os.urandom(4).hex()}", "Other")
    third = given(other, many(5))
    started(other, third)
    claimed = running._claim("one")
    assert claimed is not None
    assert claimed.id == first.id
    beside = running._claim("two")
    assert beside is not None
    assert beside.id == third.id
    assert running._claim("three") is None


def test_stopped_and_gone_on_with(workspace: Workspace) -> None:
    upload = given(workspace, many(20_000))
    started(workspace, upload)
    calls = 0

    def stop_later() -> bool:
        nonlocal calls
        calls += 1
        if calls == 2:
            ImportUpload.objects.filter(pk=upload.id).update(stop=True)
        return False

    before = running._NOTED_EVERY
    running._NOTED_EVERY = 0.0
    try:
        assert running.run_next("one", lambda: NOW, stop_later)
    finally:
        running._NOTED_EVERY = before
    halted = state(workspace, upload)
    assert (halted.state, halted.there) == ("stopped", True)
    counts = queries.running_counts(workspace.pk, upload.id)
    assert counts is not None
    assert 0 < counts.rows < 20_000
    started(workspace, upload)
    assert run()
    assert state(workspace, upload).result[:2] == (20_000, 20_000)  # type: ignore[index]
    assert events_in_the_log(workspace) == 20_000


def test_what_waits_is_stopped_at_once_and_what_is_wrong_is_told(workspace: Workspace) -> None:
    upload = given(workspace, PEOPLE)
    started(workspace, upload)
    with member(workspace):
        assert actions.stop(workspace, upload.id).state == "stopped"
    assert not run()
    with member(workspace):
        actions.save_mapping(workspace, upload.id, "people", {"traits": {"name": "姓名"}})
        with pytest.raises(Refused, match="who it is"):
            actions.start(workspace, upload.id, NOW, dry=False)
        actions.save_mapping(workspace, upload.id, "people", {"phone": "电话"})
        actions.start(workspace, upload.id, NOW, dry=False)
    assert run()
    failed = state(workspace, upload)
    assert failed.state == "failed"
    assert failed.problem is not None
    assert failed.problem.code == "mapping.column"


def test_what_is_no_table_leaves_nothing_behind(workspace: Workspace) -> None:
    before = set(keeping.uploads_folder().iterdir())
    with pytest.raises(Refused, match="no table"):
        given(workspace, b"%PDF-1.7 ...", "a.csv")
    assert set(keeping.uploads_folder().iterdir()) == before
    assert queries.uploads_of(workspace.pk, 10) == []


def test_the_next_file_with_the_same_columns_is_mapped_the_same_way(workspace: Workspace) -> None:
    first = given(workspace, PEOPLE)
    with member(workspace):
        fields = {"phone": {"column": "手机", "verified": True}, "traits": {"nickname": "姓名"}}
        actions.save_mapping(workspace, first.id, "people", fields)
    started(workspace, first)
    assert run()
    second = given(workspace, PEOPLE.replace("13800138000", "13900139000"), "next.csv")
    assert second.fields["phone"] == {"column": "手机", "verified": True}
    assert second.fields["traits"] == {"nickname": "姓名"}
    with member(workspace):
        loaded = actions.load_mapping(workspace, second.id, "kind: people\nphone: 手机\n", "m.yaml")
    assert loaded.fields["phone"] == "手机"


def test_the_preview_says_of_each_cell_how_it_is_taken_or_why_not(workspace: Workspace) -> None:
    upload = given(workspace, "手机,姓名,生日,备注\n138 0013 8000,王伟,1990-01-31,x\n不是手机,李娜,,y\na,b\n")
    path = keeping.path_of(upload.folder)
    assert path is not None
    seen = preview(workspace, path, upload.seen, "people", upload.fields, 1_800_000_000_000_000)
    assert seen.problem is None
    assert seen.targets == ["phone", "trait:name", "trait:birthday", "trait:"]
    one, two, three = seen.rows
    assert [cell.taken for cell in one.cells] == ["+8613800138000", "王伟", "1990-01-31", "x"]
    assert (one.refused, two.refused, three.refused) == (False, True, True)
    assert str(two.cells[0].reason) == "'不是手机' identifies nobody."
    assert [str(reason) for reason in three.reasons] == ["The row has 2 cells where there are 4 columns."]
    bare = preview(workspace, path, upload.seen, "people", {"traits": {"name": "姓名"}}, 1)
    assert bare.problem is not None
    assert bare.problem.code == "mapping.needed"
    assert bare.rows[0].cells[1].text == "王伟"


def test_files_go_when_they_waited_for_long_and_when_somebody_is_erased(workspace: Workspace) -> None:
    upload = given(workspace, PEOPLE)
    assert sweep(NOW + timedelta(days=6)) == 0
    assert state(workspace, upload).there
    assert sweep(NOW + timedelta(days=8)) == 1
    assert not state(workspace, upload).there
    with member(workspace), pytest.raises(Refused, match="not kept"):
        actions.start(workspace, upload.id, NOW, dry=False)
    another = given(workspace, PEOPLE)
    running_one = given(workspace, many(3))
    started(workspace, running_one)
    assert forget_files(workspace.pk) == 1
    assert not state(workspace, another).there
    assert state(workspace, running_one).there


def test_leftovers_and_old_refused_rows_go(workspace: Workspace) -> None:
    part = keeping.uploads_folder() / "left.part"
    part.write_text("x")
    old = keeping.imports_folder() / "a-1-refused.csv"
    lacking = keeping.imports_folder() / "a-1-left-out.csv"
    fresh = keeping.imports_folder() / "a-2-refused.csv"
    for path in (old, lacking, fresh):
        path.write_text("x")
    for path, days in ((part, 2), (old, 31), (lacking, 31), (fresh, 29)):
        at = datetime.now(UTC).timestamp() - days * 86400
        os.utime(path, (at, at))
    sweep(NOW)
    assert [path.exists() for path in (part, old, lacking, fresh)] == [False, False, False, True]
    fresh.unlink()


def test_names_of_files_are_made_safe() -> None:
    assert keeping.safe_name("../../etc/passwd") == "passwd"
    assert keeping.safe_name("C:\\Users\\a\\客户 名单.xlsx") == "客户 名单.xlsx"
    assert keeping.safe_name("..") == "file"
    assert len(keeping.safe_name("客" * 200 + ".csv").encode()) <= 180
    assert keeping.safe_name("客" * 200 + ".csv").endswith(".csv")


def test_too_large_and_no_room_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="more than 4 GiB"):
        keeping.check_size(keeping.LARGEST + 1)
    keeping.check_size(1)
