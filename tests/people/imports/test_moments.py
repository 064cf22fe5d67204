"""Dates and times: what a cell says itself, and what only its column can say."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianyi.kernel.clock import from_micros, to_micros
from lianyi.people.imports.cells import Bad
from lianyi.people.imports.moments import Form, FormEvidence, date_reader, moment_reader

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _read(cell: object, form: Form = "written", zone: ZoneInfo = SHANGHAI) -> str:
    found = moment_reader(form, zone)(cell)
    assert isinstance(found, int), found
    return from_micros(found).isoformat()


def _form(*cells: object) -> str | None:
    evidence = FormEvidence()
    evidence.add(cells)
    if evidence.is_open:
        return "open"
    return "mixed" if evidence.is_mixed else evidence.form()


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2010-12-01 08:26:00", "2010-12-01T00:26:00+00:00"),
        ("2010-12-01T08:26:00", "2010-12-01T00:26:00+00:00"),
        ("2010-12-01 8:26", "2010-12-01T00:26:00+00:00"),
        ("2010-12-01", "2010-11-30T16:00:00+00:00"),
        ("2010/12/1", "2010-11-30T16:00:00+00:00"),
        ("2010.12.01 08:26", "2010-12-01T00:26:00+00:00"),
        ("2024-03-13T10:21:14.5Z", "2024-03-13T10:21:14.500000+00:00"),
        ("2024-03-13T10:21:14+08:00", "2024-03-13T02:21:14+00:00"),
        ("2024-03-13 10:21:14 -0530", "2024-03-13T15:51:14+00:00"),
        ("2010年12月1日", "2010-11-30T16:00:00+00:00"),
        ("2010年12月1日 8时26分05秒", "2010-12-01T00:26:05+00:00"),
        ("2010年12月1日8点", "2010-12-01T00:00:00+00:00"),
        ("2010年12月1日上午 8:30", "2010-12-01T00:30:00+00:00"),
        ("2024/3/13 下午 3:05", "2024-03-13T07:05:00+00:00"),
        ("２０１０－１２－０１", "2010-11-30T16:00:00+00:00"),
        ("1 Dec 2010", "2010-11-30T16:00:00+00:00"),
        ("Dec 1, 2010 3:05 pm", "2010-12-01T07:05:00+00:00"),
        ("03/03/2010", "2010-03-02T16:00:00+00:00"),  # one day either way
    ],
)
def test_what_a_cell_says_itself(cell: str, moment: str) -> None:
    assert _read(cell) == moment


@pytest.mark.parametrize(
    ("form", "cell", "moment"),
    [
        ("D/M/Y", "01/12/2010", "2010-11-30T16:00:00+00:00"),
        ("D/M/Y", "1.12.10 8:05", "2010-12-01T00:05:00+00:00"),
        ("D/M/Y", "31/12/2010 12:00 AM", "2010-12-30T16:00:00+00:00"),
        ("D/M/Y", "2010-12-01", "2010-11-30T16:00:00+00:00"),
        ("M/D/Y", "4/22/2018 6:00", "2018-04-21T22:00:00+00:00"),
        ("M/D/Y", "12/1/69", "1969-11-30T16:00:00+00:00"),
        ("YY/M/D", "24/3/13", "2024-03-12T16:00:00+00:00"),
        ("YYYYMMDD", "20101201", "2010-11-30T16:00:00+00:00"),
        ("YYYYMMDD", "20101201082600", "2010-12-01T00:26:00+00:00"),
        ("YYYYMMDD", "20101201 8:26", "2010-12-01T00:26:00+00:00"),
        ("excel", "40513.351388888889", "2010-12-01T00:26:00+00:00"),
        ("excel", 40513, "2010-11-30T16:00:00+00:00"),
        ("epoch s", "1291191960", "2010-12-01T08:26:00+00:00"),
        ("epoch ms", 1291191960123, "2010-12-01T08:26:00.123000+00:00"),
        ("epoch us", "1291191960123456", "2010-12-01T08:26:00.123456+00:00"),
    ],
)
def test_what_the_column_says(form: Form, cell: object, moment: str) -> None:
    assert _read(cell, form) == moment


@pytest.mark.parametrize(
    ("form", "cell"),
    [
        ("written", "2010-02-30"),
        ("written", "2010-13-01 08:26:00"),
        ("written", "2010-12-01 25:00"),
        ("written", "2010-12-011"),
        ("written", "01/12/2010"),
        ("written", "soon"),
        ("written", True),
        ("D/M/Y", "13/13/2010"),
        ("D/M/Y", "12/31/2010"),
        ("YYYYMMDD", "19371233"),
        ("excel", "0"),
        ("excel", "99999999999999999"),
        ("epoch ms", "soon"),
    ],
)
def test_what_is_no_date(form: Form, cell: object) -> None:
    found = moment_reader(form, SHANGHAI)(cell)
    assert isinstance(found, Bad)
    assert found.code == "date.unreadable"


@pytest.mark.parametrize("cell", ["", "   ", None])
def test_a_blank_cell_is_no_moment(cell: object) -> None:
    assert moment_reader("written", SHANGHAI)(cell) is None
    assert date_reader("written")(cell) is None


def test_typed_cells() -> None:
    assert _read(datetime(2010, 12, 1, 8, 26)) == "2010-12-01T00:26:00+00:00"
    assert _read(datetime(2010, 12, 1, 8, 26, tzinfo=UTC)) == "2010-12-01T08:26:00+00:00"
    assert _read(datetime(2010, 12, 1).date()) == "2010-11-30T16:00:00+00:00"


def test_a_date_is_a_day_of_the_calendar() -> None:
    assert date_reader("YYYYMMDD")("19081209") == "1908-12-09"
    assert date_reader("written")("1908-12-09 23:59:59") == "1908-12-09"
    assert date_reader("D/M/Y")("9/12/1908") == "1908-12-09"


def test_a_zone_with_summer_time() -> None:
    london = ZoneInfo("Europe/London")
    assert _read("2011-03-27 00:59:59", zone=london) == "2011-03-27T00:59:59+00:00"
    assert _read("2011-03-27 02:00:00", zone=london) == "2011-03-27T01:00:00+00:00"
    assert _read("2011-07-01 12:00:00", zone=london) == "2011-07-01T11:00:00+00:00"


@pytest.mark.parametrize(
    ("cells", "form"),
    [
        (("2010-12-01 08:26:00", "2010-12-02 08:26:00"), "written"),
        (("01/12/2010", "13/12/2010"), "D/M/Y"),
        (("01/12/2010", "12/13/2010"), "M/D/Y"),
        (("01/12/2010", "02/12/2010"), "open"),
        (("03/03/2010", "04/04/2010"), "written"),
        (("13/12/2010", "12/13/2010"), "mixed"),
        (("01/12/10", "02/12/10"), "open"),
        (("24/03/13",), "open"),
        (("12/31/10", "1/12/10"), "M/D/Y"),
        (("20101201", "20101202"), "YYYYMMDD"),
        (("40513", "40514.5"), "excel"),
        (("1291191960", "1291191961"), "epoch s"),
        (("1291191960000",), "epoch ms"),
        (("1291191960000000",), "epoch us"),
        ((40513, 40514.25), "excel"),
        (("19081209", "19371233", "20001231"), "YYYYMMDD"),
        (("", None, "  "), None),
        (("soon",), None),
    ],
)
def test_the_form_of_a_column(cells: tuple[object, ...], form: str | None) -> None:
    assert _form(*cells) == form


def test_few_cells_of_the_other_order_do_not_decide() -> None:
    days = [f"{day}/{month}/{year}" for year in range(2000, 2020) for month in range(1, 13) for day in (13, 14, 20)]
    assert _form(*days, "12/31/2010") == "D/M/Y"


@settings(deadline=None)
@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
    st.sampled_from(["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日 %H时%M分%S秒", "%d %b %Y %H:%M:%S"]),
)
def test_every_second_comes_back(moment: datetime, form: str) -> None:
    expected = to_micros(moment.replace(tzinfo=UTC))
    assert moment_reader("written", ZoneInfo("UTC"))(moment.strftime(form)) == expected


@settings(deadline=None)
@given(st.datetimes(datetime(1901, 1, 1), datetime(2173, 1, 1)).map(lambda moment: moment.replace(microsecond=0)))
def test_every_second_of_a_spreadsheet_comes_back(moment: datetime) -> None:
    serial = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    assert moment_reader("excel", ZoneInfo("UTC"))(serial) == to_micros(moment.replace(tzinfo=UTC))


@settings(deadline=None)
@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(text: str) -> None:
    for form in ("written", "D/M/Y", "M/D/Y", "YY/M/D", "YYYYMMDD", "excel", "epoch s", "epoch ms", "epoch us"):
        found = moment_reader(form, SHANGHAI)(text)  # type: ignore[arg-type]
        assert found is None or isinstance(found, int | Bad)
    FormEvidence().add([text])
