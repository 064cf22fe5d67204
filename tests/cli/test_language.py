"""Whatever a verb says comes in the language of the terminal, whole; codes, keys and exit codes stay as they are."""

import csv
import json
from pathlib import Path

import pytest
from tests.program import lianyi

CHINESE = {"LANG": "zh_CN.UTF-8"}
ENGLISH = {"LANG": "C.UTF-8"}
PEOPLE = "手机,姓名,更新时间\n13800138000,张三,2024-01-01\n13800138001,李四,yesterday\n13800138002\n"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (CHINESE, "文件 {place} 不存在。\n"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "文件 {place} 不存在。\n"),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "en"}, "There is no file {place}.\n"),
        ({"LANG": "C"}, "There is no file {place}.\n"),
    ],
)
def test_a_refusal_with_a_value(tmp_path: Path, language: dict[str, str], sentence: str) -> None:
    place = tmp_path / "nothing.tar"
    done = lianyi(tmp_path / "home", "restore", str(place), **language)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", sentence.format(place=place))


def test_wrong_usage_with_a_list(home: Path) -> None:
    chinese = lianyi(home, "replay", "nix", **CHINESE)
    assert (chinese.returncode, chinese.stderr) == (
        2,
        "没有名为“nix”的投影。可用的有：identity、profiles、lifecycle、columns、scoring、segments、handover、arms、forms、surveys、gatherings、catalogue。\n",
    )
    english = lianyi(home, "replay", "nix", **ENGLISH)
    assert (english.returncode, english.stderr) == (
        2,
        "There is no projector 'nix'. "
        "There are identity, profiles, lifecycle, columns, scoring, segments, handover, arms, forms, surveys, "
        "gatherings, catalogue.\n",
    )


def test_a_refusal_with_a_next_step(home: Path) -> None:
    chinese = lianyi(home, "replay", "lake", **CHINESE)
    assert (chinese.returncode, chinese.stderr) == (1, "数据湖是原始记录，不能重建。请从备份恢复。\n")
    english = lianyi(home, "replay", "lake", **ENGLISH)
    assert (english.returncode, english.stderr) == (
        1,
        "The lake is the record and is not rebuilt. Restore it from a backup.\n",
    )


def test_options_that_do_not_go_together(tmp_path: Path) -> None:
    chinese = lianyi(tmp_path, "people", "unmerge", **CHINESE)
    assert (chinese.returncode, chinese.stderr) == (
        2,
        "请用 --merge 指明一次合并，或给出客户编号并用 --split 指明要拆出的身份。\n",
    )


def test_what_doctor_finds(tmp_path: Path) -> None:
    home = tmp_path / "new"
    chinese = lianyi(home, "doctor", **CHINESE, DATABASE_URL="mysql://x")
    assert chinese.returncode == 3
    lines = chinese.stdout.splitlines()
    assert lines[1] == f"· folders: {home} 尚不存在。运行 `lianyi up` 即可创建。"
    assert lines[4] == "· processes: 这里没有正在运行的实例。启动：lianyi up"
    assert lines[6] == ("✗ database: DATABASE_URL 不是 PostgreSQL 地址。请写成 postgres://user:password@host/name。")
    assert chinese.stderr == "有 1 件事需要您处理。\n"

    english = lianyi(home, "doctor", **ENGLISH, DATABASE_URL="mysql://x")
    assert english.returncode == 3
    assert english.stdout.splitlines()[6] == (
        "✗ database: DATABASE_URL is no PostgreSQL address. Write postgres://user:password@host/name."
    )

    home = tmp_path / "other"
    told = json.loads(lianyi(home, "doctor", "--json", **CHINESE).stdout)["findings"][1]
    assert told == {
        "name": "folders",
        "state": "note",
        "sentence": f"{home} 尚不存在。",
        "next_step": "运行 `lianyi up` 即可创建。",
    }


@pytest.mark.parametrize(
    ("language", "reasons", "counted"),
    [
        (CHINESE, ["“yesterday”不是日期。", "这一行有 1 个单元格，而表格有 3 列。"], "拒绝：date.unreadable，1 次。"),
        (
            ENGLISH,
            ["'yesterday' is no date.", "The row has 1 cell where there are 3 columns."],
            "Refused: date.unreadable, 1 time.",
        ),
    ],
)
def test_why_rows_were_refused(
    home: Path, tmp_path: Path, language: dict[str, str], reasons: list[str], counted: str
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    done = lianyi(home, "import", "people", str(file), "--json", **language)
    assert done.returncode == 3
    assert counted in done.stderr.splitlines()
    with Path(json.loads(done.stdout)["refused_file"]).open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["code"] for row in rows] == ["date.unreadable", "row.ragged"]
    assert [row["reason"] for row in rows] == reasons


def test_what_another_process_refuses(home: Path) -> None:
    """`up` prepares the database in a process of its own: its refusal travels as a template and values."""
    assert lianyi(home, "sign-in").returncode == 0  # which makes the first workspace
    done = lianyi(home, "up", "--workspace", "nix", **CHINESE)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "没有名为“nix”的工作区。\n")
