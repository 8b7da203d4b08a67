"""Files that are written whole or not at all."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


class ReportUnwritable(Exception):  # noqa: N818  # the CLI words it
    """The report folder cannot be written to; the message is one sentence."""


def replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        ReportUnwritable: its folder can no longer be written to.

    """
    replace_all({path: content})


def replace_all(contents: Mapping[Path, bytes]) -> None:
    """Write all files under other names, and rename them once all of them are whole.

    Raises:
        ReportUnwritable: a folder cannot be written to.

    """
    unfinished: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            with told(path):
                handle, name = tempfile.mkstemp(dir=path.parent, prefix=".report-")
                unfinished[path] = Path(name)
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                unfinished[path].chmod(0o644)
        for path, whole in unfinished.items():
            with told(path):
                whole.replace(path)
    finally:
        for left in unfinished.values():
            left.unlink(missing_ok=True)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Say in a sentence what cannot be written.

    Raises:
        ReportUnwritable: it cannot.

    """
    try:
        yield
    except OSError as problem:
        raise ReportUnwritable(
            f"{path} cannot be written: {problem.strerror}. Make room, or name another folder."
        ) from problem
