"""Secrets that come back only by their own name, in their own workspace, under a key that is here."""

import pickle
from datetime import UTC, datetime
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.vault import actions, queries
from lianyi.foundation.vault.models import VaultSecret
from lianyi.foundation.vault.sealing import Keys, Sealed
from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.kernel.errors import Broken, Refused
from lianyi.kernel.secret import Secret

NOW = datetime(2026, 11, 1, tzinfo=UTC)
TOKEN = Secret("tok-5f3c9 令牌")
KEYS, NEWER = Keys(["first master"]), Keys(["second master", "first master"])
_slugs = count(1)


@pytest.fixture
def workspace(db: None) -> int:
    return create_workspace(f"vault-{next(_slugs)}", "Vault").pk


def refused(code: str, secret: str | Secret = TOKEN, *, name: str, workspace: int) -> None:
    kept = secret if isinstance(secret, Secret) else Secret(secret)
    with pytest.raises(Refused) as found:
        actions.store_secret(workspace, name, kept, KEYS, NOW)
    assert found.value.code == code


@given(st.integers(1, 2**40), st.text(min_size=1, max_size=50), st.text(max_size=300))
def test_what_was_sealed_opens_again_and_nowhere_else(workspace: int, name: str, text: str) -> None:
    sealed = KEYS.seal(workspace, name, Secret(text))
    assert KEYS.open(workspace, name, sealed).reveal() == text
    assert NEWER.open(workspace, name, sealed).reveal() == text
    bent = Sealed(sealed.key_id, sealed.nonce, sealed.text[:-1] + bytes([sealed.text[-1] ^ 1]))
    for place, word, box in [(workspace + 1, name, sealed), (workspace, f"{name}x", sealed), (workspace, name, bent)]:
        with pytest.raises(Broken):
            KEYS.open(place, word, box)
    with pytest.raises(Refused) as found:
        Keys(["second master"]).open(workspace, name, sealed)
    assert found.value.code == "vault.other_key"


def test_two_seals_of_one_secret_differ() -> None:
    assert KEYS.seal(1, "a", TOKEN).text != KEYS.seal(1, "a", TOKEN).text


def test_a_secret_is_kept_and_given_back(workspace: int) -> None:
    actions.store_secret(workspace, "wechat/token", TOKEN, KEYS, NOW)
    assert queries.secret(workspace, "wechat/token", KEYS) == TOKEN
    row = VaultSecret.objects.get()
    assert (row.key_id, len(bytes(row.nonce))) == (KEYS.present, 12)
    assert b"tok-5f3c9" not in bytes(row.sealed)
    assert queries.names(workspace) == ["wechat/token"]
    other = create_workspace(f"vault-{next(_slugs)}", "Other").pk
    assert queries.names(other) == []
    with pytest.raises(Refused) as found:
        queries.secret(other, "wechat/token", KEYS)
    assert found.value.code == "vault.unknown"


def test_the_same_secret_again_changes_nothing_and_another_takes_its_place(workspace: int) -> None:
    for secret, lines in [(TOKEN, 1), (TOKEN, 1), (Secret("other"), 2)]:
        actions.store_secret(workspace, "a", secret, KEYS, NOW)
        assert AuditLine.objects.filter(workspace=workspace, action="vault.stored").count() == lines
        assert queries.secret(workspace, "a", KEYS) == secret
    assert VaultSecret.objects.count() == 1
    assert [line.detail for line in AuditLine.objects.filter(action="vault.stored")] == [{"name": "a"}] * 2


def test_bad_names_and_sizes_are_refused(workspace: int) -> None:
    for name in ("", "A", "a b", "-a", "a" * 101, "a\n"):
        refused("vault.name", name=name, workspace=workspace)
    for text in ("", "x" * 64_001):
        refused("vault.size", text, name="a", workspace=workspace)
    assert VaultSecret.objects.count() == 0


def test_a_forgotten_secret_is_gone(workspace: int) -> None:
    actions.store_secret(workspace, "a", TOKEN, KEYS, NOW)
    assert (actions.forget_secret(workspace, "a"), actions.forget_secret(workspace, "a")) == (True, False)
    assert VaultSecret.objects.count() == 0
    assert AuditLine.objects.filter(action="vault.forgotten").count() == 1


def test_a_newer_key_takes_over(workspace: int) -> None:
    for name in ("a", "b"):
        actions.store_secret(workspace, name, TOKEN, KEYS, NOW)
    VaultSecret.objects.create(workspace_id=workspace, name="foreign", key_id="0" * 16, nonce=b"n" * 12, sealed=b"s")
    assert (actions.reseal(NEWER), actions.reseal(NEWER)) == (2, 0)
    assert queries.secret(workspace, "a", Keys(["second master"])) == TOKEN
    with pytest.raises(Refused):
        queries.secret(workspace, "a", KEYS)
    assert VaultSecret.objects.get(name="foreign").key_id == "0" * 16
    assert [line.detail for line in AuditLine.objects.filter(action="vault.resealed")] == [{"secrets": 2}]


def test_the_installation_has_one_key(workspace: int) -> None:
    keys = actions.installation_keys()
    actions.store_secret(workspace, "a", TOKEN, keys, NOW)
    assert queries.secret(workspace, "a", actions.installation_keys()) == TOKEN
    assert repr(keys).startswith("<lianyi.foundation.vault.sealing.Keys object")


def test_nothing_prints_a_secret() -> None:
    printed = [repr(TOKEN), str(TOKEN), f"{TOKEN}", f"{TOKEN!s:>20}", f"{[TOKEN]}"]
    assert [text for text in printed if "tok-" in text or "令牌" in text] == []
    assert repr(TOKEN) == "Secret(…)"
    with pytest.raises(TypeError):
        pickle.dumps(TOKEN)
    assert Secret("other") != TOKEN
    assert TOKEN != "tok-5f3c9 令牌"
    assert len({TOKEN, Secret("tok-5f3c9 令牌")}) == 1
