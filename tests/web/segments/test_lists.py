"""Lists from files of identities: who is found, and which rows mean nobody."""

from io import BytesIO
from threading import Thread

import pytest
from django.db import connection
from tests.web.conftest import Brand

from lianyi.audience.segments import actions, filling, queries, upkeep
from lianyi.audience.segments.schemas import Kind, State, Uploaded
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.people.erasing.actions import erase
from lianyi.people.imports.uploads.keeping import uploads_folder
from lianyi.people.profiles.queries import search_people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def somebody(brand: Brand) -> None:
    brand.send(
        {"type": "identify", "userId": "ann", "traits": {"name": "Ann", "phone": "13912345670"}},
        {"type": "identify", "userId": "bob", "traits": {"name": "Bob", "email": "bob@shop.cn"}},
        {"type": "identify", "userId": "cid", "traits": {"name": "Cid"}},
    )


def given(content: str, name: str = "list.csv") -> BytesIO:
    file = BytesIO(content.encode())
    file.name = name
    return file


def named(brand: Brand, *names: str) -> list[int]:
    return sorted(search_people(brand.workspace.pk, name)[0].number for name in names)


def test_columns_are_told_by_name_and_rows_that_mean_nobody_are_listed(brand: Brand) -> None:
    file = given(
        "姓名,手机号,邮箱\nA,139 1234 5670,\nB,,BOB@shop.cn\nX,13900000001,x@nowhere.cn\nY,,\nA,+8613912345670,\n"
    )
    page = brand.visitor().post("/segments/upload", {"name": "L", "file": file})
    found = page.context["found"]
    assert (found.rows, found.found, found.missing) == (5, 3, 2)
    assert [(one.row, one.said) for one in found.missed] == [(4, "13900000001, x@nowhere.cn"), (5, "")]
    (one,) = queries.segments(brand.workspace.pk)
    assert (one.kind, one.size, one.rule) == (Kind.LIST, 2, None)
    assert list(queries.members(brand.workspace.pk, one.number)) == named(brand, "Ann", "Bob")
    assert "x@nowhere.cn" in page.text


def test_a_file_without_names_needs_what_it_holds_said(brand: Brand) -> None:
    client = brand.visitor()
    content = "ann\ncid\nnobody\n"
    refused = client.post("/segments/upload", {"name": "L", "file": given(content)})
    assert (refused.status_code, "No column of the file says" in refused.text) == (422, True)
    page = client.post("/segments/upload", {"name": "L", "kind": "user_id", "file": given(content)})
    assert [(one.row, one.said) for one in page.context["found"].missed] == [(3, "nobody")]
    assert list(page.context["found"].people) == named(brand, "Ann", "Cid")


def test_more_rows_than_are_shown_are_named_by_their_numbers(brand: Brand) -> None:
    rows = [f"none{number}" for number in range(300)]
    rows[250] = "bob"
    page = brand.visitor().post("/segments/upload", {"name": "L", "file": given("user_id\n" + "\n".join(rows))})
    found = page.context["found"]
    assert (len(found.missed), found.left_out, found.missing) == (200, [(202, 251), (253, 301)], 299)
    assert "202–251, 253–301" in page.text


@pytest.mark.parametrize(
    ("content", "said"),
    [("phone\n13900000001\n", "None of the 1 rows"), ("", "is empty")],
)
def test_what_cannot_be_a_list_is_refused_and_leaves_nothing(brand: Brand, content: str, said: str) -> None:
    page = brand.visitor().post("/segments/upload", {"name": "L", "file": given(content)})
    assert (page.status_code, said in page.text) == (422, True)
    assert queries.segments(brand.workspace.pk) == []
    assert "The file is missing." in brand.visitor().post("/segments/upload", {"name": "L"}).text


def test_a_name_that_is_taken_is_said_before_anything_is_kept(brand: Brand) -> None:
    client = brand.visitor()
    for status in (200, 422):
        assert client.post("/segments/upload", {"name": "L", "file": given("user_id\nann\n")}).status_code == status
    assert len(queries.segments(brand.workspace.pk)) == 1


def test_a_long_file_is_looked_up_by_the_worker_and_its_page_says_how_far(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 3)
    before = set(uploads_folder().iterdir())
    client, content = brand.visitor(), "user_id\nann\nx1\nx2\nbob\nann\nx3\n"
    answer = client.post("/segments/upload", {"name": "L", "file": given(content)})
    assert (answer.status_code, answer["Location"]) == (302, "/segments/1")
    one = queries.segment(brand.workspace.pk, 1)
    assert (one.kind, one.state, one.size) == (Kind.LIST, State.BUILDING, 0)
    assert upkeep.build(brand.workspace.pk, to_micros(system_clock())) == 0
    page = client.get("/segments/1", headers={"HX-Request": "true", "HX-Target": "standing"})
    assert "0 rows looked up" in page.text
    assert filling.fill(brand.workspace.pk, lambda: True) is False  # the worker stops, and another takes it up
    assert (filling.fill(brand.workspace.pk), filling.fill(brand.workspace.pk)) == (True, False)
    assert list(queries.members(brand.workspace.pk, 1)) == named(brand, "Ann", "Bob")
    assert queries.segment(brand.workspace.pk, 1).state is State.CURRENT
    assert queries.upload_of(brand.workspace.pk, 1) == Uploaded(6, 3, ((3, 4), (7, 7)), done=True)
    page = client.get("/segments/1")
    assert "3–4, 7" in " ".join(page.text.split())
    assert set(uploads_folder().iterdir()) == before
    told = [change.entered for change in queries.changes(brand.workspace.pk, 1)]
    assert [len(some) for some in told] == [2]


def test_a_long_file_that_means_nobody_says_so_and_one_whose_list_was_deleted_is_dropped(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 3)
    client, content = brand.visitor(), "user_id\n" + "x\n" * 10
    client.post("/segments/upload", {"name": "L", "file": given(content)})
    client.post("/segments/upload", {"name": "M", "file": given(content)})
    before = set(uploads_folder().iterdir())
    client.post("/segments/2/delete")
    assert len(before - set(uploads_folder().iterdir())) == 1
    assert filling.fill(brand.workspace.pk) is True
    assert filling.fill(brand.workspace.pk) is False
    assert queries.segment(brand.workspace.pk, 1).state is State.BROKEN
    assert "None of the 10 rows means anybody here." in client.get("/segments/1").text


def test_two_workers_fill_a_list_once(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 1)
    brand.visitor().post("/segments/upload", {"name": "L", "file": given("user_id\nann\nbob\ncid\n")})
    threads = [Thread(target=_fill, args=(brand.workspace.pk,)) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [len(change.entered) for change in queries.changes(brand.workspace.pk, 1)] == [3]


def _fill(workspace: int) -> None:
    try:
        while filling.fill(workspace):
            pass
    finally:
        connection.close()


def test_a_file_that_waits_goes_when_somebody_is_erased_who_may_be_in_it(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 1)
    client = brand.visitor()
    before = set(uploads_folder().iterdir())
    client.post("/segments/upload", {"name": "L", "file": given("user_id\nann\nbob\n")})
    assert len(set(uploads_folder().iterdir()) - before) == 1
    erase(brand.workspace.pk, named(brand, "Bob")[0], system_clock)
    assert set(uploads_folder().iterdir()) == before
    assert filling.fill(brand.workspace.pk) is True
    assert queries.segment(brand.workspace.pk, 1).state is State.BROKEN
    assert "The file is not kept any more. Give it again." in client.get("/segments/1").text
