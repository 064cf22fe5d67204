"""What answers say behind TLS: asked of a process of its own, whose installation has an https address."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import variables_of

ASSETS = Path(__file__).parents[3] / "src" / "lianyi" / "web" / "assets"
PROGRAM = """
import django, json
django.setup()
from django.conf import settings
from django.test import Client
from django.http import HttpResponse
from lianyi.web.accounts.guessing import DEVICE_COOKIE
from lianyi.web.frame import THEME_COOKIE
client = Client(headers={"x-forwarded-proto": "https", "host": "people.example.com"})
answers = {"health": client.get("/healthz"), "theme": client.post("/theme", {"theme": "night"}),
           "language": client.post("/language", {"language": "en"})}
plain = Client(headers={"host": "people.example.com"}).get("/healthz")
print(json.dumps({
    "headers": {name: dict(answer.headers) for name, answer in answers.items()},
    "plain": dict(plain.headers),
    "cookies": {one.key: {"secure": one["secure"], "httponly": one["httponly"], "samesite": one["samesite"],
                          "path": one["path"], "domain": one["domain"]}
                for answer in answers.values() for one in answer.cookies.values()},
    "named": [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, DEVICE_COOKIE,
              THEME_COOKIE],
    "flags": [settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE,
              settings.CSRF_COOKIE_SECURE],
}))
"""


@pytest.fixture
def told(tmp_path: Path) -> Any:
    """What the process says."""
    return said(str(tmp_path))


@cache
def said(home: str) -> Any:
    """Without a database: these answers need none."""
    variables = {
        **variables_of(Path(home)),
        "LIANYI_URL": "https://people.example.com",
        "DJANGO_SETTINGS_MODULE": "lianyi.assembly.settings",
    }
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=variables, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_behind_tls_browsers_are_told_to_stay_with_it(told: Any) -> None:
    headers = told["headers"]["health"]
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in told["plain"]


def test_behind_tls_every_cookie_is_bound_to_the_host(told: Any) -> None:
    assert all(name.startswith("__Host-") for name in told["named"])
    assert told["flags"] == [True, True, "Lax", True]
    assert set(told["cookies"]) == {"__Host-theme", "__Host-language"}
    for cookie in told["cookies"].values():
        assert cookie == {"secure": True, "httponly": True, "samesite": "Lax", "path": "/", "domain": ""}


@pytest.mark.django_db
def test_trace_is_answered_by_nobody(client: Any) -> None:
    for path in ("/sign-in", "/people", "/api/v1/me", "/theme"):
        assert client.trace(path).status_code in (302, 401, 405), path
        assert b"TRACE" not in client.trace(path).content


def test_pages_store_nothing_in_the_browser() -> None:
    """But the door of a gathering, which goes on without a network: codes of tickets and scans, nothing of a person."""
    scripts = [path for path in ASSETS.rglob("*.ts") if not path.name.endswith(".d.ts") and path.parent.name != "doors"]
    assert len(scripts) > 3
    for path in scripts:
        for store in ("localStorage", "sessionStorage", "indexedDB", "document.cookie"):
            assert store not in path.read_text(), path.name
