"""Brands with tokens, and programs that call by them."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from tests.web.conftest import Brand, brand, new_brand

from lianyi.foundation.access.schemas import Ability, Role
from lianyi.foundation.members.actions import ensure_member
from lianyi.foundation.members.models import Member
from lianyi.foundation.tokens.actions import create_token
from lianyi.kernel.clock import system_clock

__all__ = ["brand", "new_brand"]


@dataclass
class Program:
    """Somebody's program, with its token."""

    token: int
    secret: str

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"authorization": f"Bearer {self.secret}", "accept-language": "en", **sent}
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        content = sent.pop("content-type", "application/json")
        return Client().generic(method, f"/api/v1{path}", data, content_type=content, headers=sent)

    def get(self, path: str, **headers: str) -> Any:
        return self("GET", path, **headers)


def member_of(brand: Brand, role: Role) -> Member:
    """A member of this role."""
    if role is Role.OWNER:
        return brand.owner
    return ensure_member(brand.workspace, f"{role.value}@{brand.workspace.slug}.example.com", role)


def program(brand: Brand, scopes: Collection[Ability] | None = None, role: Role = Role.OWNER) -> Program:
    """A token of a member of this role; without scopes, with all that the role has."""
    from lianyi.foundation.access.schemas import ABILITIES

    chosen = ABILITIES[role] if scopes is None else scopes
    member = member_of(brand, role)
    number, secret = create_token(brand.workspace, member.pk, "test", [one.value for one in chosen], system_clock())
    return Program(number, secret)


@pytest.fixture
def call(brand: Brand) -> Program:
    """A program that may do everything in the brand."""
    return program(brand)


NewBrand = Callable[[], Brand]
