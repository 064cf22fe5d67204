"""System mail: told once, in the member's language, by a real server or into a folder."""

import email
import ssl
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from itertools import count
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.foundation.notices.servers import Box, knows, smtp_server

from lianyi.foundation.access.schemas import Role
from lianyi.foundation.members.actions import ensure_member
from lianyi.foundation.members.models import Member
from lianyi.foundation.notices.actions import ended, tell_owners_once
from lianyi.foundation.notices.mail import mail_sender
from lianyi.foundation.notices.schemas import Notice
from lianyi.foundation.notices.server import MailServer, parse_email_url
from lianyi.foundation.outbox.models import OutboxRow
from lianyi.foundation.outbox.sending import send_due
from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.foundation.workspaces.schemas import Workspace
from lianyi.kernel.errors import Refused
from lianyi.kernel.secret import Secret

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
VALUES = {"free": 500, "least": 512}
_slugs = count(1)


@pytest.fixture
def workspace() -> Workspace:
    return create_workspace(f"notices-{next(_slugs)}", "Notices")


def owner(workspace: Workspace, address: str, language: str = "zh-hans", role: Role = Role.OWNER) -> Member:
    member = ensure_member(workspace, address, role)
    member.language = language
    member.save()
    return member


def told(now: datetime = NOW, **values: int) -> int:
    return tell_owners_once(Notice.INTAKE_PAUSED, values or VALUES, now)


def server_at(port: int, more: str = "?from=lianyi@brand.example", who: str = "") -> MailServer:
    return parse_email_url(f"smtp://{who}127.0.0.1:{port}{more}")


def states() -> list[tuple[str, str]]:
    return list(OutboxRow.objects.order_by("pk").values_list("state", "error"))


def read(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_each_owner_is_told_once_in_a_pause(workspace: Workspace) -> None:
    other = create_workspace(f"notices-{next(_slugs)}", "Other")
    ann, bo = owner(workspace, "ann@brand.example"), owner(other, "bo@brand.example")
    owner(other, "ann@brand.example")
    owner(workspace, "editor@brand.example", role=Role.EDITOR)
    gone = owner(workspace, "gone@brand.example")
    Member.objects.filter(pk=gone.pk).update(is_active=False)
    assert [told(), told(NOW + MINUTE, free=1, least=2)] == [2, 0]
    keys = [f"intake.paused:1:{member.pk}" for member in (ann, bo)]
    assert list(OutboxRow.objects.order_by("pk").values_list("workspace", "kind", "key")) == [
        (workspace.pk, "mail", keys[0]),
        (other.pk, "mail", keys[1]),
    ]
    assert "brand.example" not in str(list(OutboxRow.objects.values_list("payload", flat=True)))


def test_a_pause_that_comes_back_shortly_is_the_same(workspace: Workspace) -> None:
    owner(workspace, "ann@brand.example")
    ended(Notice.INTAKE_PAUSED, NOW)  # there was none: nothing happens
    assert told() == 1
    ended(Notice.INTAKE_PAUSED, NOW + 10 * MINUTE)
    assert told(NOW + 69 * MINUTE) == 0
    ended(Notice.INTAKE_PAUSED, NOW + 70 * MINUTE)
    ended(Notice.INTAKE_PAUSED, NOW + 100 * MINUTE)  # again: it ended at 70
    assert told(NOW + 130 * MINUTE) == 1
    assert OutboxRow.objects.count() == 2


def test_without_a_server_mail_becomes_files_in_the_members_language(workspace: Workspace, tmp_path: Path) -> None:
    owner(workspace, "zh@brand.example"), owner(workspace, "en@brand.example", "en")
    told()
    assert send_due([mail_sender(None, tmp_path)], lambda: NOW) == 2
    assert states() == [("sent", "")] * 2
    rows = list(OutboxRow.objects.order_by("pk"))
    paths = [tmp_path / "mail" / f"{row.pk}.eml" for row in rows]
    assert sorted((tmp_path / "mail").iterdir()) == sorted(paths)
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
    assert (tmp_path / "mail").stat().st_mode & 0o777 == 0o700
    chinese, english = (read(path.read_bytes()) for path in paths)
    assert (chinese["To"], chinese["Subject"]) == ("zh@brand.example", "涟漪停止接收事件：磁盘快满了")
    assert (english["To"], english["Subject"]) == (
        "en@brand.example",
        "Lianyi takes no events: the disk is nearly full",
    )
    assert english.get_content().startswith("500 MB of the disk are free, and Lianyi keeps 512 MB free")
    assert "还剩 500 MB" in chinese.get_content()
    assert [message["Message-ID"] for message in (chinese, english)] == [row.receipt for row in rows]
    assert english["Date"].datetime == NOW
    assert all(byte < 128 for path in paths for byte in path.read_bytes())


def test_a_server_gets_each_message_once(workspace: Workspace, tmp_path: Path) -> None:
    owner(workspace, "ann@brand.example")
    told()
    box = Box()
    with smtp_server(box) as port:
        sender = mail_sender(server_at(port), tmp_path)
        assert [send_due([sender], lambda: NOW), send_due([sender], lambda: NOW)] == [1, 0]
    (envelope,) = box.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("lianyi@brand.example", ["ann@brand.example"])
    assert isinstance(envelope.content, bytes)
    message = read(envelope.content)
    assert message["Subject"] == "涟漪停止接收事件：磁盘快满了"
    assert message["Message-ID"] == OutboxRow.objects.get().receipt
    assert states() == [("sent", "")]
    assert not (tmp_path / "mail").exists()


@pytest.mark.parametrize(
    ("answers", "state", "error", "arrived"),
    [
        ({"rcpt": "550 No such user ann@brand.example"}, "failed", "Rejected smtp.550", 0),
        ({"rcpt": "451 Greylisted"}, "queued", "Unavailable smtp.451", 0),
        ({"mail": "553 Not you"}, "failed", "Rejected smtp.553", 0),
        ({"data": "554 Spam"}, "failed", "Rejected smtp.554", 1),
        ({"data": "452 Full"}, "queued", "Unavailable smtp.452", 1),
        ({"data": "silence"}, "unsettled", "Unsettled smtp.lost", 1),
    ],
)
def test_what_the_server_says_decides(
    workspace: Workspace, tmp_path: Path, answers: dict[str, str], state: str, error: str, arrived: int
) -> None:
    owner(workspace, "ann@brand.example")
    told()
    box = Box(**answers)
    with smtp_server(box) as port:
        send_due([mail_sender(server_at(port), tmp_path)], lambda: NOW)
    assert states() == [(state, error)]
    assert len(box.taken) == arrived


def test_no_server_means_later(workspace: Workspace, tmp_path: Path) -> None:
    owner(workspace, "ann@brand.example")
    told()
    with smtp_server(Box()) as port:
        pass
    send_due([mail_sender(server_at(port), tmp_path)], lambda: NOW)
    assert states() == [("queued", "Unavailable smtp.ConnectionRefusedError")]


def test_a_password_that_is_wrong_is_no_reason_to_try_again(workspace: Workspace, tmp_path: Path) -> None:
    for address in ("ann@brand.example", "bo@brand.example"):
        owner(workspace, address)
    told()
    box = Box()
    with smtp_server(box, authenticator=knows("relay", "s3cret/"), auth_require_tls=False) as port:
        right, wrong = (server_at(port, who=f"relay:{word}@") for word in ("s3cret%2F", "other"))
        row = OutboxRow.objects.order_by("pk")[0]
        OutboxRow.objects.filter(pk=row.pk).update(due_at=NOW - MINUTE)
        send_due([mail_sender(right, tmp_path)], lambda: NOW - MINUTE)
        send_due([mail_sender(wrong, tmp_path)], lambda: NOW)
    assert states() == [("sent", ""), ("failed", "Disconnected smtp.535")]
    assert len(box.taken) == 1


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "nobody")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    dated = made.serial_number(1).not_valid_before(datetime(2020, 1, 1)).not_valid_after(datetime(2090, 1, 1))
    (folder / "cert.pem").write_bytes(dated.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_a_relay_without_a_password_may_have_any_certificate(workspace: Workspace, tmp_path: Path) -> None:
    owner(workspace, "ann@brand.example")
    told()
    box = Box()
    with smtp_server(box, tls_context=self_signed(tmp_path), require_starttls=True) as port:
        send_due([mail_sender(server_at(port), tmp_path)], lambda: NOW)
    assert (states(), len(box.taken)) == ([("sent", "")], 1)


def test_a_password_goes_to_a_good_certificate_only(workspace: Workspace, tmp_path: Path) -> None:
    owner(workspace, "ann@brand.example")
    told()
    seen: list[str] = []

    def nosy(*arguments: object) -> object:
        seen.append("password")
        return knows("relay", "s3cret")(*arguments)

    # Another address of this machine, which is not one of the names that are trusted.
    for more, error in [
        ({"tls_context": self_signed(tmp_path)}, "Disconnected smtp.certificate"),
        ({"auth_require_tls": False}, "Disconnected smtp.no_tls"),
    ]:
        with smtp_server(Box(), "127.0.0.2", authenticator=nosy, **more) as port:
            far = parse_email_url(f"smtp://relay:s3cret@127.0.0.2:{port}?from=a@brand.example")
            send_due([mail_sender(far, tmp_path)], lambda: NOW)
        assert (states(), seen) == ([("failed", error)], [])
        OutboxRow.objects.update(state="queued", due_at=NOW)


@pytest.mark.parametrize("address", ["ann@brand.example\nBcc: all@brand.example", "änn@brand.example"])
def test_an_address_that_is_none_is_not_tried(workspace: Workspace, tmp_path: Path, address: str) -> None:
    owner(workspace, address)
    told()
    box = Box()
    with smtp_server(box) as port:
        send_due([mail_sender(server_at(port), tmp_path)], lambda: NOW)
    assert (states(), box.taken) == ([("failed", "Rejected mail.address")], [])


def test_a_member_who_left_meanwhile_gets_nothing(workspace: Workspace, tmp_path: Path) -> None:
    member = owner(workspace, "ann@brand.example")
    told()
    Member.objects.filter(pk=member.pk).update(is_active=False)
    send_due([mail_sender(None, tmp_path)], lambda: NOW)
    assert states() == [("failed", "Refused member.gone")]
    assert not (tmp_path / "mail").exists()


def test_email_urls() -> None:
    for url, host, port, tls_first, user, sender in [
        ("smtps://me%40b.example:p@mail.b.example", "mail.b.example", 465, True, "me@b.example", "me@b.example"),
        ("smtp://u:p@mail.b.example?from=l@b.example", "mail.b.example", 587, False, "u", "l@b.example"),
        ("smtp://[::1]:2525/?from=l@b.example", "::1", 2525, False, "", "l@b.example"),
        ("smtp://relay?from=l@b.example", "relay", 25, False, "", "l@b.example"),
    ]:
        found = parse_email_url(url)
        assert (found.host, found.port, found.tls_first, found.user, found.sender) == (
            host,
            port,
            tls_first,
            user,
            sender,
        )
        assert found.password == Secret("p" if user else "")
        assert "Secret(…)" in repr(found)
    for url, code in [
        ("http://mail.b.example?from=l@b.example", "environment.email"),
        ("smtp://?from=l@b.example", "environment.email"),
        ("smtp://host:port?from=l@b.example", "environment.email"),
        ("smtp://host/path?from=l@b.example", "environment.email"),
        ("smtp://host?from=l@b.example&ssl=1", "environment.email"),
        ("smtp://u:hunter2@host", "environment.email_from"),
        ("smtp://host?from=a@b, c@d", "environment.email_from"),
        ("smtp://host?from=a@b%0D%0ABcc:c@d", "environment.email_from"),
    ]:
        with pytest.raises(Refused) as refused:
            parse_email_url(url)
        assert refused.value.code == code
        assert "hunter2" not in str(refused.value)
