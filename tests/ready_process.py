"""`ackproof` as processes that are forked from one that has loaded it already.

To load the command takes far longer than most red states last. What is forked is a process of its
own: it reads its own arguments, writes to its own streams and ends as the interpreter ends it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

NOTHING: Mapping[str, str] = {}
Done = subprocess.CompletedProcess[str]


class Ready:
    """A loaded process that waits for arguments."""

    def __init__(self, asked: IO[str], told: IO[str]) -> None:
        self._asked, self._told = asked, told

    def run(
        self,
        *arguments: str,
        folder: Path,
        stdout: Path | None = None,
        variables: Mapping[str, str] = NOTHING,
    ) -> Done:
        """Run the command in a folder; its output goes to files beside that, or elsewhere."""
        outputs = [stdout or folder.with_name("stdout"), folder.with_name("stderr")]
        environ = {**os.environ, **variables}
        order = {"arguments": arguments, "folder": folder, "environ": environ, "outputs": outputs}
        print(json.dumps(order, default=str), file=self._asked, flush=True)
        code = int(self._told.readline())
        texts = [one.read_text(encoding="utf-8") if one.is_file() else "" for one in outputs]
        return Done(arguments, code, *texts)


@contextmanager
def ready() -> Iterator[Ready]:
    """Load the command in a process, which ends with the context."""
    with subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Ready(process.stdin, process.stdout)
        process.stdin.close()


def fork_for_each_line() -> None:
    """Fork for each order on stdin, wait, and print the exit code; return in the child, too."""
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            become(json.loads(line))
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  # the answer


def become(order: Mapping[str, Any]) -> None:
    """Be the command, to the end of the process."""
    from conformance.cli import main  # noqa: PLC0415  # loaded already

    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environ"])
    places = [(os.devnull, os.O_RDONLY)]
    places += [(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for path in order["outputs"]]
    for descriptor, (path, flags) in enumerate(places):
        os.dup2(os.open(path, flags, 0o644), descriptor)
    sys.argv = ["ackproof", *order["arguments"]]
    main()


if __name__ == "__main__":
    from conformance import command_review, command_run, failures  # noqa: F401  # all that is loaded

    fork_for_each_line()
