"""What a GitHub job shows of a run: annotations, the summary, a comment, the step's outputs."""

import html
import re
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from conformance.ci.annotations import annotations
from conformance.ci.comment import LONGEST, NotWritten, pull_of, write_comment
from conformance.ci.inputs import Inputs
from conformance.ci.judging import Outcome
from conformance.judge import Exit
from conformance.reports.printable import printable
from conformance.reports.workflow_command import annotation

SUMMARY_BYTES: Final = 1024 * 1024
LONGEST_SENTENCE: Final = 2000
SECTION: Final = re.compile(r"^(?:### |<details>)", re.MULTILINE)


def is_github(environment: Mapping[str, str]) -> bool:
    """Whether a GitHub job is under way."""
    return environment.get("GITHUB_ACTIONS") == "true"


def publish(outcome: Outcome, inputs: Inputs | None, environment: Mapping[str, str]) -> None:
    """Show an outcome; whatever cannot be shown is told and changes nothing.

    Args:
        outcome: of the run, or of reading the inputs.
        inputs: None if they are unusable.
        environment: of the job.

    """
    for line in _annotations(outcome):
        _say(line)
    text = outcome.summary or _without_report(outcome)
    _append_summary(text, environment)
    folder = str(inputs.folder) if inputs and outcome.report else ""
    _append_outputs(
        {"exit-code": str(int(outcome.code)), "verdict": outcome.word, "report-dir": folder},
        environment,
    )
    if inputs and inputs.comment:
        _comment(text, inputs, environment)


def _annotations(outcome: Outcome) -> list[str]:
    said = annotations(outcome.report) if outcome.report else []
    if outcome.code != Exit.FINE and not any(one.startswith("::error ") for one in said):
        title = f"ackproof: exit {int(outcome.code)}, {outcome.word}"
        why = outcome.report["meaning"] if outcome.report else outcome.said
        said = [annotation("error", title, printable(why, LONGEST_SENTENCE)), *said]
    return said


def _without_report(outcome: Outcome) -> str:
    sentence = html.escape(printable(outcome.said, LONGEST_SENTENCE), quote=False)
    word = outcome.word.replace("_", " ")
    return f"## ackproof: exit {int(outcome.code)}, {word}\n\n<pre>\n{sentence}\n</pre>\n"


def fitting(text: str, longest: int, rest: str) -> str:
    """Return a summary of the kit, or as much of its beginning as fits, and where the rest is.

    Args:
        text: in which no server's text stands before the first section but in one `<pre>`.
        longest: bytes of UTF-8.
        rest: a sentence.

    """
    if len(text.encode()) <= longest:
        return text
    head = SECTION.split(text, maxsplit=1)[0].rstrip()
    for beginning in (head, text.partition("\n")[0]):
        shown = f"{beginning}\n\n{rest}\n"
        if len(shown.encode()) <= longest:
            return shown
    return f"{rest}\n"


def _append_summary(text: str, environment: Mapping[str, str]) -> None:
    path = Path(environment.get("GITHUB_STEP_SUMMARY", ""))
    taken = path.stat().st_size if path.is_file() else 0
    rest = "**Cut**: more does not fit into a job summary; the report has the rest."
    _append(path, fitting(text, SUMMARY_BYTES - taken, rest))


def _append_outputs(outputs: Mapping[str, str], environment: Mapping[str, str]) -> None:
    """Write the step's outputs, in the form that no line of a value can end."""
    end = secrets.token_hex(16)
    lines: Iterable[str] = (f"{name}<<{end}\n{value}\n{end}\n" for name, value in outputs.items())
    _append(Path(environment.get("GITHUB_OUTPUT", "")), "".join(lines))


def _append(path: Path, text: str) -> None:
    try:
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as problem:
        said = f"{path} cannot be written: {problem.strerror}."
        _say(annotation("warning", "ackproof: not all is shown", said))


def _comment(text: str, inputs: Inputs, environment: Mapping[str, str]) -> None:
    pull = pull_of(environment)
    if pull is None:
        return
    rest = f"More does not fit into a comment: [the job]({_job(environment)}) has the rest."
    title = f"### {html.escape(printable(inputs.name))}\n\n" if inputs.name != "ackproof" else ""
    body = title + fitting(text, LONGEST - len(title), rest)
    try:
        url = write_comment(
            pull, inputs.name, body, inputs.token, environment.get("GITHUB_API_URL", "")
        )
    except NotWritten as problem:
        kind, why = "warning", f"{problem}."
        if problem.refused:
            kind = "notice"
            why += (
                " The token of this job may not write to the pull request, as on one from a fork."
            )
        why = printable(f"{why} The report is in the summary of the job.", LONGEST_SENTENCE)
        _say(annotation(kind, "ackproof: no comment", why))
    else:
        _say(f"comment: {printable(url)}")


def _job(environment: Mapping[str, str]) -> str:
    parts = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (environment.get(name, "") for name in parts)
    return f"{server}/{repository}/actions/runs/{run}"


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # the runner reads it
