"""schemathesis calls every operation with what the description allows, and with what it does not."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from tests.api.conftest import Program, program
from tests.web.conftest import Brand

from lianyi.api.app import description
from lianyi.assembly.wsgi import application
from lianyi.foundation.tokens import pace

pytestmark = pytest.mark.django_db(transaction=True)

TOKENS = 150  # that a workspace makes; it may have 200
EXAMPLES = 12  # of each operation, half of them against the description
# 412 refuses, too: an If-Match that was made up is looked at before the body.
REFUSING = [400, 401, 403, 404, 405, 409, 411, 412, 413, 415, 422]
CONFIG = SchemathesisConfig.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": REFUSING}}})
SCHEMA = schemathesis.openapi.from_dict(json.loads(description()), config=CONFIG)
SCHEMA.app = application


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pace is tested elsewhere."""
    monkeypatch.setattr("lianyi.api.door.take", lambda token, now: pace.take(token, now, limit=10**6))


def operations() -> Iterator[Any]:
    for found in SCHEMA.get_all_operations():
        yield found.ok()


def accepted(ctx: Any, response: Any, case: Any) -> None:
    """What the description allows is never refused as not being so. It may be refused for what a description cannot
    say: a cursor of another list, a tag that is another by now, an origin that is named twice.
    """
    if case.meta.generation.mode is GenerationMode.POSITIVE:
        assert response.status_code != 415
        if response.status_code in (400, 422):
            assert json.loads(response.content)["code"] != "request.invalid", response.content


# `positive_data_acceptance`: see `accepted`, which is put in its place.
# `use_after_free`, `ensure_resource_availability`, `object_level_authorization`: between calls that follow one another,
# which these do not; test_operations erases, revokes and asks for what belongs to others.
LEFT_OUT = {
    "positive_data_acceptance",
    "use_after_free",
    "ensure_resource_availability",
    "object_level_authorization",
}
CHECKED = [accepted, *(CHECKS.get_one(name) for name in CHECKS.get_all_names() if name not in LEFT_OUT)]


def attack(operation: Any, mode: GenerationMode, call: Program) -> None:
    headers = {"Authorization": f"Bearer {call.secret}", "Accept-Language": "en"}

    @settings(
        max_examples=EXAMPLES // 2,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        sent = dict(headers)
        spoiled = case.meta.components.get(ParameterLocation.HEADER)
        if spoiled is not None and spoiled.mode is GenerationMode.NEGATIVE:
            del sent["Authorization"]  # what is wrong may be just its absence
        response = case.call(headers=sent)
        case.validate_response(response, checks=CHECKED, headers=sent)

    run()


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_operation_keeps_to_its_description(new_brand: Callable[[], Brand], mode: GenerationMode) -> None:
    every = list(operations())
    for first in range(0, len(every), TOKENS):
        brand = new_brand()
        brand.send(
            *({"type": "identify", "userId": f"u{i}", "traits": {"name": f"王{i}"}} for i in range(3)),
            {"userId": "u1", "event": ""},
        )
        for operation in every[first : first + TOKENS]:
            attack(operation, mode, program(brand))  # a token each, since one of them revokes tokens
