"""What a CI job says: one environment variable for each input. No shell ever reads their text."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conformance.ci.outcome import Task

PREFIX: Final = "INPUT_"
REPORT_DIR: Final = "--report-dir"
TRUTHS: Final = {"true": True, "false": False}
OF_A_RUN: Final = ("PROFILES",)
OF_A_REVIEW: Final = ("BASE", "POLICY", "APPROVALS")


class InputsUnusable(Exception):  # noqa: N818  # it becomes the job's verdict
    """An input is none; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the step is asked for.

    Attributes:
        task: the command of the kit.
        arguments: that command, and its own.
        base: of a review; "" for what the CI server tells.
        folder: where the report goes.
        name: tells this use of the step from others on one pull request.
        comment: whether the report is also a comment on the pull request.
        token: what the comment is written with; "" without one.

    """

    task: Task
    arguments: tuple[str, ...]
    base: str
    folder: Path
    name: str
    comment: bool
    token: str

    @property
    def key(self) -> str:
        """What tells the comment from others: a run and a review of one name are two."""
        return self.name if self.task == "run" else f"{self.task}\0{self.name}"


def inputs_of(environment: Mapping[str, str]) -> Inputs:
    """Read the inputs.

    Raises:
        InputsUnusable: one of them has no meaning, or says what another one says.

    """
    given = {name: environment.get(PREFIX + name, "").strip() for name in _names()}
    further = _lines(environment.get(f"{PREFIX}ARGUMENTS", ""))
    _refuse(given, further)
    task: Task = "review" if given["REVIEW"] else "run"
    arguments = _of_review(given) if task == "review" else _of_run(given)
    return Inputs(
        task,
        (task, *arguments, *further),
        given["BASE"],
        Path(given["REPORT_DIR"]),
        given["NAME"] or "ackproof",
        TRUTHS.get(given["COMMENT"], task == "review"),
        given["GITHUB_TOKEN"],
    )


def _names() -> tuple[str, ...]:
    own = ("REVIEW", "TARGET_FILE", "REPORT_DIR", "COMMENT", "NAME", "GITHUB_TOKEN")
    return (*own, *OF_A_RUN, *OF_A_REVIEW)


def _refuse(given: Mapping[str, str], further: tuple[str, ...]) -> None:
    if any(one.partition("=")[0] == REPORT_DIR for one in further):
        raise InputsUnusable(
            f"{REPORT_DIR} stands among the arguments; give the folder by the input report-dir."
        )
    if given["COMMENT"] not in {*TRUTHS, ""}:
        raise InputsUnusable(f"The input comment is {given['COMMENT']!r}; expected: true or false.")
    if not given["REPORT_DIR"]:
        raise InputsUnusable("The input report-dir is empty; expected: a folder for the report.")
    for name in OF_A_RUN if given["REVIEW"] else OF_A_REVIEW:
        if given[name]:
            raise InputsUnusable(_foreign(name.lower(), is_review=bool(given["REVIEW"])))


def _foreign(name: str, *, is_review: bool) -> str:
    if is_review:
        return f"The input {name} is for a run, and the input review asks for a review."
    return (
        f"The input {name} is for a review: name the contract by the input review, such as "
        "review: spec."
    )


def _of_run(given: Mapping[str, str]) -> tuple[str, ...]:
    file = ("-c", given["TARGET_FILE"]) if given["TARGET_FILE"] else ()
    profiles = (f"--profile={one}" for one in _lines(given["PROFILES"]))
    return (*file, f"{REPORT_DIR}={given['REPORT_DIR']}", *profiles)


def _of_review(given: Mapping[str, str]) -> tuple[str, ...]:
    files = (name for name in ("POLICY", "APPROVALS") if given[name])
    named = (f"--{name.lower()}={given[name]}" for name in files)
    return (f"--contract={given['REVIEW']}", *named)


def without_inputs(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what the kit may see: neither the inputs nor the token among them."""
    return {name: value for name, value in environment.items() if not name.startswith(PREFIX)}


def _lines(text: str) -> tuple[str, ...]:
    """Take an argument from each line, without the blanks around it; an empty line is none.

    A line ends at a line feed and nowhere else: U+2028, which a branch may have in its name, would
    make an argument out of what stands in the middle of another.
    """
    return tuple(one.strip() for one in text.split("\n") if one.strip())
