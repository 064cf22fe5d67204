"""Each act that the audit log may tell has words, and each word an act."""

import ast
import re
from pathlib import Path

from lianyi.web.audit_words import ACTS

SOURCE = Path(__file__).parents[2] / "src" / "lianyi"
WRITERS = {"record_audit", "record_everywhere", "note_security"}
# Handed on by a name: who consents, and what allauth's notices are called here.
HANDED_ON = {
    "people/profiles/actions.py": r'"(consent\.[a-z]+)"',
    "web/accounts/adapters.py": r'": "(member\.[a-z_]+)"',
}
_NAME = re.compile(r"[a-z_]+\.[a-z_]+")


def written() -> set[str]:
    """The names that code hands to the audit log."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in WRITERS:
                said = [one.value for part in call.args for one in ast.walk(part) if isinstance(one, ast.Constant)]
                found |= {text for text in said if isinstance(text, str) and _NAME.fullmatch(text)}
    for place, pattern in HANDED_ON.items():
        found |= set(re.findall(pattern, (SOURCE / place).read_text())) - {"consent.proof", "consent.invalid"}
    return found


def test_each_act_has_words_and_each_word_an_act() -> None:
    assert written() == ACTS.keys()
