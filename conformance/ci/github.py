"""What a GitHub job shows of its task: annotations, the summary, a comment, the step's outputs."""

import html
import re
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from conformance.ci.comment import LONGEST, Comment, NotWritten, pull_of, write_comment
from conformance.ci.inputs import Inputs
from conformance.ci.outcome import Outcome
from conformance.judge import Exit
from conformance.reports.printable import printable
from conformance.reports.workflow_command import annotation

SUMMARY_BYTES: Final = 1024 * 1024
LONGEST_SENTENCE: Final = 2000
LONGEST_NAME: Final = 100
SECTION: Final = re.compile(r"^(?:### |<details>)", re.MULTILINE)


def is_github(environment: Mapping[str, str]) -> bool:
    """Whether a GitHub job is under way."""
    return environment.get("GITHUB_ACTIONS") == "true"


def publish(outcome: Outcome, inputs: Inputs | None, environment: Mapping[str, str]) -> None:
    """Show an outcome; whatever cannot be shown is told and changes nothing.

    Args:
        outcome: of what was asked for, or of reading the inputs.
        inputs: None if they are unusable.
        environment: of the job.

    """
    for line in _annotations(outcome):
        _say(line)
    text = outcome.summary or _without_report(outcome)
    _append_summary(text, environment)
    folder = str(inputs.folder) if inputs and outcome.summary else ""
    _append_outputs(
        {"exit-code": str(int(outcome.code)), "verdict": outcome.word, "report-dir": folder},
        environment,
    )
    if inputs and inputs.comment:
        _comment(outcome.comment or text, outcome, inputs, environment)


def _annotations(outcome: Outcome) -> tuple[str, ...]:
    said = outcome.annotations
    if outcome.code != Exit.FINE and not any(one.startswith("::error ") for one in said):
        title = f"{_named(outcome)}: exit {int(outcome.code)}, {outcome.word}"
        why = printable(outcome.said, LONGEST_SENTENCE)
        said = (annotation("error", title, why), *said)
    return said


def _without_report(outcome: Outcome) -> str:
    sentence = html.escape(printable(outcome.said, LONGEST_SENTENCE), quote=False)
    word = outcome.word.replace("_", " ")
    head = f"## {_named(outcome)}: exit {int(outcome.code)}, {word}"
    return f"{head}\n\n<pre>\n{sentence}\n</pre>\n"


def _named(outcome: Outcome) -> str:
    return "ackproof" if outcome.task == "run" else f"ackproof {outcome.task}"


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


def _comment(text: str, outcome: Outcome, inputs: Inputs, environment: Mapping[str, str]) -> None:
    pull = pull_of(environment)
    if pull is None:
        return
    job = f"[the job]({_job(environment)})"
    rest = f"More does not fit into a comment: {job} has the rest."
    shown = html.escape(printable(inputs.name, LONGEST_NAME))
    title = f"### {shown}\n\n" if inputs.name != "ackproof" else ""
    more = f"\nThe summary of {job} has the whole review.\n" if outcome.comment else ""
    body = title + fitting(text + more, LONGEST - len(title), rest)
    comment = Comment(inputs.key, body, outcome.quiet)
    try:
        url = write_comment(pull, comment, inputs.token, environment.get("GITHUB_API_URL", ""))
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
        _say(f"comment: {printable(url or 'none, since nothing changed')}")


def _job(environment: Mapping[str, str]) -> str:
    parts = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (environment.get(name, "") for name in parts)
    return f"{server}/{repository}/actions/runs/{run}"


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # the runner reads it
