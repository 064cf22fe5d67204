"""What the buttons of the builder do to what was typed: something more, moved, or less. Nothing is saved by them."""

from collections.abc import Sequence
from typing import NamedTuple

from lianyi.web.surveys.typed import OF_KIND, PAGE, QUOTA, Row, Typed, fresh, questions_after


class Arranged(NamedTuple):
    """What is typed now, and the number of the row that it is about; quotas are numbered behind the rows."""

    typed: Typed
    about: int | None


def changed_by(typed: Typed, button: str, kind: str) -> Arranged:
    """`add.N` puts a question of this kind behind the page at N, `page` one more page, `quota` one more quota; `up.N`,
    `down.N` and `remove.N` are of any row, `more.N` opens it.
    """
    act, _dot, text = button.partition(".")
    place = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1
    rows, quotas = list(typed.rows), list(typed.quotas)
    if act == "page":
        return Arranged(typed._replace(rows=[*rows, fresh(PAGE, ())]), len(rows))
    if act == "quota":
        quotas.append(fresh(QUOTA, (one.said["key"] for one in quotas)))
        return Arranged(typed._replace(quotas=quotas), len(rows) + len(quotas) - 1)
    if 0 <= place < len(rows):
        return _of_rows(typed, rows, act, place, kind)
    at = place - len(rows)
    if not 0 <= at < len(quotas):
        return Arranged(typed, None)
    if act == "remove":
        quotas.pop(at)
    return Arranged(typed._replace(quotas=quotas), place if act == "more" else None)


def _of_rows(typed: Typed, rows: list[Row], act: str, place: int, kind: str) -> Arranged:
    is_page = rows[place].kind == PAGE
    match act:
        case "add" if is_page and kind in OF_KIND:
            behind = place + len(questions_after(rows, place)) + 1
            rows.insert(behind, fresh(kind, (row.said["key"] for row in rows if row.kind != PAGE)))
            return Arranged(typed._replace(rows=rows), behind)
        case "remove":
            del rows[place]
            if not rows or rows[0].kind != PAGE:  # its questions go to the page before; the first page's stay on one
                rows.insert(0, fresh(PAGE, ()))
            return Arranged(typed._replace(rows=rows), None)
        case "up" | "down" if is_page:
            return _page_moved(typed, rows, place, act)
        case "up" if place > 1:
            rows[place - 1], rows[place] = rows[place], rows[place - 1]
            return Arranged(typed._replace(rows=rows), place - 1)
        case "down" if place + 1 < len(rows):
            rows[place + 1], rows[place] = rows[place], rows[place + 1]
            return Arranged(typed._replace(rows=rows), place + 1)
        case _:
            return Arranged(typed, place if act == "more" else None)


def _page_moved(typed: Typed, rows: Sequence[Row], place: int, act: str) -> Arranged:
    """A page changes places with the one beside it, questions and all."""
    pages: list[list[Row]] = []
    for row in rows:
        if row.kind == PAGE:
            pages.append([])
        pages[-1].append(row)
    at = sum(row.kind == PAGE for row in rows[:place])
    other = at - 1 if act == "up" else at + 1
    if not 0 <= other < len(pages):
        return Arranged(typed, None)
    pages[at], pages[other] = pages[other], pages[at]
    about = sum(len(page) for page in pages[:other])
    return Arranged(typed._replace(rows=[row for page in pages for row in page]), about)
