"""The page of API tokens: made, shown once, revoked."""

import re

import pytest
from django.test import Client
from tests.web.conftest import Brand

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_token_is_made_shown_once_and_revoked(brand: Brand) -> None:
    visitor = brand.visitor()
    empty = visitor.get("/settings/tokens").text
    assert "No token yet." in empty
    assert "Erasing people for good" in empty
    assert visitor.post("/settings/tokens/create", {"label": "CRM"}).status_code == 400
    made = visitor.post("/settings/tokens/create", {"label": "CRM", "days": "90", "scopes": ["people.see"]})
    secret = re.findall(r"lyt_[\w-]{32}", made.text)[0]
    headers = {"authorization": f"Bearer {secret}"}
    me = Client().get("/api/v1/me", headers=headers).json()
    assert (me["label"], me["abilities"], me["maker"]) == ("CRM", ["people.see"], brand.owner.email)
    page = visitor.get("/settings/tokens").text
    assert secret not in page
    assert secret[:8] in page
    assert visitor.post(f"/settings/tokens/{me['token']}/revoke").status_code == 302
    assert "Revoked" in visitor.get("/settings/tokens").text
    assert Client().get("/api/v1/me", headers=headers).status_code == 401
