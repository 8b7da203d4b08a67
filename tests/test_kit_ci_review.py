"""A review as the step of a CI job, on event files: what it shows, and the code it ends with."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from ci_jobs import JUDGE, TEMPLATE, GitHub, Job, commands_of, serving
from committed import commit, git

from conformance.ci.comment import marker_of
from conformance.ci.outcome import REVIEW_WORDS, WORDS
from conformance.ci.reviewing import FILES
from conformance.review.views import VIEWS

OLD: Final = """openapi: 3.1.0
info: {title: letters, version: 1.0.0}
paths:
  /letters:
    get: {operationId: listLetters, responses: {'200': {description: All.}}}
"""
MORE: Final = OLD + "  /notes: {get: {responses: {'200': {description: All.}}}}\n"
GONE: Final = OLD.replace("/letters:", "/notes:")
INVALID: Final = "openapi: 3.1.0\ninfo: {title: letters, version: 1.0.0}\n"
STALE: Final = """\
- rule: operation-removed
  pointer: spec/openapi.yaml#/paths/~1gone/get
  values: "0011223344556677"
  who: Ada
  why: nobody lists letters
  until: 2199-12-31
"""
REVIEW: Final = {"review": "spec"}
OURS: Final = marker_of("review\0ackproof")


@pytest.fixture
def github() -> Iterator[tuple[GitHub, str]]:
    """A GitHub, and the URL of its API."""
    own = GitHub()
    with serving(own) as url:
        yield own, url


def pull(folder: Path, text: str, **more: Any) -> Job:  # noqa: ANN401  # fields of Job
    """A job of a pull request that brings a text of the contract; its base is the main branch."""
    git(folder, "init", "--quiet", "--initial-branch", "main")
    base = commit(folder, OLD)
    git(folder, "checkout", "--quiet", "-b", "work")
    return Job(folder, REVIEW, event(base, commit(folder, text)), **more)


def event(base: str, head: str) -> dict[str, Any]:
    sides = {"base": {"sha": base}, "head": {"sha": head}}
    return {"pull_request": {"number": 7, **sides}}


def shown(job: Job) -> dict[str, Any]:
    text = (job.folder / "ackproof-report/review.json").read_text("utf-8")
    return dict(json.loads(text))


def changed(job: Job) -> list[str]:
    return [one["what"] for one in shown(job)["changes"]]


def test_a_change_that_the_policy_allows_is_green_and_commented(
    tmp_path: Path, github: tuple[GitHub, str]
) -> None:
    own, api = github
    job = pull(tmp_path, MORE, api=api)

    done = job.run()

    ((kind, properties, message), *others) = commands_of(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert job.outputs() == {"exit-code": "0", "verdict": "pass", "report-dir": "ackproof-report"}
    assert [one[1]["title"] for one in others] == ["Servers must do more: operation-added"]
    assert (kind, properties["title"].partition(",")[0]) == ("notice", "Contract review: ready")
    assert "This needs 1.1.0 or more" in message
    assert "GET /notes is new" in done.stdout
    assert {one.name for one in (tmp_path / "ackproof-report").iterdir()} == {*FILES.values()}
    assert job.summary() == (tmp_path / "ackproof-report/review-summary.md").read_text("utf-8")
    (comment,) = own.comments
    written = (tmp_path / "ackproof-report/review.md").read_text("utf-8")
    link = "[the job](https://github.example/o/r/actions/runs/11)"
    assert comment["body"].split("\n", 1)[1] == (
        f"{written}\nThe summary of {link} has the whole review.\n"
    )


def test_a_change_that_the_policy_forbids_is_red_and_annotated_where_it_is(tmp_path: Path) -> None:
    job = pull(tmp_path, GONE)

    done = job.run()

    met = commands_of(done.stdout)
    assert done.returncode == 1, done.stdout + done.stderr
    assert job.outputs()["verdict"] == "fail"
    assert [kind for kind, _, _ in met] == ["notice", "error", "warning", "warning"]
    assert met[1][1] == {"file": "spec/openapi.yaml", "title": "Clients break: operation-removed"}
    assert met[2][1] == {
        "file": "spec/openapi.yaml",
        "line": "5",
        "title": "Servers must do more: operation-added",
    }
    assert met[3][1] == {"title": "ackproof: no comment"}
    assert (
        job.summary().splitlines()[2].startswith("### Contract review: not ready, since 1 change")
    )


def test_a_stale_approval_is_red_by_a_code_of_its_own(tmp_path: Path) -> None:
    job = pull(tmp_path, MORE)
    (tmp_path / "ours.yaml").write_text(STALE, "utf-8")

    done = replace(job, given={**REVIEW, "approvals": "ours.yaml", "comment": "false"}).run()

    met = commands_of(done.stdout)
    assert done.returncode == 5, done.stdout + done.stderr
    assert job.outputs()["verdict"] == "approval"
    assert met[1][:2] == ("error", {"title": "Approval stale"})
    assert met[1][2].startswith("ours.yaml (line 1): nothing at spec/openapi.yaml#/paths/~1gone")


def test_a_side_that_is_no_contract_is_told_in_the_summary_and_the_comment(
    tmp_path: Path, github: tuple[GitHub, str]
) -> None:
    own, api = github
    job = pull(tmp_path, INVALID, api=api)
    earlier = tmp_path / "ackproof-report"
    earlier.mkdir()
    (earlier / "review.json").write_text("{}", "utf-8")

    done = job.run()

    ((kind, properties, message),) = commands_of(done.stdout)
    head = "## ackproof review: exit 3, side unusable\n\n<pre>\nackproof: spec/openapi.yaml:1: "
    assert done.returncode == 3, done.stdout + done.stderr
    assert job.outputs() == {"exit-code": "3", "verdict": "side_unusable", "report-dir": ""}
    assert (kind, properties) == ("error", {"title": "ackproof review: exit 3, side_unusable"})
    assert "it lacks one of paths" in message
    assert job.summary().startswith(head)
    assert own.comments[0]["body"].startswith(f"{OURS}\n{head}")


def test_a_pull_request_of_a_fork_gets_summary_and_annotations_and_the_same_code(
    tmp_path: Path, github: tuple[GitHub, str]
) -> None:
    own, api = github
    own.refusal = 403
    job = pull(tmp_path, GONE, api=api)

    done = job.run()

    met = commands_of(done.stdout)
    assert done.returncode == 1, done.stdout + done.stderr
    assert own.comments == []
    assert [kind for kind, _, _ in met] == ["notice", "error", "warning", "notice"]
    assert met[3][1] == {"title": "ackproof: no comment"}
    assert "as on one from a fork. The report is in the summary of the job." in met[3][2]
    assert "### Contract review: not ready" in job.summary()


def test_the_comment_says_that_findings_are_gone_and_is_none_where_nothing_ever_changed(
    tmp_path: Path, github: tuple[GitHub, str]
) -> None:
    own, api = github
    job = pull(tmp_path, OLD + "# a remark\n", api=api)

    quiet = job.run()
    none, _ = len(own.comments), commit(tmp_path, GONE)
    red = job.run()
    broken = own.comments[0]["body"]
    commit(tmp_path, OLD)
    green = job.run()

    assert [quiet.returncode, red.returncode, green.returncode] == [0, 1, 0]
    assert none == 0
    assert "comment: none, since nothing changed" in quiet.stdout
    assert "### Contract review: not ready" in broken
    assert len(own.comments) == 1
    assert "### Contract review: nothing changed" in own.comments[0]["body"]
    assert "Whatever an earlier version of this comment told of is gone." in own.comments[0]["body"]


def test_a_run_and_a_review_of_one_name_are_two_comments(
    tmp_path: Path, github: tuple[GitHub, str]
) -> None:
    own, api = github
    review = pull(tmp_path, GONE, api=api)
    run = replace(review, given={"comment": "true"})

    codes = [job.run().returncode for job in (run, review, run)]

    assert codes == [2, 1, 2]
    assert [one["body"].split("\n")[0] for one in own.comments] == [
        marker_of("ackproof"),
        OURS,
    ]


def test_what_the_branch_has_got_meanwhile_is_no_change_of_the_pull_request(tmp_path: Path) -> None:
    job = pull(tmp_path, OLD.replace("title: letters", "title: post"))
    git(tmp_path, "checkout", "--quiet", "main")
    commit(tmp_path, MORE)
    git(tmp_path, "merge", "--quiet", "--no-edit", "work")
    merge = replace(job, folder=tmp_path.parent / f"{tmp_path.name}-clone")
    git(tmp_path, "clone", "--quiet", "--depth=2", f"file://{tmp_path}", str(merge.folder))

    done = merge.run()

    assert done.returncode == 0, done.stdout + done.stderr
    assert [one["rule"] for one in shown(merge)["changes"]] == ["info-changed"]


def test_a_clone_without_the_base_is_told_what_to_add(tmp_path: Path) -> None:
    job = pull(tmp_path, GONE)
    shallow = replace(job, folder=tmp_path.parent / f"{tmp_path.name}-clone")
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{tmp_path}", str(shallow.folder))

    done = shallow.run()

    advice = "This clone is shallow: fetch the history (actions/checkout: fetch-depth: 0)."
    assert done.returncode == 3
    assert advice in done.stdout
    assert advice in shallow.summary()


def test_a_checkout_of_the_base_is_no_review(tmp_path: Path) -> None:
    job = pull(tmp_path, GONE)
    git(tmp_path, "checkout", "--quiet", "main")

    done = job.run()

    assert done.returncode == 2
    assert "nothing of the pull request would be reviewed" in done.stderr
    assert job.outputs() == {"exit-code": "2", "verdict": "usage", "report-dir": ""}


def test_the_base_can_be_named_and_a_merge_group_names_its_own(tmp_path: Path) -> None:
    job = pull(tmp_path, MORE)
    second = commit(tmp_path, MORE.replace("title: letters", "title: post"))
    named = replace(job, given={**REVIEW, "base": "work"})
    queued = replace(job, event={"merge_group": {"base_sha": f"{second}~1"}})

    found = []
    for one in (named, queued):
        assert one.run().returncode == 0
        found.append(len(changed(one)))

    assert found == [0, 1]


ODD: Final = "$(touch x) `touch x`; touch x #"


def test_a_contract_by_a_name_with_the_signs_of_a_shell_is_reviewed(tmp_path: Path) -> None:
    job = pull(tmp_path, GONE)
    (tmp_path / ODD).mkdir()
    commit(tmp_path, OLD, f"{ODD}/openapi.yaml")
    base = git(tmp_path, "rev-parse", "HEAD")
    head = commit(tmp_path, MORE, f"{ODD}/openapi.yaml")
    given = {"review": ODD, "report-dir": ODD, "name": ODD, "arguments": "--tolerate-invalid"}

    done = replace(job, given=given, event=event(base, head)).run()

    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / ODD / "review.json").exists()
    assert not (tmp_path / "x").exists()


FOREIGN = [
    ({"review": "spec", "profiles": "core"}, "The input profiles is for a run"),
    ({"policy": "review.toml"}, "The input policy is for a review: name the contract by the input"),
    ({"review": "spec", "comment": "yes"}, "The input comment is 'yes'; expected: true or false."),
    ({"review": "spec", "report-dir": "event.json"}, "The folder event.json of the input report-"),
]


@pytest.mark.parametrize(("given", "said"), FOREIGN, ids=[" ".join(one) for one, _ in FOREIGN])
def test_an_input_that_makes_no_sense_is_told(
    tmp_path: Path, given: dict[str, str], said: str
) -> None:
    done = Job(tmp_path, given, event("0" * 40, "1" * 40)).run()

    assert done.returncode == 2
    assert f"ackproof: {said}" in done.stderr


def test_a_review_that_reviews_nothing_is_not_green(tmp_path: Path) -> None:
    job = pull(tmp_path, GONE)

    done = replace(job, given={**REVIEW, "arguments": "--help"}).run()

    assert done.returncode == 7
    assert job.outputs()["verdict"] == "nothing_judged"


def test_a_merge_request_of_gitlab_names_its_base(tmp_path: Path) -> None:
    job = pull(tmp_path, GONE)
    variables = {**TEMPLATE[".ackproof"]["variables"], **TEMPLATE[".ackproof-review"]["variables"]}
    told = {"CI_MERGE_REQUEST_TARGET_BRANCH_SHA": "", "CI_MERGE_REQUEST_DIFF_BASE_SHA": "main"}
    whole = {
        name: said
        for name, said in job.environment(JUDGE).items()
        if not name.startswith(("GITHUB_", "INPUT_"))
    }

    done = subprocess.run(
        [sys.executable, "-I", "-m", "conformance.ci"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**whole, **variables, **told},
        timeout=60,
    )

    junit = TEMPLATE[".ackproof-review"]["artifacts"]["reports"]["junit"]
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Contract review: not ready" in done.stdout
    assert changed(job)[0] == "GET /letters is gone"
    assert (tmp_path / junit).exists()


def test_a_review_writes_every_view_and_has_a_word_for_each_of_its_codes() -> None:
    assert {*FILES} == {*VIEWS} - {"text"}
    assert len({*REVIEW_WORDS.values()}) == len(REVIEW_WORDS)
    assert {*REVIEW_WORDS} <= {*WORDS}
