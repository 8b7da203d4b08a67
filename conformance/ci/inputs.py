"""What a CI job says: one environment variable for each input. No shell ever reads their text."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PREFIX: Final = "INPUT_"
REPORT_DIR: Final = "--report-dir"
TRUTHS: Final = {"true": True, "false": False, "": False}


class InputsUnusable(Exception):  # noqa: N818  # it becomes the job's verdict
    """An input is none; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the step is asked for.

    Attributes:
        arguments: those of `ackproof run`.
        folder: where the report goes.
        name: tells this use of the step from others on one pull request.
        comment: whether the report is also a comment on the pull request.
        token: what the comment is written with; "" without one.

    """

    arguments: tuple[str, ...]
    folder: Path
    name: str
    comment: bool
    token: str


def inputs_of(environment: Mapping[str, str]) -> Inputs:
    """Read the inputs.

    Raises:
        InputsUnusable: one of them has no meaning, or says what another one says.

    """

    def given(name: str) -> str:
        return environment.get(PREFIX + name, "").strip()

    further = _lines(environment.get(f"{PREFIX}ARGUMENTS", ""))
    for one in further:
        if one.partition("=")[0] == REPORT_DIR:
            raise InputsUnusable(
                f"{REPORT_DIR} stands among the arguments; give the folder by the input report-dir."
            )
    if given("COMMENT") not in TRUTHS:
        raise InputsUnusable(f"The input comment is {given('COMMENT')!r}; expected: true or false.")
    if not given("REPORT_DIR"):
        raise InputsUnusable("The input report-dir is empty; expected: a folder for the report.")
    file = ("-c", given("TARGET_FILE")) if given("TARGET_FILE") else ()
    profiles = (f"--profile={one}" for one in _lines(environment.get(f"{PREFIX}PROFILES", "")))
    return Inputs(
        ("run", *file, f"{REPORT_DIR}={given('REPORT_DIR')}", *profiles, *further),
        Path(given("REPORT_DIR")),
        given("NAME") or "ackproof",
        TRUTHS[given("COMMENT")],
        given("GITHUB_TOKEN"),
    )


def without_inputs(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what the kit may see: neither the inputs nor the token among them."""
    return {name: value for name, value in environment.items() if not name.startswith(PREFIX)}


def _lines(text: str) -> tuple[str, ...]:
    """Take an argument from each line, without the blanks around it; an empty line is none.

    A line ends at a line feed and nowhere else: U+2028, which a branch may have in its name, would
    make an argument out of what stands in the middle of another.
    """
    return tuple(one.strip() for one in text.split("\n") if one.strip())
