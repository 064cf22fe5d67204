"""A row of bench.json, and how rows are shown."""

import os
import platform
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def machine() -> str:
    """Cores, memory and processor, in a few words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {model}"


def row(
    name: str,
    group: str,
    value: float,
    unit: str,
    *,
    size: str,
    limit: float | None = None,
    better: str = "higher",
    peer: str = "",
    peer_value: float | None = None,
) -> Row:
    """One measurement. `holds` is whether `value` is on the right side of `limit`; None without a limit."""
    holds = None if limit is None else (value >= limit if better == "higher" else value <= limit)
    ratio = None if not peer_value else (value / peer_value if better == "higher" else peer_value / value)
    return {
        "name": name,
        "group": group,
        "value": round(value, 4),
        "unit": unit,
        "limit": limit,
        "better": better,
        "holds": holds,
        "size": size,
        "machine": machine(),
        "peer": peer or None,
        "peer_value": None if peer_value is None else round(peer_value, 4),
        "ratio": None if ratio is None else round(ratio, 2),
    }


def shown(rows: list[Row]) -> str:
    """The rows as a table of text."""
    head = ("group", "what", "value", "unit", "limit", "holds", "peer", "ratio", "size")
    lines = [head] + [
        (
            one["group"],
            one["name"],
            f"{one['value']:,.4g}" if abs(one["value"]) < 100 else f"{one['value']:,.0f}",
            one["unit"],
            "" if one["limit"] is None else f"{'≥' if one['better'] == 'higher' else '≤'} {one['limit']:,g}",
            {None: "", True: "yes", False: "NO"}[one["holds"]],
            "" if one["peer_value"] is None else f"{one['peer_value']:,.4g}",
            "" if one["ratio"] is None else f"{one['ratio']:,.2f}×",
            one["size"],
        )
        for one in rows
    ]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
