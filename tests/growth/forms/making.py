"""Definitions of forms: builders that name only what matters."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from lianyi.growth.forms.definitions import read_object
from lianyi.growth.forms.schemas import Definition

NAME = {"kind": "text", "key": "name", "label": {"zh": "姓名", "en": "Name"}, "required": True, "maps_to": "trait:name"}
PHONE = {"kind": "phone", "key": "phone", "label": {"zh": "手机号", "en": "Phone"}, "maps_to": "phone"}
EMAIL = {"kind": "email", "key": "email", "label": {"zh": "邮箱", "en": "E-mail"}, "maps_to": "email"}
CITY = {
    "kind": "choice",
    "key": "city",
    "label": {"zh": "城市", "en": "City"},
    "options": [{"value": "上海"}, {"value": "杭州"}, {"value": "other"}],
    "maps_to": "trait:city",
}
WORDING = {"zh": "我同意接收活动邮件。", "en": "I agree to receive e-mails about events."}
CONSENT = {
    "kind": "consent",
    "key": "agree",
    "wording": WORDING,
    "channel": "email",
    "purposes": ["marketing"],
}


def object_of(*fields: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """The JSON of a definition."""
    return {"title": {"zh": "预约试用", "en": "Book a trial"}, "fields": list(fields), **parts}


def definition_of(*fields: dict[str, Any], **parts: Any) -> Definition:
    """A definition."""
    return read_object(object_of(*fields, **parts))


# Any definition that the law allows. Texts have no blanks around them: whoever types them into a page loses those.
_SIGNS = st.sampled_from("aZ09 预约，|\\n\"'<&;=+😀")
_LINES = st.text(_SIGNS, max_size=8).map(str.strip)
_TEXTS = st.lists(_LINES, max_size=3).map(lambda some: "\n".join(some).strip())
_KEYS = [f"k{number}" for number in range(6)]
_MAYBE = st.booleans


def _words(texts: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({}, optional={"zh": texts, "en": texts})


def _values(most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(_LINES.filter(bool), min_size=1, max_size=most, unique=True)


def _optional(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=parts)


@st.composite
def _fields(draw: st.DrawFn, key: str, before: list[dict[str, Any]], targets: set[str]) -> dict[str, Any]:
    kind = draw(st.sampled_from(sorted(_OF_KIND)))
    made = {"kind": kind, "key": key, **draw(_optional(label=_words(_TEXTS), help=_words(_TEXTS), required=_MAYBE()))}
    made |= draw(_OF_KIND[kind])
    if kind in ("choice", "choices"):
        made["options"] = [{"value": one, "label": draw(_words(_TEXTS))} for one in draw(_values(4))]
    if kind not in ("consent", "file"):
        of_person = {"email": "email", "phone": "phone", "text": "wechat_id"}.get(kind, f"trait:{key}")
        target = draw(st.sampled_from(["", f"trait:{key}", of_person]))
        if target not in targets:
            made["maps_to"] = target
            targets |= {target} - {""}
    asked = [one for one in before if one["kind"] not in ("file", "long_text")]
    if asked and draw(_MAYBE()):
        other = draw(st.sampled_from(asked))
        possible = [one["value"] for one in other.get("options", [])] or ["yes"]
        made["when"] = {"field": other["key"], "values": draw(st.lists(st.sampled_from(possible), unique=True))}
    return made


_DAYS = st.dates().map(str)
_OF_KIND: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "text": _optional(most=st.integers(1, 500)),
    "long_text": _optional(most=st.integers(1, 4_000)),
    "email": st.just({}),
    "phone": st.just({}),
    "number": _optional(least=st.sampled_from(["-1", "0", "0.500000"]), most=st.just("12.5"), whole=_MAYBE()),
    "date": st.lists(_DAYS, min_size=2, max_size=2).map(sorted).map(lambda one: {"first": one[0], "last": one[1]}),
    "choice": _optional(menu=_MAYBE()),
    "choices": _optional(least=st.integers(0, 1), most=st.just(1)),
    "consent": st.fixed_dictionaries(
        {"wording": _words(_TEXTS)},
        optional={"channel": st.sampled_from(["", "sms"]), "purposes": st.sampled_from([[], ["a"], ["b_2", "a"]])},
    ),
    "file": _optional(most_bytes=st.integers(1_000, 20_000_000), pictures=_MAYBE(), documents=_MAYBE()),
    "hidden": _optional(parameter=st.sampled_from(["", "shop.id"]), value=_LINES),
}


@st.composite
def definitions(draw: st.DrawFn, members: Sequence[int] = (), media: int = 1) -> Definition:
    """Any definition; `members` are those who may hear of submissions, `media` the file that it may offer."""
    fields: list[dict[str, Any]] = []
    targets: set[str] = set()
    for key in draw(st.permutations(_KEYS))[: draw(st.integers(0, 5))]:
        fields.append(draw(_fields(key, fields, targets)))
    made = draw(
        _optional(
            title=_words(_TEXTS),
            intro=_words(_TEXTS),
            button=_words(_LINES),
            language=st.sampled_from(["zh", "en"]),
            campaign=st.sampled_from(["", "spring"]),
            thanks=_optional(text=_words(_TEXTS), address=st.just("https://shop.example/?a=1&b=2")),
            guard=_optional(
                quickest=st.integers(0, 60),
                hours=st.integers(1, 168),
                per_minute=st.integers(0, 600),
                work=st.integers(0, 22),
            ),
            notify=st.lists(st.sampled_from(members), unique=True).map(sorted) if members else st.just([]),
            shared=_MAYBE(),
            download=st.fixed_dictionaries({"media": st.just(media)}, optional={"hours": st.integers(1, 720)}),
        )
    )
    mapped = [one["key"] for one in fields if one.get("maps_to")]
    if mapped and draw(_MAYBE()):
        asked = draw(st.lists(st.sampled_from(mapped), min_size=1, unique=True))
        made["progressive"] = {"fields": asked, **draw(_optional(at_once=st.integers(1, 10)))}
    hidden = made.get("progressive", {}).get("fields", [])
    emails = [one["key"] for one in fields if one["kind"] == "email" and "when" not in one and one["key"] not in hidden]
    if emails and draw(_MAYBE()):
        texts = {"subject": _words(_LINES), "text": _words(_TEXTS), "days": st.integers(1, 30)}
        made["double_opt_in"] = {"field": draw(st.sampled_from(emails)), **draw(_optional(**texts))}
    return read_object({**made, "fields": fields})
