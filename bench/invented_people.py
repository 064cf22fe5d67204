"""People who do not exist, as many as wanted, for measuring at sizes that no public data has.

Half have Chinese names, a seventh shares a household, and a tenth of the rows are second copies with what people and
programs do to data: typos, swapped names, a new address or phone, fields left out. The same seed makes the same people.
"""

from typing import Any

import numpy as np
import pyarrow as pa

_SURNAMES = list(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
)
_CHARACTERS = list(
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红文辉力建国志海峰波宇浩凯健俊帆雪琳晨瑶欣怡佳子梓涵轩博诗雨思嘉"
)
_SYLLABLES = [
    "ba",
    "den",
    "ka",
    "lo",
    "mi",
    "ran",
    "so",
    "ti",
    "ven",
    "wil",
    "an",
    "el",
    "ja",
    "mar",
    "ro",
    "sha",
    "fen",
    "gu",
]
_DOMAINS = ["qq.com", "163.com", "gmail.com", "outlook.com", "126.com", "example.net"]


def invent(size: int, seed: int) -> tuple[pa.Table, Any]:
    """`size` rows in random order, and for each row the number of the person it is about."""
    rng = np.random.default_rng(seed)
    originals = size - size // 10
    people = _originals(originals, rng)
    again = rng.choice(originals, size - originals, replace=False)
    columns = {name: np.concatenate([values, _worn(values[again], name, rng)]) for name, values in people.items()}
    swapped = np.flatnonzero(rng.random(size) < 0.03)
    swapped = swapped[swapped >= originals]
    columns["given_name"][swapped], columns["surname"][swapped] = (
        columns["surname"][swapped].copy(),
        columns["given_name"][swapped].copy(),
    )
    order = rng.permutation(size)
    truth = np.concatenate([np.arange(originals), again])[order]
    table = pa.table({"id": np.arange(size), **{name: pa.array(values[order]) for name, values in columns.items()}})
    return table, truth


def _often(choices: int, size: int, rng: np.random.Generator) -> Any:
    """Places in a list of so many, the first of which are common and the last rare: Zipf's law, flattened."""
    weights = 1.0 / (np.arange(choices) + 2.0 + choices**0.4)
    return rng.choice(choices, size, p=weights / weights.sum())


def _words(count: int, parts: int, rng: np.random.Generator) -> Any:
    picks = rng.integers(0, len(_SYLLABLES), (count, parts))
    return np.array(["".join(_SYLLABLES[i] for i in row) for row in picks], dtype=object)


def _originals(size: int, rng: np.random.Generator) -> dict[str, Any]:
    chinese = rng.random(size) < 0.5
    home = np.arange(size)  # whose address one has
    shares = rng.random(size) < 0.14
    home[shares] = np.maximum(home[shares] - 1, 0)
    givens, surnames = _words(3000, 2, rng), _words(30000, 3, rng)
    family = home
    surname_cn = np.array(_SURNAMES, dtype=object)[_often(len(_SURNAMES), size, rng)][family]
    characters = np.array(_CHARACTERS, dtype=object)
    first, second = (characters[rng.integers(0, len(_CHARACTERS), size)] for _ in range(2))
    given_cn = np.where(rng.random(size) < 0.7, first + second, first)
    given_latin = givens[_often(len(givens), size, rng)]
    surname_latin = surnames[_often(len(surnames), size, rng)][family]
    chinese = chinese[family]
    day = rng.integers(-15000, 13000, size)
    birth = (np.datetime64("1970-01-01") + day).astype(str).astype(object)
    number = rng.integers(0, 10**8, size).astype(str).astype(object)
    phone = (
        "1"
        + np.array(["38", "39", "59", "86", "77"], dtype=object)[rng.integers(0, 5, size)]
        + np.char.zfill(number.astype(str), 8).astype(object)
    )
    phone = np.where(rng.random(size) < 0.3, phone[home], phone)
    box = given_latin + rng.integers(0, 10000, size).astype(str).astype(object)
    email = box + "@" + np.array(_DOMAINS, dtype=object)[rng.integers(0, len(_DOMAINS), size)]
    city, street = _words(300, 2, rng), _words(8000, 3, rng)
    place = _often(300, size, rng)[home]
    columns = {
        "full_name": np.where(chinese, surname_cn + given_cn, None),
        "given_name": np.where(chinese, None, given_latin),
        "surname": np.where(chinese, None, surname_latin),
        "birth_date": birth,
        "house_number": rng.integers(1, 200, size).astype(str).astype(object)[home],
        "street": (street[rng.integers(0, 8000, size)] + " street")[home],
        "city": city[place],
        "postcode": (100000 + place * 37 + rng.integers(0, 30, size)[home]).astype(str).astype(object),
        "region": np.array([f"region {i}" for i in range(30)], dtype=object)[place % 30],
        "phone": phone,
        "email": email,
    }
    for name, share in {"birth_date": 0.4, "email": 0.4, "phone": 0.2, "street": 0.3, "postcode": 0.3}.items():
        columns[name] = np.where(rng.random(size) < share, None, columns[name])
    return columns


def _worn(values: Any, name: str, rng: np.random.Generator) -> Any:
    """Copies of `values` as another system or another day would have them."""
    size = len(values)
    kind = rng.random(size)
    renewed = {"street": 0.15, "house_number": 0.15, "phone": 0.15, "email": 0.25}.get(name, 0.0)
    values = np.where(kind < renewed, values[rng.permutation(size)], values)
    values = np.where((kind >= renewed) & (kind < renewed + 0.1), None, values)
    if name in ("region", "full_name"):
        return values
    typed = np.flatnonzero(kind > 0.88)
    for row in typed:
        text = values[row]
        if text is not None and len(text) > 3:
            at = int(rng.integers(1, len(text) - 1))
            values[row] = (
                text[:at] + text[at + 1] + text[at] + text[at + 2 :]
                if rng.random() < 0.5
                else text[:at] + chr(97 + int(rng.integers(26))) + text[at + 1 :]
            )
    return values
