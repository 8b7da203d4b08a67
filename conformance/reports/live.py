"""What a run is waiting for, drawn over itself and gone at the end."""

import threading
from types import TracebackType
from typing import Final, Self

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from conformance.reports.printable import printable

LINES: Final = 6


class LiveProgress:
    """Shows the running scenarios on a terminal; on anything else it shows nothing."""

    def __init__(self, console: Console, total: int) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, str] = {}
        self._total = total
        self._done = 0
        self._stopping = False
        self._live = Live(
            console=console,
            transient=True,
            refresh_per_second=8,
            get_renderable=self._drawn,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._shown = console.is_terminal

    def __enter__(self) -> Self:
        if self._shown:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._shown:
            self._live.stop()

    def started(self, scenario_name: str) -> None:
        """Show a scenario that has begun."""
        self.waiting(scenario_name, "")

    def waiting(self, scenario_name: str, what: str) -> None:
        """Show what a scenario waits for."""
        with self._lock:
            self._waiting[scenario_name] = what

    def finished(self, scenario_name: str) -> None:
        """Count a scenario that has ended."""
        with self._lock:
            self._waiting.pop(scenario_name, None)
            self._done += 1

    def stopping(self) -> None:
        """Show that the run ends what has begun, and what ends it at once."""
        self._stopping = True

    def _drawn(self) -> Group:
        with self._lock:
            waiting = list(self._waiting.items())
            done = self._done
        lines = [f"{done} of {self._total} scenarios done"]
        if not (waiting or done):
            lines = ["asking the server whether it can be judged"]
        if self._stopping:
            lines = [f"stopping, {len(waiting)} under way end first; Ctrl-C again ends at once"]
        lines += [
            f"  {f'waits for {what} · ' if what else ''}{name.replace('_', ' ')}"
            for name, what in waiting[:LINES]
        ]
        return Group(
            *(Text(printable(line), "dim", no_wrap=True, overflow="ellipsis") for line in lines)
        )
