"""Pages of imports: a file is given, its columns are seen and changed, and the rows come in; nobody else's are seen."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.web.conftest import Brand

from lianyi.foundation.access.schemas import Role
from lianyi.foundation.members.models import Membership
from lianyi.kernel.clock import system_clock
from lianyi.people.imports.uploads import keeping, running
from lianyi.people.imports.uploads.queries import uploads_of

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = "手机,姓名,备注\n13800138000,王伟,老客户\n不是手机,李娜,=1+1\n13800138001,赵敏,\n"


def give(client: Client, content: bytes = PEOPLE.encode("gb18030"), name: str = "客户.csv") -> Any:
    return client.post("/imports", {"file": SimpleUploadedFile(name, content)})


def work() -> None:
    while running.run_next("test", system_clock, lambda: False):
        pass


def test_from_a_file_to_people(brand: Brand) -> None:
    client = brand.visitor()
    place = give(client)["location"]
    page = client.get(place).content.decode()
    for words in ("GB18030", "identifies nobody", "+8613800138000", "王伟", "refused"):
        assert words in page
    changed = client.post(
        place,
        {"kind": "people", "target-0": "phone", "target-1": "trait:nickname", "target-2": ""},
        headers={"hx-request": "true", "hx-target": "mapping"},
    ).content.decode()
    assert "Nickname" in changed
    assert "<html" not in changed
    assert client.post(f"{place}/start", {"run": "dry"}).status_code == 302
    assert "Waiting for its turn" in client.get(place).content.decode()
    work()
    assert "What an import would do now" in client.get(place).content.decode()
    client.post(f"{place}/start", {"run": "import"})
    work()
    done = client.get(place).content.decode()
    assert "Download refused rows" in done
    refused = client.get(f"{place}/refused.csv")
    rows = b"".join(refused.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert rows[0] == "手机,姓名,备注,row,column,code,reason"
    assert rows[1].startswith("不是手机,李娜,'=1+1,3,手机,identity.invalid,")
    assert "phone: 手机" in client.get(f"{place}/mapping.yaml").content.decode()
    brand.project()
    assert "赵敏" in client.get("/people").content.decode()
    assert "客户.csv" in client.get("/imports").content.decode()


def test_a_day_that_does_not_exist_is_told_before_and_after(brand: Brand) -> None:
    client = brand.visitor()
    place = give(client, "手机,生日\n13800138000,1992-02-30\n".encode())["location"]
    assert "&#x27;1992-02-30&#x27; is no date. Left out." in client.get(place).content.decode()
    lost = "Values that cannot be used, left out of rows that are taken"
    for run in ("dry", "import"):
        assert lost not in client.get(place).content.decode()
        client.post(f"{place}/start", {"run": run})
        work()
        assert lost in client.get(place).content.decode()
        if run == "dry":
            client.post(place, {"target-0": "phone"})  # a change drops what was tried
    page = client.get(place).content.decode()
    assert "Download these rows" in page
    assert "Download refused rows" not in page
    rows = b"".join(client.get(f"{place}/left-out.csv").streaming_content)  # type: ignore[attr-defined]
    assert rows.decode("utf-8-sig").splitlines()[1].startswith("13800138000,1992-02-30,2,生日,date.unreadable,")
    assert client.get(f"{place}/refused.csv").status_code == 404


def test_a_mapping_that_lacks_something_says_so_at_its_place(brand: Brand) -> None:
    client = brand.visitor()
    place = give(client)["location"]
    answer = client.post(place, {"target-0": ""}, headers={"hx-request": "true", "hx-target": "mapping"})
    assert "No column says who it is." in answer.content.decode()
    assert client.post(f"{place}/start", {"run": "import"}).status_code == 302
    assert uploads_of(brand.workspace.pk, 9)[0].state == "previewed"


def test_what_is_no_table_is_told_and_leaves_nothing(brand: Brand) -> None:
    client = brand.visitor()
    before = set(keeping.uploads_folder().iterdir())
    for content in (b"%PDF-1.4", b""):
        assert give(client, content).status_code == 422
    assert set(keeping.uploads_folder().iterdir()) == before
    assert uploads_of(brand.workspace.pk, 9) == []


def test_nobody_sends_files_without_signing_in(brand: Brand) -> None:
    before = set(keeping.uploads_folder().iterdir())
    assert give(Client())["location"] == "/sign-in"
    assert set(keeping.uploads_folder().iterdir()) == before


def test_imports_of_others_and_of_who_may_not(brand: Brand, new_brand: Callable[[], Brand]) -> None:
    place = give(brand.visitor())["location"]
    stranger = new_brand().visitor()
    for end in ("", "/progress", "/refused.csv", "/left-out.csv", "/mapping.yaml"):
        assert stranger.get(place + end).status_code == 404
    for end in ("", "/start", "/stop", "/discard"):
        assert stranger.post(place + end).status_code == 404
    client = brand.visitor()
    Membership.objects.filter(member=brand.owner).update(role=Role.ANALYST)
    assert client.get("/imports").status_code == 403
    assert client.post(f"{place}/start", {"run": "import"}).status_code == 403
    assert uploads_of(brand.workspace.pk, 9)[0].state == "uploaded"


@pytest.mark.parametrize(
    "line", [r'{"email": "x@y.example", "\ud800": "1"}', r'{"email": "x\ud800", "a": {"\udfff": 1}}']
)
def test_half_characters_of_a_file_are_shown_by_a_sign(brand: Brand, line: str) -> None:
    visitor = brand.visitor()
    answer = give(visitor, f"{line}\n".encode() * 3, "half.ndjson")
    assert answer.status_code == 302
    page = visitor.get(answer["Location"])
    assert page.status_code == 200
    assert "\ufffd" in page.text
