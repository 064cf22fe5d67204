"""Any definition of a survey, for property tests: every kind of question with everything that it may hold."""

from typing import Any

from hypothesis import strategies as st

from lianyi.growth.surveys.definitions import read_object
from lianyi.growth.surveys.schemas import Definition

SIGNS = st.characters(codec="utf-8", categories=("L", "N", "P", "S"))
LINE = st.text(SIGNS | st.sampled_from(" \\|,="), min_size=1, max_size=12).map(str.strip).filter(bool)
PLAIN = LINE.filter(lambda text: text.isprintable() and text == text.strip() and "{" not in text)
TEXT = st.text(SIGNS | st.sampled_from(" \n\\|\u3000"), max_size=20).filter(lambda text: "{" not in text)
WORDS = st.fixed_dictionaries({}, optional={"zh": TEXT, "en": TEXT})
ONE_LINE = st.fixed_dictionaries({}, optional={"zh": PLAIN, "en": PLAIN})
TARGETS = st.sampled_from(["", "", "", "trait:city", "trait:最爱", "trait:a b"])
KINDS = ("single", "multiple", "scale", "nps", "matrix", "ranking", "text")


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """A definition that is one."""
    before: list[dict[str, Any]] = []
    pages = []
    for _number in range(draw(st.integers(0, 3))):
        page: dict[str, Any] = {"title": draw(WORDS), "intro": draw(WORDS), "when": draw(_conditions(before, 3))}
        here: list[dict[str, Any]] = []
        for _place in range(draw(st.integers(1, 4))):
            question = draw(_questions(f"k{len(before) + len(here)}", {one.get("maps_to") for one in before + here}))
            own = draw(_conditions(here, 1)) if here else []
            question["when"] = draw(_conditions(before, 2)) + [{**one, "unless": False} for one in own]
            here.append(question)
        before += here
        pages.append({**page, "questions": here})
    quotas = [
        {"key": f"quota{number}", "most": draw(st.integers(0, 1_000_000)), "when": draw(_conditions(before, 3))}
        for number in range(draw(st.integers(0, 3)))
    ]
    words = {name: draw(WORDS) for name in ("title", "intro", "thanks", "screened")}
    guard = {"quickest": draw(st.integers(0, 60)), "hours": draw(st.integers(1, 168)),
             "per_minute": draw(st.integers(0, 600)), "work": draw(st.integers(0, 22))}  # fmt: skip
    rest = {"language": draw(st.sampled_from(["zh", "en"])), "once": draw(st.booleans()), "campaign": draw(PLAIN)}
    return read_object({**words, **rest, "pages": pages, "quotas": quotas, "guard": guard})


@st.composite
def _questions(draw: st.DrawFn, key: str, taken: set[Any]) -> dict[str, Any]:
    kind = draw(st.sampled_from(KINDS))
    made: dict[str, Any] = {"kind": kind, "key": key, "label": draw(WORDS), "help": draw(WORDS)}
    made["required"] = draw(st.booleans())
    if kind != "matrix":
        target = draw(TARGETS)
        made["maps_to"] = "" if target in taken else target
    if kind in ("single", "multiple", "ranking"):
        made["options"] = draw(_options(2, 5))
    if kind in ("single", "multiple"):
        made["other"] = draw(st.booleans())
    if kind == "multiple":
        most = draw(st.integers(0, len(made["options"])))
        made |= {"most": most, "least": draw(st.integers(0, most or len(made["options"])))}
    if kind == "scale":
        made |= {"least": draw(st.integers(0, 1)), "most": draw(st.integers(2, 10))}
        made |= {"low": draw(WORDS), "high": draw(WORDS)}
    if kind == "matrix":
        made |= {"rows": draw(_options(1, 4)), "columns": draw(_options(2, 4))}
    if kind == "ranking":
        made["top"] = draw(st.integers(0, 15))
    if kind == "text":
        made |= {"most": draw(st.integers(1, 2_000)), "lines": draw(st.booleans())}
    if kind in ("single", "multiple", "scale", "nps"):
        dimensions = st.sampled_from(["attribute", "behaviour", "state", "preference"])
        made["tags"] = [
            {"tag": draw(PLAIN), "dimension": draw(dimensions), **draw(_asked(made))}
            for _number in range(draw(st.integers(0, 3)))
        ]
    return made


def _options(least: int, most: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    one = st.fixed_dictionaries({"value": PLAIN.filter(lambda value: value != "other")}, optional={"label": ONE_LINE})
    return st.lists(one, min_size=least, max_size=most, unique_by=lambda option: option["value"])


@st.composite
def _conditions(draw: st.DrawFn, questions: list[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    able = [one for one in questions if one["kind"] != "ranking"]
    if not able:
        return []
    found = []
    for _number in range(draw(st.integers(0, most))):
        asked = draw(st.sampled_from(able))
        row = draw(st.sampled_from(asked["rows"]))["value"] if asked["kind"] == "matrix" else ""
        unless = draw(st.booleans())
        found.append({"question": asked["key"], "row": row, "unless": unless, **draw(_asked(asked))})
    return found


@st.composite
def _asked(draw: st.DrawFn, question: dict[str, Any]) -> dict[str, Any]:
    """Values and bounds that an answer to the question may have."""
    match question["kind"]:
        case "single" | "multiple" | "matrix":
            known = [one["value"] for one in question.get("columns", question.get("options", ()))]
            return {"values": draw(st.lists(st.sampled_from(known), max_size=3))}
        case "text":
            return {"values": draw(st.lists(PLAIN, max_size=3))}
        case _:
            least, most = question.get("least", 0), question.get("most", 10)
            low = draw(st.none() | st.integers(least, most))
            high = draw(st.none() | st.integers(max(least, low or 0), most))
            return {"values": draw(st.lists(st.sampled_from(["1", "2"]), max_size=2)), "least": low, "most": high}
