"""Lists from files of identities: who is found, and which rows mean nobody."""

from io import BytesIO

import pytest
from tests.web.conftest import Brand

from lianyi.audience.segments import queries
from lianyi.audience.segments.schemas import Kind
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
