"""Where a workspace's table lies, a folder of this machine or a prefix of an S3 bucket, and the data files in
it.
"""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lianyi.events.lake.bucket import filesystem
from lianyi.kernel.durable import make_durable
from lianyi.kernel.errors import Refused

_SUFFIX = ".parquet"
# Behind the name of the data file that a file belongs to
INDEX_SUFFIX = ".ids"  # see `seen`
SHEET_SUFFIX = ".sheet"  # see `sheets`
_BESIDE = (INDEX_SUFFIX, SHEET_SUFFIX)


@dataclass(frozen=True)
class Place:
    """The address of one table. S3's credentials and endpoint come from the AWS_* variables of the
    environment.
    """

    uri: str  # absolute folder, or s3://bucket/prefix

    @property
    def local(self) -> bool:
        """Whether files can be reached by path."""
        return not self.uri.startswith("s3://")

    def address(self, path: str) -> str:
        """The address of a file that the table lists as `path`."""
        return f"{self.uri}/{path}"

    def source(self, path: str) -> Any:
        """What pyarrow reads the file from."""
        return self.address(path) if self.local else filesystem(self.uri).open_input_file(path)

    def sink(self, path: str) -> Any:
        """What pyarrow writes the new file to; `end` it."""
        return self.address(path) if self.local else filesystem(self.uri).open_output_stream(path)

    def end(self, sink: Any) -> None:
        """Ends what was written to a sink: only then the file is there."""
        if not self.local:
            sink.close()

    def keep(self, path: str) -> int:
        """Returns the size of a file once it is on disk for good."""
        if self.local:
            make_durable(Path(self.address(path)))
            return Path(self.address(path)).stat().st_size
        return int(filesystem(self.uri).get_file_info(path).size)

    def data_files(self) -> set[str]:
        """The data files that are there, whether or not the table lists them."""
        if self.local:
            with os.scandir(self.uri) as entries:
                return {entry.name for entry in entries if entry.name.endswith(_SUFFIX)}
        from pyarrow.fs import FileSelector

        found = filesystem(self.uri).get_file_info(FileSelector("", allow_not_found=True))
        return {info.base_name for info in found if info.base_name.endswith(_SUFFIX)}

    def delete(self, paths: Iterable[str]) -> None:
        """Deletes data files; one that is gone already is no error."""
        for path in paths:
            if self.local:
                for suffix in ("", *_BESIDE):
                    Path(self.address(path + suffix)).unlink(missing_ok=True)
            elif path in self.data_files():
                filesystem(self.uri).delete_file(path)

    def delete_strays(self) -> None:
        """Deletes what stood beside data files that are gone, and what a process that is no more had not finished."""
        if not self.local:
            return
        names = {entry.name for entry in os.scandir(self.uri) if entry.is_file()}
        for name in names:
            for suffix in _BESIDE:
                data, beside, process = name.partition(suffix)
                unfinished = bool(process) and not Path(f"/proc{process.replace('.', '/')}").exists()
                if beside and (data not in names or unfinished):
                    Path(self.address(name)).unlink(missing_ok=True)

    def free_bytes(self) -> int | None:
        """Room left on the disk; None where there is no such bound."""
        return shutil.disk_usage(self.uri).free if self.local else None


def place_of(root: str, workspace: int | str) -> Place:
    """The table of `workspace` under the lake root, which is a folder or an s3:// address."""
    name = str(workspace)
    if not name or "/" in name or name.startswith("."):
        raise Refused("lake.workspace", "{name!r} cannot name a folder of the lake.", name=name)
    if "://" in root:
        if not root.startswith("s3://"):
            raise Refused(
                "lake.address",
                "{root!r} is no address the lake knows.",
                "Name a folder or s3://bucket/prefix.",
                root=root,
            )
        return Place(f"{root.rstrip('/')}/{name}/events")
    return Place(str(Path(root).absolute() / name / "events"))
