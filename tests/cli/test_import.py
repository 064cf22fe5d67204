"""`lianyi import`, run as people run it: what it prints, where, and how it ends."""

import json
from pathlib import Path

from tests.program import lianyi

NOTHING = {"rows": 0, "new": 0, "updated": 0, "same": 0, "refused": 0, "refused_file": None,
           "left_out": 0, "left_out_file": None}  # fmt: skip


def test_an_import_is_tried_made_and_repeated(stopped_home: Path, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_bytes(
        "订单号;金额;下单时间;手机;备注\nT1;12,50;2024年3月1日;13912345670;=x\nT2;x;2024年3月1日;;-\n".encode("gbk")
    )
    mapping = tmp_path / "mapping.yaml"

    tried = lianyi(stopped_home, "import", "orders", str(file), "--dry-run", "--write-map", str(mapping), "--json")
    assert tried.returncode == 3
    assert json.loads(tried.stdout) == {**NOTHING, "rows": 2, "new": 1, "refused": 1}
    assert tried.stderr.splitlines()[0] == "orders.csv: CSV, gb18030, semicolon, with a header, 5 columns"
    assert "  order: 订单号" in tried.stderr.splitlines()
    assert tried.stderr.splitlines()[-3:] == [
        "Refused: number.unreadable, 1 time.",
        "Row 3, 金额: 'x' is no number with a decimal comma.",
        "A dry run: nothing was written.",
    ]
    assert not (stopped_home / "imports").exists()

    made = lianyi(stopped_home, "import", "orders", str(file), "--map", str(mapping), "--json")
    assert made.returncode == 3
    result = json.loads(made.stdout)
    assert result == {**json.loads(tried.stdout), "refused_file": result["refused_file"]}
    assert Path(result["refused_file"]).parent == stopped_home / "imports"
    assert Path(result["refused_file"]).read_text(encoding="utf-8-sig").splitlines() == [
        "订单号,金额,下单时间,手机,备注,row,column,code,reason",
        "T2,x,2024年3月1日,,'-,3,金额,number.unreadable,'x' is no number with a decimal comma.",
    ]

    again = lianyi(stopped_home, "import", "orders", str(file), "--map", str(mapping))
    assert again.returncode == 3
    assert again.stdout.splitlines()[:5] == [
        "rows           2",
        "new            0",
        "updated        0",
        "same           1",
        "refused        1",
    ]


def test_a_day_that_does_not_exist_is_counted_and_named(stopped_home: Path, tmp_path: Path) -> None:
    """A column that is told by its name to hold birthdays: the customer comes in, and the value is told to be lost."""
    file = tmp_path / "people.csv"
    file.write_text("phone,name,birthday\n13912345670,Li,1992-02-30\n13912345671,Wu,1990-03-12\n")
    tried = lianyi(stopped_home, "import", "people", str(file), "--dry-run", "--json")
    assert tried.returncode == 0
    assert json.loads(tried.stdout) == {**NOTHING, "rows": 2, "new": 2, "left_out": 1}
    assert tried.stderr.splitlines()[-3:] == [
        "birthday: 1 value cannot be used and was left out; its row was taken.",
        "Row 2, birthday: '1992-02-30' is no date.",
        "A dry run: nothing was written.",
    ]
    made = lianyi(stopped_home, "import", "people", str(file), "--json")
    result = json.loads(made.stdout)
    assert made.returncode == 0
    assert result == {**json.loads(tried.stdout), "left_out_file": result["left_out_file"]}
    assert Path(result["left_out_file"]).parent == stopped_home / "imports"
    assert Path(result["left_out_file"]).read_text(encoding="utf-8-sig").splitlines() == [
        "phone,name,birthday,row,column,code,reason",
        "13912345670,Li,1992-02-30,2,birthday,date.unreadable,'1992-02-30' is no date.",
    ]
    corrected = tmp_path / "corrected.csv"
    corrected.write_text(Path(result["left_out_file"]).read_text(encoding="utf-8-sig").replace("02-30", "02-29"))
    again = json.loads(lianyi(stopped_home, "import", "people", str(corrected), "--json").stdout)
    assert (again["rows"], again["same"], again["left_out"], again["left_out_file"]) == (1, 0, 0, None)


def test_what_an_import_refuses(stopped_home: Path, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,phone\n")
    empty = lianyi(stopped_home, "import", "people", str(file), "--json")
    assert (empty.returncode, json.loads(empty.stdout)) == (0, NOTHING)

    mapping = tmp_path / "m.yaml"
    mapping.write_text("phone: phone\nfoo: bar\n")
    refused = lianyi(stopped_home, "import", "people", str(file), "--map", str(mapping), "--json")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "m.yaml, line 2: `foo` means nothing here. Correct that line.\n"

    missing = lianyi(stopped_home, "import", "people", str(tmp_path / "nothing.csv"))
    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr == "There is no file 'nothing.csv'.\n"
    assert lianyi(stopped_home, "import", "cars", str(file)).returncode == 2
