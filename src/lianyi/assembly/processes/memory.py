"""How much memory an installation takes: PSS, in which a page that n processes share counts 1/n for each."""

from collections.abc import Iterable
from pathlib import Path

from lianyi.assembly.postgres import EmbeddedPostgres


def installation_pids(home: Path, supervisor: int | None) -> list[int]:
    """Every process of a home: the supervisor, all below it, and PostgreSQL's."""
    found = set(EmbeddedPostgres(home).pids())
    if supervisor is not None:
        found |= set(tree(supervisor))
    return sorted(found)


def pss(pids: Iterable[int]) -> dict[int, int]:
    """Bytes by process. A process that has ended, or that we may not look into, is left out."""
    found = {}
    for pid in pids:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        found[pid] = sum(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))
    return found


def tree(root: int) -> list[int]:
    """`root` and every process below it."""
    below: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (parent := _parent(entry / "stat")) is not None:
            below.setdefault(parent, []).append(int(entry.name))
    found, rest = [], [root]
    while rest:
        pid = rest.pop()
        found.append(pid)
        rest += below.get(pid, [])
    return found


def _parent(stat: Path) -> int | None:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None
