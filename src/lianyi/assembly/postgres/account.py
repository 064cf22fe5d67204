"""The operating system's account that the embedded PostgreSQL runs under.

PostgreSQL refuses to run as root, and many installations are root's. As root it runs under an unprivileged
account that keeps one capability, CAP_DAC_OVERRIDE, so that a home and a virtual environment below /root work
and no parent folder is ever chmodded. As anybody else it simply runs as that user.

Promises: what root makes in somebody's home belongs to that somebody, who can go on without root. In root's
own home the data belong to `lianyi` when there is such an account, else to `nobody`; they lie in a folder of
root's with mode 0700, which no other process of that account can enter.
"""

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

from lianyi.kernel.errors import Refused

_ACCOUNTS = ("lianyi", "nobody")


@dataclass(frozen=True)
class Account:
    """Who runs the server (`uid`), who owns the folders around it (`keeper`), what precedes a command."""

    uid: int
    gid: int
    keeper: tuple[int, int]
    prefix: tuple[str, ...]

    def give(self, path: Path) -> None:
        """Hands a file or folder that we just made to the keeper."""
        if os.geteuid() == 0:
            os.chown(path, *self.keeper, follow_symlinks=False)


def account_for(home: Path, data: Path) -> Account:
    """The account for a home; a data folder that exists keeps the account that made it."""
    if os.geteuid() != 0:
        me = (os.geteuid(), os.getegid())
        _check_known(me[0])
        return Account(*me, me, ())
    place = home.stat()
    keeper = (place.st_uid, place.st_gid)
    if data.exists():
        uid, gid = data.stat().st_uid, data.stat().st_gid
    elif place.st_uid != 0 and _name(place.st_uid):
        uid, gid = keeper
    else:
        uid, gid = _unprivileged()
    if uid == 0:
        raise Refused(
            "postgres.root_data",
            "{data} belongs to root, and PostgreSQL does not run as root.",
            "Give it to the account nobody: chown -R nobody: {data}",
            data=data,
        )
    return Account(uid, gid, keeper, _prefix(uid, gid))


def _prefix(uid: int, gid: int) -> tuple[str, ...]:
    setpriv = shutil.which("setpriv", path=f"{os.environ.get('PATH', '')}:/usr/bin:/bin:/usr/sbin")
    if setpriv is None:
        raise Refused(
            "postgres.setpriv",
            "As root, PostgreSQL is started with setpriv, which is missing.",
            "Install util-linux.",
        )
    return (
        setpriv,
        f"--reuid={uid}",
        f"--regid={gid}",
        "--clear-groups",
        # Without this bit access(2), which initdb asks, forgets the capability of a user other than root.
        "--securebits=+no_setuid_fixup",
        "--inh-caps=-all,+dac_override",
        "--ambient-caps=-all,+dac_override",
        "--",
    )


def _unprivileged() -> tuple[int, int]:
    for name in _ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise Refused(
        "postgres.account",
        "As root, PostgreSQL runs under the account lianyi or nobody, and this machine has neither.",
        "Make one: useradd --system lianyi",
    )


def _name(uid: int) -> str | None:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None


def _check_known(uid: int) -> None:
    if _name(uid) is None:
        raise Refused(
            "postgres.account",
            "The user id {uid} has no account on this machine, and PostgreSQL needs one.",
            "Make one: useradd --uid {uid} lianyi",
            uid=uid,
        )
