"""Own domains: one workspace's of the whole installation, and only names of public hosts."""

import pytest

from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import ABILITIES, Actor, Denied, Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.domains.actions import MOST, add_domain, approve_domain, remove_domain
from lianyi.foundation.domains.models import Domain
from lianyi.foundation.domains.queries import claims, domain_for_pages, domains, every_host
from lianyi.foundation.workspaces.models import Workspace
from lianyi.kernel.errors import Refused

pytestmark = pytest.mark.django_db
HOME = "https://lianyi.brand.example"


@pytest.fixture
def brand() -> int:
    return Workspace.objects.create(slug="brand", name="Brand").pk


def refused(work: object) -> str:
    with pytest.raises(Refused) as found:
        work()  # type: ignore[operator]
    return found.value.code


def test_a_domain_is_kept_as_it_goes_over_the_wire(brand: int) -> None:
    other = Workspace.objects.create(slug="other", name="Other").pk
    one = add_domain(brand, " Go.Brand.example. ", "links", HOME)
    two = add_domain(other, "例子.中国", "all", HOME)
    one, two = approve_domain(brand, one.host), approve_domain(other, two.host)
    assert (one.host, one.purpose, two.host) == ("go.brand.example", "links", "xn--fsqu00a.xn--fiqs8s")
    assert domains(brand) == [one]
    assert domains(brand, "pages") == []
    assert domains(other, "pages") == [two]
    assert every_host() == {one.host, two.host}
    assert refused(lambda: add_domain(other, "GO.brand.example", "all", HOME)) == "domain.taken"
    assert refused(lambda: remove_domain(other, one.id)) == "domain.unknown"
    remove_domain(brand, one.id)
    assert domains(brand) == []
    assert [one.action for one in AuditLine.objects.order_by("pk")] == [
        "domain.added", "domain.added", "domain.approved", "domain.approved", "domain.removed"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("host", "code"),
    [
        *((one, "domain.host") for one in ("", ".", "localhost", "brand", "127.0.0.1", "[::1]", "0x7f.1", "1.2.3")),
        *((one, "domain.host") for one in ("https://go.example", "go.example/x", "go.example:80", "a b.example")),
        *((one, "domain.host") for one in ("-a.example", "a_b.example", "a..example", "x" * 250 + ".cn", "*.a.cn")),
        *((one, "domain.inside") for one in ("a.localhost", "nas.local", "db.internal", "printer.lan")),
        ("LIANYI.brand.example", "domain.own"),
    ],
)
def test_what_is_no_public_name_is_refused(brand: int, host: str, code: str) -> None:
    assert refused(lambda: add_domain(brand, host, "all", HOME)) == code
    assert not Domain.objects.exists()


def test_a_purpose_is_one_of_three_and_domains_have_an_end(brand: int) -> None:
    assert refused(lambda: add_domain(brand, "go.example", "mail", HOME)) == "domain.purpose"
    Domain.objects.bulk_create(Domain(workspace_id=brand, host=f"d{i}.example") for i in range(MOST))
    assert refused(lambda: add_domain(brand, "go.example", "all", HOME)) == "domain.many"


def test_an_editor_adds_none(brand: int) -> None:
    with acting_as(Actor("member:1", brand, ABILITIES[Role.EDITOR])), pytest.raises(Denied):
        add_domain(brand, "go.example", "all", HOME)
    assert not Domain.objects.exists()


def test_a_single_brand_needs_nobody_s_word(brand: int) -> None:
    made = add_domain(brand, "go.brand.example", "all", HOME)
    assert made.waits is False
    assert domains(brand, "links") == [made]
    assert domain_for_pages(brand, made.host) == made.id


def test_among_several_brands_a_host_waits_for_the_administrator(brand: int) -> None:
    other = Workspace.objects.create(slug="other", name="Other").pk
    made = add_domain(brand, "go.brand.example", "all", HOME)
    assert made.waits is True
    assert domains(brand) == [made]
    assert domains(brand, "links") == []
    assert domain_for_pages(brand, made.host) is None
    assert every_host() == {made.host}
    assert refused(lambda: add_domain(other, made.host, "all", HOME)) == "domain.taken"
    assert refused(lambda: approve_domain(other, made.host)) == "domain.unclaimed"
    assert [(one.host, one.workspace, one.waits) for one in claims()] == [(made.host, "brand", True)]
    assert approve_domain(brand, " GO.brand.example ") == made._replace(waits=False)
    assert domains(brand, "links") == [made._replace(waits=False)]
    with acting_as(Actor("member:1", brand, ABILITIES[Role.EDITOR])), pytest.raises(Denied):
        approve_domain(brand, made.host)
