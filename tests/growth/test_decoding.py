"""What is no definition is refused in the words of its kind, wherever it came from."""

from collections.abc import Callable
from typing import Any

import pytest

from lianyi.growth.forms import definitions as forms
from lianyi.growth.gatherings import reading as gatherings
from lianyi.growth.pages import reading as pages
from lianyi.growth.surveys import definitions as surveys
from lianyi.kernel.errors import Refused

KINDS = {
    "form": (forms.read, forms.read_object),
    "survey": (surveys.read, surveys.read_object),
    "gathering": (gatherings.read, gatherings.read_object),
    "page": (pages.read, pages.read_object),
}
HALF_A_SIGN = "\ud83d"
Reader = Callable[[Any], Any]


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "value",
    [{"title": {"zh": HALF_A_SIGN}}, {HALF_A_SIGN: 1}, HALF_A_SIGN, {"title": {1, 2}}, nested(5_000), None, [], 1e400],
    ids=["text", "name", "alone", "set", "deep", "null", "list", "infinite"],
)
def test_a_value_that_is_no_definition(kind: str, value: Any) -> None:
    read_object: Reader = KINDS[kind][1]
    with pytest.raises(Refused) as refused:
        read_object(value)
    assert refused.value.code == f"{kind}.definition"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "text",
    ['{"title": {"zh": "' + HALF_A_SIGN + '"}}', "", "{", b"\xff", b'{"title": {"zh": "\xed\xa0\xbd"}}', "[" * 5_000],
    ids=["half a sign", "nothing", "begun", "no UTF-8", "a surrogate in UTF-8", "deep"],
)
def test_a_text_that_is_no_definition(kind: str, text: str | bytes) -> None:
    read: Reader = KINDS[kind][0]
    with pytest.raises(Refused) as refused:
        read(text)
    assert refused.value.code == f"{kind}.definition"
    assert "{" not in refused.value.whole.told(lambda sentence: sentence)
