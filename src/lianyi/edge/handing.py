"""What came with a submission, files and all: read, judged, and put where it stays before anything is said of it."""

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from lianyi.edge.form_calls import texts_of
from lianyi.edge.http import Receive, Scope, read_body
from lianyi.edge.uploads import TEXT_BYTES, Body, has_files, read_files
from lianyi.growth.forms.fields import File
from lianyi.growth.forms.guarding import Issue
from lianyi.growth.forms.handing import KEPT, folder_in, judged, keep, kept, place_in
from lianyi.growth.forms.schemas import Handed
from lianyi.growth.forms.serving import Served
from lianyi.kernel.durable import sync


class Came(NamedTuple):
    """What was sent: texts by name, and the body with its files where it had any."""

    texts: dict[str, list[str]]
    body: Body | None


class Files:
    """Keeps the files of visitors."""

    def __init__(self, secret: bytes, home: Path) -> None:
        self._secret, self._home = secret, home

    async def read(self, scope: Scope, receive: Receive, served: Served) -> Came:
        """The body of a submission. BadBody where it is none."""
        limits = {field.key: field.most_bytes for field in _fields(served)}
        if not limits or not has_files(scope):
            return Came(texts_of(scope, await read_body(scope, receive, TEXT_BYTES)), None)
        body = await read_files(scope, receive, folder_in(self._home, served.workspace), limits)
        return Came(body.texts, body)

    async def handed(self, served: Served, issue: Issue | None, came: Came) -> dict[str, Handed]:
        """The files by the keys of their fields: those that came, and those that came before with the same page."""
        found: dict[str, Handed] = {}
        for field in _fields(served):
            one = came.body.files.get(field.key) if came.body else None
            if one is not None:
                found[field.key] = await asyncio.to_thread(judged, one.path, one.name, one.id)
                continue
            token = (came.texts.get(KEPT + field.key) or [""])[0]
            before = kept(self._secret, token, served.address, issue.nonce, field.key, time.time()) if issue else None
            if before is not None:
                found[field.key] = before
        return found

    async def put(self, served: Served, came: Came, handed: Mapping[str, Handed], wrong: Collection[str]) -> None:
        """Puts what came and is right into its place, on disk, and removes all else that came."""
        if came.body is None:
            return
        right = {one.file for key, one in handed.items() if key not in wrong}
        await asyncio.to_thread(self._put, served.workspace, came.body, right)

    def carried(
        self, served: Served, issue: Issue, handed: Mapping[str, Handed], wrong: Collection[str]
    ) -> dict[str, tuple[str, str]]:
        """What the page carries of files that came already: their names, and words for them."""
        until = int(time.time()) + served.definition.guard.hours * 3600
        right = {key: one for key, one in handed.items() if key not in wrong}
        return {
            key: (one.name, keep(self._secret, served.address, issue.nonce, key, one, until))
            for key, one in right.items()
        }

    def _put(self, workspace: int, body: Body, right: Collection[str]) -> None:
        body.drop(but=right)
        for one in body.files.values():
            if one.id in right:
                place = place_in(self._home, workspace, one.id)
                place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                one.path.replace(place)
                for folder in place.parents[:3]:
                    sync(folder)


def _fields(served: Served) -> Sequence[File]:
    return [field for field in served.definition.fields if isinstance(field, File)]
