"""What was sent, judged: values as they are kept, what is wrong by field, and what is never asked."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.growth.forms.making import CITY, CONSENT, EMAIL, NAME, PHONE, WORDING, definition_of

from lianyi.growth.forms.checking import Asking, checked, next_asked
from lianyi.growth.forms.fields import LONGEST_ANSWER
from lianyi.growth.forms.schemas import Consented, Handed, Submission

HERE = Asking("CN", "zh-hans")


def submitted(definition: Any, sent: dict[str, Any], asking: Asking = HERE, **files: Handed) -> Submission:
    found = checked(definition, {name: [value] if isinstance(value, str) else value for name, value in sent.items()},
                    asking, files)  # fmt: skip
    assert isinstance(found, Submission), {key: str(said) for key, said in found.items()}
    return found


def problems(definition: Any, sent: dict[str, Any], asking: Asking = HERE, **files: Handed) -> dict[str, str]:
    found = checked(definition, {name: [value] if isinstance(value, str) else value for name, value in sent.items()},
                    asking, files)  # fmt: skip
    assert isinstance(found, dict)
    return {key: str(said) for key, said in found.items()}


def test_a_submission_says_who_it_is_and_what_they_agreed_to() -> None:
    definition = definition_of(NAME, PHONE, EMAIL, CITY, CONSENT)
    found = submitted(
        definition,
        {
            "name": " 访客一 ",
            "phone": "138-0013 8000",
            "email": "One@Example.COM",
            "city": "上海",
            "agree": "yes",
            "b": "x",
        },
    )
    assert found == Submission(
        {"name": "访客一", "phone": "+8613800138000", "email": "one@example.com", "city": "上海", "agree": True},
        (("phone", "", "+8613800138000", False), ("email", "", "one@example.com", False)),
        {"name": "访客一", "phone": "+8613800138000", "email": "one@example.com", "city": "上海"},
        (Consented("agree", "email", "marketing", WORDING["zh"]),),
    )


def test_the_wording_that_is_kept_is_the_one_that_was_read() -> None:
    found = submitted(definition_of(CONSENT), {"agree": "yes"}, Asking("CN", "en"))
    assert [one.wording for one in found.consents] == [WORDING["en"]]


def test_a_line_that_nobody_ticked_is_no_consent() -> None:
    found = submitted(definition_of(NAME, CONSENT), {"name": "访客一"})
    assert (found.answers["agree"], found.consents) == (False, ())
    assert problems(definition_of({**CONSENT, "required": True}), {}) == {"agree": "Tick this to go on."}
    assert problems(definition_of(CONSENT), {"agree": "on"}) == {"agree": "Tick it, or leave it."}


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "nothing": ({**NAME}, "  \u3000 ", "Fill this in."),
    "too long": ({**NAME, "most": 3}, "四个字符", "At most 3 characters."),
    "a phone short of a digit": (PHONE, "1380013800", "This is no phone number."),
    "letters for a phone": (PHONE, "call me", "This is no phone number."),
    "a phone of home behind its code": (PHONE, "+86 1380013800", "This is no phone number."),
    "no address": (EMAIL, "one.example.com", "This is no e-mail address."),
    "two addresses": (EMAIL, "a@example.com,b@example.com", "This is no e-mail address."),
    "no number": ({"kind": "number", "key": "n"}, "1e9", "This is no number."),
    "a part": ({"kind": "number", "key": "n", "whole": True}, "1.5", "This is no whole number."),
    "too little": ({"kind": "number", "key": "n", "least": "0.5"}, "0.4", "At least 0.5."),
    "too much": ({"kind": "number", "key": "n", "most": "10"}, "11", "At most 10."),
    "no day of the calendar": ({"kind": "date", "key": "d"}, "2026-02-30", "This is no date."),
    "the year 0": ({"kind": "date", "key": "d"}, "0000-01-01", "This is no date."),
    "too early": ({"kind": "date", "key": "d", "first": "2026-01-02"}, "2026-01-01", "Not before 2026-01-02."),
    "too late": ({"kind": "date", "key": "d", "last": "2026-01-02"}, "2026-01-03", "Not after 2026-01-02."),
    "not offered": (CITY, "北京", "Choose among what is offered."),
    "no choice": ({**CITY, "required": True}, "", "Choose something."),
    "no file": ({"kind": "file", "key": "f", "required": True}, "x.png", "Choose a file."),
}


@pytest.mark.parametrize(("field", "text", "said"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_said_at_the_field(field: dict[str, Any], text: str, said: str) -> None:
    assert problems(definition_of(field), {field["key"]: text}) == {field["key"]: said}


KEPT: dict[str, tuple[dict[str, Any], str, Any]] = {
    "a formula": (NAME, "=HYPERLINK(1)", "=HYPERLINK(1)"),
    "HTML": (NAME, "<script>alert(1)</script>", "<script>alert(1)</script>"),
    "a break in a line": (NAME, "a\r\nb", "a b"),
    "breaks in lines": ({"kind": "long_text", "key": "w"}, "a\r\nb\r\n", "a\nb"),
    "Chinese signs": (NAME, "你好，世界！", "你好，世界！"),
    "a turned line": (NAME, "abc\u202edef\x00", "abcdef"),
    "half a character": (NAME, "a\ud83d", "a"),
    "full-width digits": (PHONE, "１３８００１３８０００", "+8613800138000"),
    "a number abroad": (PHONE, "+44 20 7946 0018", "+442079460018"),
    "a number that many share": (PHONE, "13888888888", "13888888888"),
    "a large number": ({"kind": "number", "key": "n", "whole": True}, "999999999999", 999999999999),
    "a part of a number": ({"kind": "number", "key": "n"}, " 0.125 ", 0.125),
    "a hidden word": ({"kind": "hidden", "key": "h", "value": "site"}, "", "site"),
    "a long hidden word": ({"kind": "hidden", "key": "h"}, "x" * 300, "x" * 200),
}


@pytest.mark.parametrize(("field", "text", "value"), KEPT.values(), ids=KEPT.keys())
def test_what_is_typed_is_kept_as_it_is_meant(field: dict[str, Any], text: str, value: Any) -> None:
    assert submitted(definition_of(field), {field["key"]: text}).answers == {field["key"]: value}


def test_a_number_that_many_share_is_nobody() -> None:
    assert submitted(definition_of(PHONE), {"phone": "13888888888"}).claims == ()


def test_several_are_chosen_within_their_bounds() -> None:
    field = {"kind": "choices", "key": "t", "options": [{"value": one} for one in "abc"], "least": 2, "most": 2}
    assert submitted(definition_of(field), {"t": ["b", "a", "b"]}).answers == {"t": ["b", "a"]}
    assert submitted(definition_of(field), {}).answers == {}
    assert problems(definition_of(field), {"t": ["a"]}) == {"t": "Choose at least 2."}
    assert problems(definition_of(field), {"t": ["a", "b", "c"]}) == {"t": "Choose at most 2."}
    assert problems(definition_of(field), {"t": ["a", "d"]}) == {"t": "Choose among what is offered."}


def test_what_is_not_shown_is_not_asked_and_not_kept() -> None:
    wish = {"kind": "text", "key": "wish", "required": True, "when": {"field": "city", "values": ["other"]}}
    more = {"kind": "text", "key": "more", "required": True, "when": {"field": "wish"}}
    definition = definition_of(CITY, wish, more)
    assert submitted(definition, {"city": "上海", "wish": "x", "more": "y"}).answers == {"city": "上海"}
    assert problems(definition, {"city": "other"}) == {"wish": "Fill this in."}
    assert problems(definition, {"city": "other", "wish": "x"}) == {"more": "Fill this in."}
    assert submitted(definition, {}).answers == {}


def test_fields_are_asked_by_and_by() -> None:
    asked = [{**NAME, "key": key, "maps_to": f"trait:{key}"} for key in ("company", "title", "industry")]
    definition = definition_of(EMAIL, *asked, progressive={"fields": ["company", "title", "industry"], "at_once": 2})
    assert next_asked(definition, ()) == ("company", "title")
    assert next_asked(definition, {"title", "email"}) == ("company", "industry")
    assert next_asked(definition, {"company", "title", "industry"}) == ()
    assert next_asked(definition_of(NAME), ()) == ()
    assert problems(definition, {}) == {"company": "Fill this in.", "title": "Fill this in."}
    known = Asking("CN", "en", asked=("industry",))
    assert submitted(definition, {"industry": "retail", "title": "x"}, known).answers == {"industry": "retail"}


def test_a_file_is_judged_by_what_it_is() -> None:
    field = {"kind": "file", "key": "f", "most_bytes": 2_000_000, "documents": False}
    card = Handed("card.png", 1_000, "image/png", "0" * 32)
    found = submitted(definition_of(field), {}, f=card)
    assert found.answers == {"f": {"name": "card.png", "size": 1_000, "type": "image/png", "file": "0" * 32}}
    large = Handed("card.png", 2_000_001, "image/png", "0" * 32)
    assert problems(definition_of(field), {}, f=large) == {"f": "The file has more than 2 MB."}
    other = Handed("a.pdf", 10, "application/pdf", "0" * 32)
    assert problems(definition_of(field), {}, f=other) == {"f": "Give a picture (PNG, JPEG, GIF, WebP)."}


ANY = definition_of(
    NAME,
    PHONE,
    EMAIL,
    CITY,
    {"kind": "long_text", "key": "w"},
    {"kind": "number", "key": "n"},
    {"kind": "date", "key": "d"},
    {"kind": "choices", "key": "t", "options": [{"value": "a"}, {"value": "b"}]},
    {"kind": "hidden", "key": "h"},
    CONSENT,
)
TEXTS = st.one_of(
    st.text(max_size=30), st.sampled_from(["13800138000", "a@example.com", "2026-01-01", "1.5", "a", "yes"])
)
KEYS = st.sampled_from([*(one.key for one in ANY.fields), "other"])


@settings(suppress_health_check=[HealthCheck.too_slow])  # the first draw of a process makes tables
@given(st.dictionaries(KEYS, st.lists(TEXTS, max_size=3)))
def test_whatever_is_sent_is_judged(sent: dict[str, list[str]]) -> None:
    found = checked(ANY, sent, HERE)
    if isinstance(found, Submission):
        assert found.answers.keys() <= {one.key for one in ANY.fields}
        assert all("\x00" not in value and len(value) <= LONGEST_ANSWER for value in found.answers.values()
                   if isinstance(value, str))  # fmt: skip
        again = {key: value if isinstance(value, list) else ["yes"] if value is True else [] if value is False
                 else [str(value)] for key, value in found.answers.items()}  # fmt: skip
        assert checked(ANY, again, HERE) == found  # what was kept is what would be kept
    else:
        assert found
        assert found.keys() <= {one.key for one in ANY.fields}
