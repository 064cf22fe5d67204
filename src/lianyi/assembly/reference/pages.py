"""Each page as text: verbs, settings, abilities and roles, events, operations of the API."""

import inspect
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any

from django.utils.translation import gettext_noop as _

from lianyi.assembly.reference.properties import rows as properties
from lianyi.assembly.reference.rules import page as rules
from lianyi.assembly.reference.words import both, both_of, chinese, table

_HEAD = "<!-- Written by `make reference`; change what it is written from. -->\n"
_COMMON = {"--workspace", "--json", "--help"}
_COLUMNS = {
    "batch": _("number of the batch; with `position` the order of all events"),
    "position": _("place in its batch, from 0"),
    "id": _("16 bytes: the sender's message id, digested"),
    "name": _("as it was sent"),
    "occurred_at": _("when, in µs since 1970, UTC"),
    "received_at": _("when it came, in µs since 1970, UTC"),
    "identity": _("number of whom it is about; 0: nobody"),
    "channel": _("channel of its source; null when it states none"),
    "medium": _("medium of its source; null when it states none"),
    "campaign": _("campaign of its source; null when it states none"),
    "code": _("channel code of its source; null when it states none"),
    "machine": _("whether a program did it"),
    "form": _("segment, sensors or own"),
    "key": _("number of the write key; 0: our own"),
    "trusted": _("whether its sender may vouch for identities"),
    "scope": _("what its ids are unique in"),
    "origin": _("who states its facts"),
    "raw": _("the event's JSON, whole"),
}


def cli() -> str:
    """Every verb of the command line."""
    from lianyi.assembly.main import VERBS_HERE
    from lianyi.cli.registry import VERBS
    from lianyi.cli.root import Root

    root = Root({**VERBS_HERE, **VERBS})
    parts = [
        f"{_HEAD}# The command line 命令行\n",
        "Every verb takes `--workspace SLUG` and `--json` (one object; lists as one object per line). Data goes to "
        "stdout, all else to stderr. Exit codes: 0 done, 1 refused, 2 usage, 3 done in part or differences found, "
        "4 broken, 130 interrupted.\n",
        "每个命令都可以加 `--workspace` 和 `--json`（列表每行一个对象）。数据写到 stdout，其余写到 stderr。"
        "退出码：0 完成，1 被拒绝，2 用法错误，3 部分完成或有差异，4 故障，130 被中断。\n",
    ]
    for name in root.list_commands(None):
        parts += _verb(f"lianyi {name}", root.get_command(None, name), "##")
    return "\n".join(parts)


def _verb(path: str, command: Any, level: str) -> Iterator[str]:
    children = getattr(command, "commands", None)
    yield f"{level} {path}\n"
    yield f"{_paragraphs(command.help or '')}\n"
    if children:
        for name, child in children.items():
            yield from _verb(f"{path} {name}", child, level + "#")
        return
    said = [one for one in command.params if not (_COMMON & set(one.opts) or one.hidden)]
    arguments = [one for one in said if one.param_type_name == "argument"]
    words = [path, *map(_word, arguments), *(["[options]"] if len(said) > len(arguments) else [])]
    yield f"```\n{' '.join(words)}\n```\n"
    if said:
        yield table(["", ""], [[f"`{_name(one)}`{_default(one)}", both(_plain(one.help or ""))] for one in said])


def _word(one: Any) -> str:
    word = one.name.upper() + ("…" if one.nargs == -1 else "")
    return word if one.required else f"[{word}]"


def _name(one: Any) -> str:
    return one.name.upper() if one.param_type_name == "argument" else ", ".join([*one.opts, *one.secondary_opts])


def _default(one: Any) -> str:
    kind = one.type_descriptor.annotation
    choices = [str(each.value) for each in kind] if isinstance(kind, type) and issubclass(kind, Enum) else []
    shown = one.default.value if isinstance(one.default, Enum) else one.default
    given = isinstance(shown, str | int | float) and not isinstance(shown, bool) and shown != ""
    needed = one.required and one.param_type_name == "option"
    return "".join(
        [
            f" {one.metavar}" if one.metavar and not choices and one.metavar != one.name.upper() else "",
            f" {' or '.join(choices)}" if choices else "",
            f" = {shown}" if given else "",
            " (required)" if needed else "",
        ]
    )


def _plain(text: str) -> str:
    return " ".join(inspect.cleandoc(text).split())


def _paragraphs(english: str) -> str:
    text = _plain(english)
    there = chinese(text)
    return f"{text}\n\n{there}" if there else text


def settings() -> str:
    """The environment variables."""
    from lianyi.assembly import environment

    told = inspect.cleandoc(environment.__doc__ or "")
    rows = re.findall(r"^\| ([A-Z_]+) \| (.+?) \| (.+) \|$", told, re.MULTILINE)
    return "\n".join(
        [
            f"{_HEAD}# Settings 设置\n",
            "An installation is set up by environment variables, read when a process starts; every verb reads the "
            "same ones. Nothing else is a setting of the installation: what belongs to a brand is in its workspace.\n",
            "安装通过环境变量设置，进程启动时读取；每个命令读取同样的变量。品牌自己的设置在工作区里。\n",
            table(
                ["variable 变量", "default 默认值", "meaning 含义"],
                [[f"`{name}`", both(default), both(said)] for name, default, said in rows],
            ),
        ]
    )


def roles() -> str:
    """Abilities, the scopes of tokens, and which role has which."""
    from lianyi.foundation.access.schemas import ABILITIES, SAID, Ability, Role
    from lianyi.web.members import ROLES

    rows = [
        [f"`{one.value}`", both(str(SAID[one])), *("●" if one in ABILITIES[role] else "" for role in Role)]
        for one in Ability
    ]
    head = [both_of(ROLES[one.value]) for one in Role]
    return "\n".join(
        [
            f"{_HEAD}# Abilities and roles 权限与角色\n",
            "What a member may do in a workspace is what their role has. The same words are the scopes of an API "
            "token, which may do what its scopes say, as far as its maker's role reaches at that moment.\n",
            "成员在工作区里能做什么取决于角色。API 令牌的范围用同样的词，并且不超过创建者当前的角色。\n",
            table(["", "", *head], rows),
        ]
    )


def events() -> str:
    """Names of events that mean something, and the columns of the lake."""
    from lianyi.events.catalogue import ORDERS, REFUNDS
    from lianyi.events.catalogue.words import EVENTS
    from lianyi.events.lake.schemas import COLUMNS
    from lianyi.insight.funnel.schemas import Step
    from lianyi.insight.funnel.steps import DEFAULT_STEPS
    from lianyi.web.labels import JSON_TYPES, STEPS

    def facts(name: str) -> str:
        return "order" if name in ORDERS else "refund" if name in REFUNDS else ""

    def types(names: str) -> str:
        return " / ".join(both_of(JSON_TYPES[name]) for name in names.split())

    names = list(dict.fromkeys([*EVENTS, *DEFAULT_STEPS, *sorted(ORDERS | REFUNDS)]))
    names.sort(key=lambda one: (one not in DEFAULT_STEPS, DEFAULT_STEPS.get(one, Step.SHARE), one))
    rows = []
    for name in names:
        step = both_of(STEPS[DEFAULT_STEPS[name].label]) if name in DEFAULT_STEPS else ""
        rows.append([f"`{name}`", both_of(EVENTS[name]) if name in EVENTS else "", step, facts(name)])
    return "\n".join(
        [
            f"{_HEAD}# Events 事件\n",
            "An event may have any name. These mean something: they count for a step of AISAS unless the workspace "
            "says otherwise (Settings → Funnel), or state facts that are kept. Names with a dot are Lianyi's own; a "
            "sender who uses one is refused.\n",
            "事件可以叫任何名字。下面这些有含义：默认计入 AISAS 的某个环节（可在“设置 → 漏斗”修改），"
            "或陈述会被保存的事实。带点的名字属于涟漪自己，发送方使用会被拒绝。\n",
            table(["name 名称", "", "step 环节", "facts 事实"], rows),
            "## Properties 属性\n",
            "An event may have any properties: they are kept with it, and the catalogue of events shows which came. "
            "These mean something; of several names the first that is there counts.\n",
            "事件可以带任何属性：都会随事件保存，事件目录会列出收到过哪些。下面这些有含义；列出多个名称时，以最先出现的为准。\n",
            table(
                ["event 事件", "property 属性", "type 类型", "meaning 含义"],
                [
                    [events, ", ".join(f"`{name}`" for name in one.names), types(one.type), both(one.meaning)]
                    for events, one in properties()
                ],
            ),
            "## A row of the lake 数据湖的一行\n",
            "The record of all events is a Delta table for each workspace, `lake/<workspace>/events`. Columns are only "
            "ever added.\n",
            "全部事件都记录在每个工作区的一张 Delta 表里：`lake/<工作区>/events`。列只增不减。\n",
            table(
                ["column 列", "type 类型", "meaning 含义"],
                [[f"`{name}`", kind, both(_COLUMNS[name])] for name, kind in COLUMNS.items()],
            ),
        ]
    )


def api() -> str:
    """The operations by section; what goes in and comes out is in openapi.json."""
    import json

    from lianyi.api.app import description
    from lianyi.api.operations import SECTIONS

    found: dict[str, list[list[str]]] = defaultdict(list)
    for path, methods in json.loads(description())["paths"].items():
        for method, one in methods.items():
            english, _, there = one["description"].partition("\n\n")
            ability = f"`{one['x-ability']}`" if one["x-ability"] else ""
            place = f"`{method.upper()} {path.removeprefix('/api/v1')}`"
            found[one["tags"][0]].append([place, f"{english} {there}".strip(), ability])
    parts = [
        f"{_HEAD}# Operations of the API 接口操作\n",
        "All under `/api/v1`; the last column is the scope that a token needs. Bodies, answers and examples are in "
        "[openapi.json](openapi.json), which is also served at `/api/v1/openapi.json`; how to call it is told in "
        "[Call the API](../how-to/api.md).\n",
        "全部位于 `/api/v1` 之下，最后一列是令牌需要的范围。请求、应答与示例见 [openapi.json](openapi.json)。\n",
    ]
    for section in SECTIONS:
        parts += [f"## {section.tag}\n", f"{section.about}\n", table(["", "", "scope"], found[section.tag])]
    return "\n".join(parts)


PAGES: dict[str, Callable[[], str]] = {
    "cli": cli,
    "settings": settings,
    "roles": roles,
    "events": events,
    "rules": rules,
    "api": api,
}
