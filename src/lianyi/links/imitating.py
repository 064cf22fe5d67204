"""Names of hosts that imitate others by letters of another script. Pure, and without Django.

A label may mix scripts only as people write them together: Latin with Han and kana, with Han and Bopomofo, or with
Hangul and Han, which is the level "highly restrictive" of Unicode's UTS 39. A label that is of one script throughout
imitates when each of its letters looks like a small Latin one, as in an all-Cyrillic "аррӏе". A character's script is
the first word of its Unicode name, which holds for all letters that IDNA 2008 admits and that have such looks.
"""

import unicodedata

import idna

_TOGETHER = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
)
# Letters that look like a small Latin letter or a digit in common typefaces.
_LOOKALIKES = frozenset("асԁеһіјӏорԛѕԝхуъьҽпгѵѡԍүԏ" + "οαρνυικχωτγσ" + "օոսհցզյքգ" + "ⲟⲥⲣ")
_SIGNS = frozenset({"DIGIT", "HYPHEN-MINUS", "MIDDLE", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"})


def imitates(host: str) -> bool:
    """Whether a label of the host, as it goes over the wire, mixes scripts or looks Latin without being it."""
    return any(_label_imitates(_shown(label)) for label in host.split(".") if label)


def _label_imitates(label: str) -> bool:
    letters = [one for one in label if not one.isascii() or one.isalpha()]
    scripts = {unicodedata.name(one, "").partition(" ")[0] for one in letters if unicodedata.combining(one) == 0}
    scripts -= _SIGNS
    if len(scripts) > 1 and not any(scripts <= allowed for allowed in _TOGETHER):
        return True
    return bool(letters) and not label.isascii() and all(one in _LOOKALIKES for one in letters)


def _shown(label: str) -> str:
    """The label as a browser may show it; one that is no proper xn-- form is shown as it is."""
    if not label.startswith("xn--"):
        return label
    try:
        return idna.decode(label)
    except idna.IDNAError:
        return label
