"""A lake on S3, read and written by the client that writes the Delta log, and set up by the same AWS_* variables.

For pyarrow it is a file system whose paths lie below an address; for DuckDB, whose own client is a download, the one
file system by which it reaches whatever begins with `s3://`.
"""

from datetime import UTC, datetime
from functools import cache
from typing import Any


@cache
def filesystem(uri: str) -> Any:
    """A prefix of a bucket as a file system of pyarrow."""
    from deltalake.fs import DeltaStorageHandler
    from pyarrow import PythonFile
    from pyarrow.fs import PyFileSystem

    class Handler(DeltaStorageHandler):
        def open_output_stream(self, path: str, metadata: dict[str, str] | None = None) -> Any:
            return PythonFile(_Sink(self._handler.open_output_stream(path, metadata)), mode="w")

    return PyFileSystem(Handler(uri))


class _Sink:
    """A file that is written from start to end. It is there once it is closed."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._position = 0
        self.closed = False

    def write(self, data: Any) -> int:
        """All of it, whatever kind of bytes it is: the client takes no other than Python's own."""
        plain = bytes(data)
        self._raw.write(plain)
        self._position += len(plain)
        return len(plain)

    def tell(self) -> int:
        return self._position

    def flush(self) -> None:
        """Nothing is kept back here."""

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self._raw.close()


@cache
def duckdb_files() -> Any:
    """What DuckDB's connections reach S3 by."""
    from fsspec import AbstractFileSystem

    class Files(AbstractFileSystem):  # type: ignore[misc]
        protocol = "s3"
        cachable = False

        def _open(self, path: str, mode: str = "rb", **_: Any) -> Any:
            if mode != "rb":
                raise PermissionError(f"{path} is only read")
            place, name = _parted(path)
            return place.open_input_file(name)

        def info(self, path: str, **_: Any) -> dict[str, Any]:
            place, name = _parted(path)
            found = place.get_file_info(name)
            if not found.is_file:
                raise FileNotFoundError(path)
            return {"name": path, "size": found.size, "type": "file"}

        def modified(self, path: str) -> datetime:
            del path
            return datetime(2000, 1, 1, tzinfo=UTC)  # never again under its name

        def glob(self, path: str, **_: Any) -> list[str]:
            return [path]  # the Delta log lists names, never patterns

    return Files()


def _parted(path: str) -> tuple[Any, str]:
    folder, _, name = path.rpartition("/")
    return filesystem(folder if folder.startswith("s3://") else f"s3://{folder}"), name
