import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from lianyi.foundation.domains.models import Domain
from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.foundation.workspaces.schemas import Workspace
from lianyi.links.models import ShortLink
from lianyi.links.opening import is_open
from lianyi.links.passwords import hashed
from lianyi.links.queries import link_at
from lianyi.web.following import TRIES

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> Workspace:
    cache.clear()
    return create_workspace("brand", "Brand")


def made(workspace: Workspace, **fields: Any) -> ShortLink:
    told = {"slug": "spring", "code": "spring", "kind": "link", "name": "Spring", "target": "https://a.cn/"}
    return ShortLink.objects.create(workspace=workspace.pk, created_at=0, **told | fields)


@pytest.mark.parametrize(
    ("language", "said"), [("zh-CN", "此链接不存在"), ("en", "This link leads nowhere"), ("fr", "此链接不存在")]
)
def test_no_link_is_said_in_the_visitors_language(workspace: Workspace, language: str, said: str) -> None:
    answer = Client().get("/l/none", headers={"accept-language": language})
    assert answer.status_code == 404
    assert said in answer.content.decode()
    assert "This link leads nowhere" in Client().get("/l/none?lang=en").content.decode()


@pytest.mark.parametrize("gone", [{"expires_at": 1}, {"archived_at": 1}])
def test_what_is_over_says_so(workspace: Workspace, gone: dict[str, int]) -> None:
    made(workspace, **gone, password=hashed("sesame"))
    answer = Client().get("/l/spring?lang=en")
    assert answer.status_code == 410
    assert "This link is over" in answer.content.decode()


def test_the_password_gives_a_token_for_this_link_alone(workspace: Workspace) -> None:
    made(workspace, password=hashed("sesame"))
    made(workspace, slug="other", password=hashed("sesame"))
    visitor = Client(enforce_csrf_checks=True)
    assert visitor.get("/l/spring").status_code == 200
    wrong = visitor.post("/l/SPRING?lang=en", {"password": "guess"})
    assert (wrong.status_code, "This is not the password." in wrong.content.decode()) == (422, True)
    right = visitor.post("/l/spring", {"password": "sesame"})
    assert right.status_code == 303
    token = parse_qs(urlsplit(right.headers["Location"]).query)["open"][0]
    one, other = link_at(None, "spring"), link_at(None, "other")
    assert one is not None
    assert other is not None
    secret, now = settings.SECRET_KEY.encode(), time.time()
    assert is_open(secret, one, token, now)
    assert not is_open(secret, one, token, now + 301)
    assert not is_open(secret, other, token, now)
    ShortLink.objects.filter(slug="spring").update(password=hashed("another"))
    changed = link_at(None, "spring")
    assert changed is not None
    assert not is_open(secret, changed, token, now)


def test_who_guesses_too_often_has_to_wait(workspace: Workspace) -> None:
    made(workspace, password=hashed("sesame"))
    for _ in range(TRIES):
        assert Client().post("/l/spring", {"password": "guess"}).status_code == 422
    assert Client().post("/l/spring", {"password": "sesame"}).status_code == 429
    elsewhere = Client(headers={"x-forwarded-for": "203.0.113.7"})
    assert elsewhere.post("/l/spring", {"password": "sesame"}).status_code == 303


def test_an_own_domain_is_what_the_edge_says(workspace: Workspace) -> None:
    domain = Domain.objects.create(workspace=workspace, host="go.example.com")
    made(workspace, domain=domain, password=hashed("sesame"))
    assert Client().get("/l/spring").status_code == 404
    assert Client(headers={"x-lianyi-domain": "go.example.com"}).get("/l/spring").status_code == 200
