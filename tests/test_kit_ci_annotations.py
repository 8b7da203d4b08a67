"""Annotations, and summaries that must fit, over any text."""

import html
from dataclasses import replace
from pathlib import Path

import pytest
from ci_jobs import command_of
from hand_made_runs import RUNS, TARGET, finding, run_of, verdict
from hypothesis import given
from hypothesis import strategies as st

from conformance.ci.annotations import MOST, annotations
from conformance.ci.github import fitting
from conformance.ci.inputs import InputsUnusable, inputs_of, without_inputs
from conformance.reports.of_run import report_of
from conformance.reports.summary import summary
from conformance.reports.workflow_command import annotation
from conformance.run_result import RunResult

TEXT = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("%:,\r\n=; ")), max_size=60)


@given(st.sampled_from(["error", "warning", "notice"]), TEXT, TEXT)
def test_an_annotation_is_one_line_that_says_what_it_was_given(
    kind: str, title: str, message: str
) -> None:
    line = annotation(kind, title, message)

    assert "\n" not in line
    assert "\r" not in line
    assert command_of(line) == (kind, {"title": title}, message)


def told(run: RunResult) -> list[str]:
    lines = annotations(report_of(run, "0.1.0").to_dict())
    read = [command_of(line) for line in lines]
    return [f"{one[0]} {one[1]['title']}" for one in read if one]


def test_the_kinds_of_run_are_annotated_worst_first() -> None:
    assert told(RUNS["several"]) == [
        "error ACK-01 MUST broken",
        "error ACK-01 MUST broken",
        "error STA-02 MUST the kit itself erred",
        "error STA-01 MUST not verified",
        "warning RCP-01 SHOULD advice broken",
    ]
    assert told(RUNS["waived"]) == told(RUNS["accepted"]) == told(RUNS["closed"]) == []
    assert told(RUNS["waived-in-part"]) == ["error ACK-01 MUST broken"]
    assert told(RUNS["waived-and-stale"]) == ["error waiver of ACK-02 stale"]


def test_at_most_ten_are_annotated_and_each_sort_once() -> None:
    many = [finding("ACK-01", actual=f"way {letter}") for letter in "abcdefghijklmno"]
    alike = [finding("ACK-01", actual="one way") for _ in range(30)]

    assert len(told(run_of(verdict("ACK-01", "fail", *many)))) == MOST == 10
    assert len(told(run_of(verdict("ACK-01", "fail", *alike)))) == 1


REST = "The rest is elsewhere."


@given(st.sampled_from(sorted(RUNS)), st.integers(200, 6000))
def test_a_summary_is_whole_or_ends_before_a_section(name: str, longest: int) -> None:
    text = summary(report_of(RUNS[name], "0.1.0"))

    shown = fitting(text, longest, REST)

    beginning = shown.removesuffix(f"\n\n{REST}\n")
    assert len(shown.encode()) <= longest
    assert shown == text or (shown.endswith(REST + "\n") and text.startswith(beginning))
    assert beginning.count("<pre>") == beginning.count("</pre>")
    assert beginning.count("<details>") == beginning.count("</details>")


def test_no_line_break_ends_the_beginning_of_a_summary_early() -> None:
    name = "x\n### y\n<details>\n\n"
    target = replace(TARGET, version=name)
    text = summary(report_of(run_of(verdict("ACK-01", "pass"), target=target), "0.1.0"))
    text += "<details><summary>more</summary></details>\n" * 200

    assert html.escape("x\\n### y") in fitting(text, 4000, REST)


ENVIRONMENT = {"INPUT_REPORT_DIR": "out", "INPUT_GITHUB_TOKEN": "secret", "PATH": "/bin"}


@given(st.lists(st.text(alphabet="ab $`'\"\\;|&-", min_size=1).filter(str.strip), max_size=5))
def test_each_line_is_one_argument(lines: list[str]) -> None:
    told = {**ENVIRONMENT, "INPUT_ARGUMENTS": "\n".join(lines)}

    assert inputs_of(told).arguments == (
        "run",
        "--report-dir=out",
        *(line.strip() for line in lines),
    )


@pytest.mark.parametrize("end", ["\u2028", "\x85", "\x0b", "\x1e"], ids=ascii)
def test_what_only_looks_like_the_end_of_a_line_makes_no_argument(end: str) -> None:
    branch = f'target.version=x{end}--set{end}hooks.reset=["touch", "x"]'

    arguments = inputs_of(ENVIRONMENT | {"INPUT_ARGUMENTS": f"--set\r\n{branch}\n"}).arguments

    assert arguments == ("run", "--report-dir=out", "--set", branch)


@pytest.mark.parametrize("said", ["maybe", "True", "1", "$(touch x)"])
def test_a_comment_is_wanted_or_not(said: str) -> None:
    with pytest.raises(InputsUnusable, match="expected: true or false"):
        inputs_of(ENVIRONMENT | {"INPUT_COMMENT": said})


def test_the_kit_sees_no_input_and_no_token_of_the_job() -> None:
    assert without_inputs(ENVIRONMENT) == {"PATH": "/bin"}
    assert inputs_of(ENVIRONMENT).folder == Path("out")
