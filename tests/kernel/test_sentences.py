"""Sentences: a template and its values, in whichever language is asked for."""

import json
from decimal import Decimal
from pathlib import Path

from lianyi.kernel.errors import Broken, Refused
from lianyi.kernel.sentences import Sentence

CHINESE = {
    "There is no sheet {sheet!r}.": "没有名为“{sheet}”的工作表。",
    "There are {names!r}.": "可用的有：{names}。",
    ", ": "、",
    "{sentence} {next_step}": "{sentence}{next_step}",
    "{file}: {why}.": "{file}：{why}。",
    "permission denied": "没有权限",
}


def _chinese(text: str) -> str:
    return CHINESE[text]


def test_a_refusal_is_english_for_logs_and_the_readers_for_people() -> None:
    refused = Refused("file.sheet", "There is no sheet {sheet!r}.", "There are {names!r}.", sheet="A", names=["B", "C"])
    assert str(refused) == "There is no sheet 'A'. There are 'B', 'C'."
    assert refused.whole.told(_chinese) == "没有名为“A”的工作表。可用的有：B、C。"
    assert str(Refused("a", "Nothing to do.").whole) == "Nothing to do."
    assert str(Broken("{program} failed: {words}", program="pg_dump", words="no")) == "pg_dump failed: no"


def test_a_sentence_may_stand_in_another() -> None:
    inner = Sentence("permission denied")
    sentence = Sentence("{file}: {why}.", file=Path("/x/y"), why=inner)
    assert str(sentence) == "/x/y: permission denied."
    assert sentence.told(_chinese) == "/x/y：没有权限。"


def test_numbers_keep_their_form() -> None:
    assert str(Sentence("{a:,} {b:.1f} {c}", a=12345, b=2.55, c=Decimal("1.50"))) == "12,345 2.5 1.50"


def test_values_stay_on_their_line_and_steer_no_terminal() -> None:
    hostile = "a\nb\x1b[2Jc\u202ed"
    assert str(Sentence("{text}", text=hostile)) == "a b\\x1b[2Jc\\u202ed"
    assert str(Sentence("{text!r}", text=hostile)) == "'a\\nb\\x1b[2Jc\\u202ed'"
    assert str(Sentence("{text}", text="{file} 张\u3000三")) == "{file} 张\u3000三"


def test_a_refusal_travels_between_processes() -> None:
    why = Sentence("permission denied")
    refused = Refused(
        "file.unreadable", "{file}: {why}.", "There are {names!r}.", file=Path("/x"), why=why, names=["B"]
    )
    arrived = Refused.unpacked(json.loads(json.dumps(refused.packed())))
    assert (arrived.code, str(arrived)) == ("file.unreadable", "/x: permission denied. There are 'B'.")
    assert arrived.sentence.told(_chinese) == "/x：没有权限。"
