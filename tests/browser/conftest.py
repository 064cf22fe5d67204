"""A real browser for tests: Debian's Chromium, driven by Playwright.

One process serves the session; every test gets profiles of its own, since cookies, storage and settings are what most
of these tests are about. Names under `.test` lead to this machine, so that a website, its sister and a collector are
different sites to the browser. Nothing else is reachable by name.
"""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright
from tests.program import Up

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
# As an ordinary visitor's; a headless browser's own name marks it as a machine.
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
HERE = Path(__file__).parent

expect.set_options(timeout=30_000)  # ms: the machine may be busy


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test beneath this folder needs the browser."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("browser")
            item.add_marker(pytest.mark.needs("chromium"))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver. Its loop counts as running in this thread though nothing runs beside a test: Django must not mind."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as driver:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The session's browser."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def running(stopped_home: Path) -> Iterator[Up]:
    """An installation with an empty workspace."""
    with Up.start(stopped_home, "--json") as up:
        yield up.wait_until_ready()


@contextmanager
def uncomplaining(chromium: Browser, **options: Any) -> Iterator[BrowserContext]:
    """A member's browser; what the browser refuses, such as an inline script, or complains of fails the test."""
    context = chromium.new_context(user_agent=AGENT, **options)
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield context
    context.close()
    assert complaints == []


@pytest.fixture
def member(chromium: Browser) -> Iterator[BrowserContext]:
    """A member's browser, in English at a desk."""
    with uncomplaining(
        chromium, locale="en-GB", timezone_id="Asia/Shanghai", viewport={"width": 1440, "height": 900}
    ) as context:
        yield context


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[BrowserContext]:
    """A fresh profile. Errors that a page leaves uncaught fail the test."""
    context = chromium.new_context(user_agent=AGENT, locale="zh-CN", timezone_id="Asia/Shanghai")
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    context.close()
    assert errors == []


@pytest.fixture
def visitor_with(playwright: Playwright) -> Iterator[Callable[..., BrowserContext]]:
    """`visitor_with(preferences, without=flags)`: a browser of its own with settings that a person can make."""
    opened: list[BrowserContext] = []
    folders: list[tempfile.TemporaryDirectory[str]] = []

    def start(preferences: dict[str, Any], *, without: tuple[str, ...] = ()) -> BrowserContext:
        folder = tempfile.TemporaryDirectory(prefix="lianyi-chromium-", ignore_cleanup_errors=True)
        folders.append(folder)
        place = Path(folder.name) / "Default" / "Preferences"
        place.parent.mkdir()
        place.write_text(json.dumps(preferences))
        context = playwright.chromium.launch_persistent_context(
            folder.name, executable_path=CHROMIUM, args=FLAGS, ignore_default_args=list(without), user_agent=AGENT
        )
        opened.append(context)
        return context

    yield start
    for context in opened:
        context.close()
    for folder in folders:
        folder.cleanup()
