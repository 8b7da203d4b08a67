"""What an owner may change about a run, what it does, and that the result says so."""

import json
from collections.abc import Callable
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Final

import httpx
import pytest
from conftest import Judge
from gateway import Answer, Asked, Send, gateway
from rich.console import Console

from conformance.cli import outcome
from conformance.client import Client
from conformance.contract import load_contract
from conformance.exchange import Exchange, Request, Response
from conformance.following import Follower
from conformance.notices import afterwards, beforehand
from conformance.pace import CAPS, above_caps
from conformance.plan import make_plan
from conformance.preflight import TargetUnusable
from conformance.reports.curl import curl
from conformance.reports.live import LiveProgress
from conformance.reports.of_run import report_of
from conformance.run_result import RunResult
from conformance.runner import run
from conformance.target import Target
from conformance.target_file import load_target
from conformance.trace import Trace
from conformance.wire import Connections

TOKEN: Final = "token-0123456789"  # noqa: S105  # no real secret
TENANT: Final = "tenant-of-great-secrecy"
PAGE: Final = Response(404, {"content-type": "text/html"}, b"<h1>Not found</h1>")
TARGET: Final = Target("http://127.0.0.1:1", "s1", ("core",), None, None, None)


def judged(target: Target, *only: str) -> RunResult:
    contract = load_contract()
    with LiveProgress(Console(quiet=True), 0) as progress:
        return run(contract, target, make_plan(contract, target, only), progress)


def let_in_by_a_key(asked: Asked, send: Send) -> Answer:
    """Wants the token in a header of its own and a tenant, and repeats both."""
    given = (asked.headers.get("x-api-key"), asked.headers.get("x-tenant"))
    if given != (f"Key {TOKEN}", TENANT) or "authorization" in asked.headers:
        return Answer(401, {"content-type": "application/json"}, b"{}")
    answer = send(asked)
    return Answer(
        answer.status, {**answer.headers, "x-seen": " ".join(map(str, given))}, answer.body
    )


def test_tokens_and_secret_headers_go_out_as_told_and_into_no_report(
    reference_server: Callable[..., str],
) -> None:
    told = {
        "scope": "s1",
        "token_env": "MY_TOKEN",
        "auth_header": "X-Api-Key",
        "auth_scheme": "Key",
        "headers": {"X-Tenant": {"env": "MY_TENANT"}, "X-Plain": "in the open"},
    }
    with gateway(reference_server(), let_in_by_a_key) as url:
        environ = {"MY_TOKEN": TOKEN, "MY_TENANT": TENANT}
        result = judged(load_target(None, {"url": url, **told}, environ), "MBR-01", "RCP-01")

    asked = result.exchanges[-1].request
    shown = json.dumps(report_of(result, "1").to_dict())
    assert [one.outcome for one in result.verdicts] == ["pass", "pass"]
    assert {
        ("x-api-key", "Key $MY_TOKEN"),
        ("x-tenant", "$MY_TENANT"),
        ("x-plain", "in the open"),
    } <= set(asked.headers)
    assert "'x-api-key: Key '\"$MY_TOKEN\"" in curl(asked)
    assert "'x-tenant: '\"$MY_TENANT\"" in curl(asked)
    assert result.target.masked(f"{TENANT}, {TOKEN}") == "$MY_TENANT, $MY_TOKEN"
    assert not [secret for secret in (TOKEN, TENANT) if secret in shown + repr(result.target)]


def no_activation(request: httpx.Request, honest: Callable[[httpx.Request], Response]) -> Response:
    return PAGE if ":activate" in request.url.path else honest(request)


@pytest.mark.parametrize(
    ("declared", "verdict"),
    [((), "not_verified"), (("activateMemberRevision",), "not_applicable")],
    ids=["not declared", "declared"],
)
def test_a_bare_404_closes_what_its_owner_declares_away(
    judge: Judge, declared: tuple[str, ...], verdict: str
) -> None:
    assert judge("REV-03", no_activation, not_offered=list(declared)).outcome == verdict


def test_what_is_declared_away_and_served_is_told(reference_server: Callable[..., str]) -> None:
    told = {
        "url": reference_server(),
        "scope": "s1",
        "not_offered": ["getMember", "listMemberRuns"],
    }

    result = judged(load_target(None, told, {}), "MBR-01")

    assert [one.kind for one in result.notices] == ["served_though_declared_not_offered"]
    assert "not_offered names getMember, which is served: exchange " in result.notices[0].text


def test_a_refusal_of_what_is_declared_away_is_nothing_to_tell() -> None:
    request = Request("GET", "http://127.0.0.1:1/api/scopes/s1/members")
    refused = Exchange(1, "", "", "listMembers", {}, request, PAGE, 0, 0, declared_away=True)

    assert not list(afterwards([refused]))


def test_an_answer_is_waited_for_as_long_as_told(sick_server: Callable[..., str]) -> None:
    told = {"url": sick_server("hangs"), "scope": "s1", "timing.request_timeout": 0.3}

    with pytest.raises(TargetUnusable, match=r"timed out after 0\.3 s"):
        judged(load_target(None, told, {}), "MBR-01")


def test_pauses_grow_from_the_least_to_the_most() -> None:
    pauses: list[float] = []
    told = {
        "url": "http://127.0.0.1:1",
        "scope": "s1",
        "timing.poll_least": 2,
        "timing.poll_most": 4,
    }
    target = load_target(None, told, {})
    claim = Exchange(1, "", "", None, {}, Request("GET", told["url"]), Response(200), 0.0, 0.0)  # type: ignore[arg-type]

    with closing(Connections()) as connections:
        client = Client(
            load_contract(), target, Trace(), "a test", connections, sleep=pauses.append
        )
        for _ in islice(Follower(client, target, lambda _: None).looks(claim), 5):
            pass

    assert pauses == [2, 3, 4, 4]


@pytest.mark.parametrize(("slack", "seconds"), [(None, 1.0), (0.0, 0.0), (3.0, 3.0)])
def test_a_deadline_has_the_slack_that_is_told(slack: float | None, seconds: float) -> None:
    timing = {} if slack is None else {"timing.deadline_slack": slack}

    assert load_target(None, {"url": TARGET.url, "scope": "s1", **timing}, {}).slack == seconds


@pytest.mark.parametrize("name", [name for name in CAPS if name != "completion_limit"])
def test_a_wait_at_its_cap_is_conforming_and_one_above_is_told(name: str) -> None:
    def notices(value: float) -> list[str]:
        pauses = {"timing.poll_most": 2} if name == "poll_least" else {}
        timing = {**pauses, f"timing.{name}": value}
        told = {"url": TARGET.url, "scope": "s1", **timing}
        return [one.text for one in beforehand(load_target(None, told, {}))]

    assert not notices(CAPS[name])
    assert len(notices(CAPS[name] + 0.5)) == 1
    assert (
        f"{name} is {CAPS[name] + 0.5:g} s, the cap {CAPS[name]:g} s"
        in notices(CAPS[name] + 0.5)[0]
    )


def test_the_usual_waits_are_conforming_here_and_elsewhere() -> None:
    elsewhere = Target("https://elsewhere.example", "s1", (), None, None, None)

    assert set(TARGET.waits) == set(CAPS)
    assert not list(above_caps(TARGET.waits))
    assert not list(above_caps(elsewhere.waits))


def test_longer_waits_are_told_before_the_run_and_after(
    reference_server: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = (reference_server(), "--scope", "s1", "--only", "MBR-01", "--limit", "121")

    code = outcome(["run", *where, "--report-dir", str(tmp_path)])

    said = capsys.readouterr().out
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert code == 0
    assert "NON CONFORMING TIMING: " in said
    assert "non conforming timing: " in said
    assert [one["kind"] for one in report["notices"]] == ["non_conforming_timing"]
    assert "completion_limit is 121 s, the cap 120 s" in report["notices"][0]["text"]
    used = report["timing"]["used"]
    assert used["completion_limit"] == {"seconds": 121, "cap": 120, "above_cap": True}
    assert [name for name, one in used.items() if one["above_cap"]] == ["completion_limit"]
    assert {name: one["cap"] for name, one in used.items()} == CAPS
