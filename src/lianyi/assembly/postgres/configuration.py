"""The settings of the embedded PostgreSQL: two cores, a small share of memory, and commits that are on disk.

Both files are written at each start, so that a new version brings its own settings. What an operator wants
otherwise goes into `custom.conf` beside the data folder, which is read last and never written.
Promises: no TCP port, and no statement, parameter or row of a person in the server's log.
"""

from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

CUSTOM = "custom.conf"

_SETTINGS: dict[str, str | int] = {
    # Only the socket, whose folder only its owner can enter.
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": 40,
    # Memory. The wheels have no LLVM; huge pages are rarely free on a small machine.
    "shared_buffers": "128MB",
    "huge_pages": "off",
    "jit": "off",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "autovacuum_work_mem": "64MB",
    "effective_cache_size": "1GB",
    # Two cores.
    "max_worker_processes": 4,
    "max_parallel_workers": 2,
    "max_parallel_workers_per_gather": 1,
    "max_parallel_maintenance_workers": 1,
    "autovacuum_max_workers": 2,
    "max_logical_replication_workers": 0,
    "random_page_cost": "1.1",
    # Intake commits in groups of its own, so commits are few and large; checkpoints are rare and slow.
    "wal_level": "minimal",
    "max_wal_senders": 0,
    "wal_buffers": "16MB",
    "min_wal_size": "128MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "timezone": "UTC",
    "lc_messages": "C",
    # The log: what the operator must know, never what somebody wrote or searched for.
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": 0,
    "log_checkpoints": "off",
}

# pg_hba.conf: the folder of the socket is the door.
HBA = "# Written by Lianyi at each start.\nlocal all all trust\n"


def cluster_name(data: Path) -> str:
    """The name that stands in the title of each of the server's processes; one per data folder.

    The same path may be another folder in another container, so the folder's own number is a part of it.
    """
    folder = f"{data.parent.stat().st_ino}:{data}"
    return f"lianyi-{blake2b(folder.encode(), digest_size=6).hexdigest()}"


def configuration(major: int, data: Path, sockets: Path, more: Mapping[str, str]) -> str:
    """The text of postgresql.conf; `more` goes over our own settings."""
    settings: dict[str, str | int] = {
        **_SETTINGS,
        "cluster_name": cluster_name(data),
        "unix_socket_directories": _listed(sockets),
        **({"io_method": "sync"} if major >= 18 else {}),  # spares three processes
        **more,
    }
    lines = [f"# Written by Lianyi at each start; settings of your own go into {CUSTOM} beside this folder."]
    lines += [f"{name} = {_quoted(str(value))}" for name, value in settings.items()]
    if (data.parent / CUSTOM).exists():
        lines.append(f"include_if_exists = '../{CUSTOM}'")
    return "\n".join([*lines, ""])


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _listed(folder: Path) -> str:
    """One entry of a comma-separated list of folders."""
    return '"' + str(folder).replace('"', '""') + '"'
