"""What has become of a task of a CI job, and the public word for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from conformance.judge import Exit

Task = Literal["run", "review"]
WORDS: Final[Mapping[int, str]] = {
    Exit.FINE: "pass",
    Exit.FAILED: "fail",
    Exit.USAGE: "usage",
    Exit.UNREACHABLE: "unreachable",
    Exit.NOT_VERIFIED: "not_verified",
    Exit.WAIVER: "waiver",
    Exit.HARNESS: "harness_error",
    Exit.NOTHING_RAN: "nothing_judged",
    Exit.INTERRUPTED: "interrupted",
}
REVIEW_WORDS: Final[Mapping[int, str]] = {
    Exit.FINE: "pass",
    Exit.FAILED: "fail",
    Exit.USAGE: "usage",
    Exit.UNREACHABLE: "side_unusable",
    Exit.WAIVER: "approval",
    Exit.HARNESS: "harness_error",
    Exit.NOTHING_RAN: "nothing_judged",
    Exit.INTERRUPTED: "interrupted",
}
BY_TASK: Final[Mapping[Task, Mapping[int, str]]] = {"run": WORDS, "review": REVIEW_WORDS}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has become of a task.

    Attributes:
        code: the exit code of the job.
        said: what it means, or why there is no report.
        task: what was asked for.
        annotations: lines for GitHub's runner.
        summary: the report in Markdown; "" where this task wrote none.
        comment: the same for a comment, where it is not the same.
        quiet: whether it is worth no comment of its own, though it renews one that is there.

    """

    code: int
    said: str = ""
    task: Task = "run"
    annotations: tuple[str, ...] = ()
    summary: str = ""
    comment: str = ""
    quiet: bool = False

    @property
    def word(self) -> str:
        """The verdict in one public word."""
        return BY_TASK[self.task][self.code]
