"""Files of a contract in a git revision."""

from contextlib import suppress
from pathlib import Path
from typing import IO, Final, Self

from conformance.review import git
from conformance.review.reading import MOST_BYTES, too_large
from conformance.review.refused import ReferenceRefused, RevisionUnreadable

SHORT: Final = 7


class Revision:
    """The files of a commit, read through one process of git. Close it.

    Attributes:
        commit: its whole hash.

    """

    def __init__(self, repository: Path, commit: str) -> None:
        """Start git.

        Raises:
            RevisionUnreadable: it cannot be started.

        """
        self.commit = commit
        self._repository = repository
        self._git = git.start(repository, "cat-file", "--batch", "--follow-symlinks")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._git.kill()
        self._git.communicate()

    def read(self, path: str) -> bytes | None:
        """Return the content of a file; None where there is none.

        Raises:
            ReferenceRefused: it lies outside, or in another repository.
            SideUnreadable: it is too large.

        """
        _refuse_outside(path)
        if "\n" in path:
            return None
        answer, header = self._header(path)
        if header[-1] == b"missing":
            self._refuse_submodule(path)
            return None
        size = int(header[-1])
        if header[0] in {b"symlink", b"dangling", b"loop", b"notdir"}:
            answer.read(size + 1)
            if header[0] == b"notdir":
                return None
            raise ReferenceRefused(f"{path} is a symbolic link that leads to no file of {self}.")
        if size > MOST_BYTES:
            raise too_large(path, size)
        content = answer.read(size + 1)[:-1]
        return content if header[1] == b"blob" else None

    def names(self, folder: str) -> tuple[str, ...] | None:
        """Return the names in a folder, sorted; None where there is no such folder."""
        _refuse_outside(folder)
        where = "" if folder in {"", "."} else folder
        listed = git.ask(
            self._repository,
            "ls-tree",
            "--full-tree",
            "-z",
            "--name-only",
            f"{self.commit}:{where}",
        )
        return None if listed is None else tuple(sorted(filter(None, listed.split("\0"))))

    def __str__(self) -> str:
        return f"revision {self.commit[:SHORT]}"

    def _header(self, path: str) -> tuple[IO[bytes], list[bytes]]:
        """Ask for a file; return the pipe of the answer and the words of its first line."""
        question, answer = self._git.stdin, self._git.stdout
        line = b""
        if question is not None and answer is not None:
            with suppress(BrokenPipeError):
                question.write(f"{self.commit}:{path}\n".encode("utf-8", "surrogateescape"))
                question.flush()
                line = answer.readline()
        if answer is None or not line:
            raise RevisionUnreadable(
                f"git cannot give {path} of {self}. If this clone is partial, fetch it whole."
            )
        return answer, line.rstrip(b"\n").split(b" ")

    def _refuse_submodule(self, path: str) -> None:
        steps = path.split("/")
        for end in range(1, len(steps) + 1):
            step = "/".join(steps[:end])
            listed = git.ask(self._repository, "ls-tree", "--full-tree", self.commit, step)
            if not listed:
                return
            if listed.split(" ")[1] == "commit":
                raise ReferenceRefused(
                    f"{path} lies in the submodule {step}, whose files are not in {self}."
                )


def _refuse_outside(path: str) -> None:
    if path.startswith(("/", "../")) or path == "..":
        raise ReferenceRefused(
            f"{path} lies outside of the repository, and a revision holds nothing else."
        )
