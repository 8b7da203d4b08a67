"""The evidence of a run is stored, and whoever edits it or its report is found out."""

import gzip
import json
import re
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import httpx
import jsonschema
import pytest

from conformance import wire
from conformance.cli import outcome
from conformance.contract import load_contract
from conformance.evidence import trace_file
from conformance.evidence.redaction import KEPT, REDACTED
from conformance.evidence.trace_file import EvidenceUnreadable, packed, read_trace
from conformance.evidence.verification import verify
from conformance.exchange import Response
from conformance.reports.views import VIEWS
from conformance.versions import kit_version

FILES: Final = ("report.json", "trace.jsonl.gz", *VIEWS)
TOKEN: Final = "canary-7f3a91+Qz/8"  # noqa: S105  # no real secret
FAULT: Final = "points-location-at-the-member"
JUDGED: Final = ("RCP-04", "RCP-06", "RCP-14", "HTP-01", "ERR-01", "FLR-01")
SCHEMA: Final = Path(__file__).parent.parent / "conformance/schemas/trace.schema.json"
CONTRACT: Final = load_contract()
READS_A_HEADER: Final = re.compile(r"""header(?:s\.get|s\)\.get)?\("([a-z-]+)"[,)]""")
WAIVER: Final = f"""[[waiver]]
requirement = "FLR-01"
fingerprint = "0123456789abcdef"
reason = "mended once {TOKEN} is gone"
issue = "https://issues.example/7"
owner = "the gateway team"
expires = 9999-12-31
"""
Lines = list[dict[str, Any]]


def run_into(folder: Path, url: str, *more: str) -> int:
    only = [word for name in JUDGED for word in ("--only", name)]
    return outcome(["run", url, "--scope", "s1", *only, "--report-dir", str(folder), *more])


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report folder of a run against a fault and a server that echoes its token."""
    home = tmp_path_factory.mktemp("stored")
    principals = {TOKEN: {"principal": "p1", "scopes": ["s1", "s1--*"]}}
    (home / "tokens.json").write_text(json.dumps(principals), encoding="utf-8")
    (home / "waivers.toml").write_text(WAIVER, encoding="utf-8")
    command = (sys.executable, "-m", "reference_server", "--port", "0", "--deadline", "2000")
    access = ("--token-file", str(home / "tokens.json"), "--fault", FAULT)
    with (
        subprocess.Popen((*command, *access), stdout=subprocess.PIPE, text=True) as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        assert server.stdout is not None
        url = json.loads(server.stdout.readline())["url"]
        patch.setenv("ACKPROOF_TOKEN", TOKEN)
        patch.setattr(wire, "_answered", echoing(wire._answered))  # noqa: SLF001  # every answer
        waivers = ("--set", f"gate.waivers={home / 'waivers.toml'}")
        code = run_into(home / "out", url, "--token-env", "ACKPROOF_TOKEN", *waivers)
        server.terminate()
    assert code == 1
    return home / "out"


def echoing(honest: Callable[..., Response]) -> Callable[..., Response]:
    """Answer with the token in a header and in the body, as it is and in base64."""
    encoded = b64encode(f"user:{TOKEN}".encode()).decode()

    def answered(pool: httpx.Client, request: httpx.Request) -> Response:
        answer = honest(pool, request)
        document = json.loads(answer.body) | {"echo": TOKEN, "credential": encoded}
        headers = answer.headers | {"x-echo": TOKEN, "via": f"1.1 {encoded}", "server": "s/1"}
        return replace(answer, headers=headers, body=json.dumps(document).encode())

    return answered


@pytest.fixture
def folder(stored: Path, tmp_path: Path) -> Path:
    """A copy of the report folder that a test may edit."""
    return Path(shutil.copytree(stored, tmp_path / "edited"))


def lines_in(folder: Path) -> Lines:
    text = gzip.decompress((folder / trace_file.NAME).read_bytes()).decode()
    return [json.loads(line) for line in text.splitlines()]


def rewrite(folder: Path, lines: Lines) -> None:
    """Put lines into the trace as a text editor would: digests and numbers stay as they are."""
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / trace_file.NAME).write_bytes(gzip.compress(text.encode()))


def forge(folder: Path, lines: Lines) -> None:
    """Put lines into the trace as a forger would: with digests that hold, the report's too."""
    plain = [{k: v for k, v in one.items() if k not in {"line", "digest"}} for one in lines]
    content, _ = packed(plain)
    (folder / trace_file.NAME).write_bytes(content)
    report = report_in(folder)
    report["evidence"] |= {"sha256": trace_file.digest_of(content), "lines": len(lines)}
    (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")


def report_in(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return report


def edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    report = report_in(folder)
    change(report)
    (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")


def differences(folder: Path) -> str:
    return "\n".join(verify(folder, CONTRACT, kit_version()).differences)


def verdict(report: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in report["verdicts"] if one["id"] == name)


def broken(lines: Lines) -> dict[str, Any]:
    """The first exchange that shows how RCP-06 is broken."""
    said = next(one for one in said_of(lines, "RCP-06")["said"] if not one["held"])
    return next(one for one in lines if one.get("number") == said["exchanges"][0])


def said_of(lines: Lines, requirement: str) -> dict[str, Any]:
    return next(
        one
        for one in lines
        if one["kind"] == "heard" and one["requirement"] == requirement and one["said"]
    )


def test_an_honest_report_is_what_the_evidence_says(
    stored: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert outcome(["verify-report", str(stored)]) == 0
    assert "the report is what the evidence says: 6 verdicts" in capsys.readouterr().out


def test_every_line_keeps_the_published_schema(stored: Path) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    lines = lines_in(stored)

    kinds = {line["kind"]: line for line in lines}
    assert set(kinds) == {"run", "exchange", "heard", "end"}
    for line in (*lines[:40], *lines[-10:]):
        validator.validate(line)
    for kind, line in kinds.items():
        assert set(schema["$defs"][kind]["properties"]) == set(line)


def test_no_token_is_stored_anywhere(stored: Path) -> None:
    texts = [json.dumps(lines_in(stored)), (stored / "report.json").read_text(encoding="utf-8")]
    answers = [one["response"] for one in lines_in(stored) if one["kind"] == "exchange"]

    assert {path.name for path in stored.iterdir()} == {*FILES, "ledger.jsonl"}
    for text in texts:
        assert "canary" not in text
        assert all(b64encode(TOKEN.encode()[i:]).decode()[:12] not in text for i in range(3))
        assert "$ACKPROOF_TOKEN" in text
    assert {one["headers"]["x-echo"] for one in answers} == {REDACTED}
    assert all("$ACKPROOF_TOKEN" in one["headers"]["via"] for one in answers)


def test_every_header_that_the_judge_reads_is_kept() -> None:
    judge = SCHEMA.parent.parent
    sources = [*judge.glob("*.py"), *(judge / "invariants").glob("*.py")]
    read = {
        name
        for path in sources
        for name in READS_A_HEADER.findall(path.read_text(encoding="utf-8"))
    }

    assert {"location", "retry-after", "content-type", "cache-control", "link"} <= read
    assert {"idempotency-key", "x-correlation-id"} <= read
    assert read <= KEPT


def test_a_report_names_the_version_of_the_target_before_and_after(stored: Path) -> None:
    target = report_in(stored)["target"]

    assert (target["server"], target["server_after"]) == ("s/1", "s/1")


def test_an_edited_verdict_is_named(folder: Path) -> None:
    edit(folder, lambda report: verdict(report, "RCP-06").update(outcome="pass"))

    assert differences(folder) == (
        'report.json.verdicts[RCP-06].outcome: the report says "pass", the evidence "fail"'
    )


def test_a_changed_exit_code_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(folder, lambda report: report.update(exit_code=0, meaning="nothing broken"))

    assert outcome(["verify-report", str(folder)]) == 1
    printed = capsys.readouterr().out
    assert "report.json.exit_code: the report says 0, the evidence 1" in printed
    assert "2 differences: the report is not what the evidence says" in printed


def test_a_dropped_finding_is_named(folder: Path) -> None:
    edit(folder, lambda report: verdict(report, "RCP-06")["findings"].pop(0))

    told = differences(folder)

    assert "report.json.verdicts[RCP-06].findings: the report lacks" in told


def test_an_invented_finding_and_a_dropped_verdict_are_named(folder: Path) -> None:
    def invent(report: dict[str, Any]) -> None:
        finding = verdict(report, "RCP-06")["findings"][0]
        verdict(report, "HTP-01")["findings"].append(finding)
        report["verdicts"].remove(verdict(report, "FLR-01"))

    edit(folder, invent)
    told = differences(folder)

    assert "report.json.verdicts[HTP-01].findings: nothing in the evidence backs" in told
    assert "report.json.verdicts[FLR-01]: the report lacks what the evidence shows" in told


def waivers_of(report: dict[str, Any]) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = report["waivers"]["entries"]
    return entries


def test_an_edited_waiver_of_the_report_is_named(folder: Path) -> None:
    assert [one["state"] for one in waivers_of(report_in(folder))] == ["stale"]
    edit(folder, lambda report: waivers_of(report)[0].update(state="used", owner="nobody"))
    edit(folder, lambda report: report["waivers"].update(today="2020-01-01"))

    told = differences(folder)

    assert 'waivers.entries[0].state: the report says "used", the evidence "stale"' in told
    assert 'waivers.entries[0].owner: the report says "nobody", the evidence "the gat' in told
    assert 'report.json.waivers.today: the report says "2020-01-01", the evidence' in told


def test_a_waiver_that_the_report_leaves_out_is_named(folder: Path) -> None:
    edit(folder, lambda report: report.update(waivers=None))

    assert "report.json.waivers: the report says null, the evidence {" in differences(folder)


def test_the_exit_code_is_worked_out_by_the_waivers_of_the_trace(folder: Path) -> None:
    lines = lines_in(folder)
    fails = [one for one in report_in(folder)["verdicts"] if one["outcome"] == "fail"]
    entries = lines[0]["target"]["waivers"]["entries"]
    entries += [
        entries[0] | {"requirement": one["id"], "fingerprint": kind}
        for one in fails
        for kind in one["fingerprints"]
    ]
    forge(folder, lines)
    assert "report.json.exit_code: the report says 1, the evidence 5" in differences(folder)

    del entries[0]
    forge(folder, lines)
    assert "report.json.exit_code: the report says 1, the evidence 0" in differences(folder)

    lines[-1]["timing"]["started_at"] = "9999-12-31T23:59:59+00:00"
    forge(folder, lines)
    assert "report.json.exit_code: the report says 1, the evidence 0" in differences(folder)

    for one in entries:
        one["expires"] = "2026-01-01"
    forge(folder, lines)
    assert "exit_code" not in differences(folder)


@pytest.mark.parametrize(
    ("table", "name", "change"),
    [
        ("used", "request_timeout", {"seconds": 1}),
        ("used", "poll_most", {"above_cap": True}),
        ("observed", "write_accepted", {"p95": 9.5}),
        ("observed", "verdict_after_202", {"count": 1000}),
    ],
)
def test_an_edited_wait_is_named(
    folder: Path, table: str, name: str, change: dict[str, object]
) -> None:
    edit(folder, lambda report: report["timing"][table][name].update(change))

    (member,) = change
    assert differences(folder).startswith(f"report.json.timing.{table}.{name}.{member}: the report")


def test_waits_are_worked_out_of_the_exchanges(folder: Path) -> None:
    lines = lines_in(folder)
    writes = [one for one in lines if one.get("operation") == "createMember"]
    write = next(one for one in writes if one["response"]["status"] == httpx.codes.ACCEPTED)
    write["received"] = write["sent"] + 77.5
    forge(folder, lines)

    assert "timing.observed.write_accepted.max: the report says" in differences(folder)
    assert "the evidence 77.5" in differences(folder)


def test_a_report_of_before_waits_were_told_verifies(folder: Path) -> None:
    edit(folder, lambda report: [report["timing"].pop(one) for one in ("used", "observed")])
    assert differences(folder) == ""

    edit(folder, lambda report: report["timing"].update(used={}))
    assert "report.json.timing.observed: the report lacks" in differences(folder)


def test_an_edited_exchange_is_named_by_its_number(folder: Path) -> None:
    lines = lines_in(folder)
    edited = broken(lines)
    edited["response"]["body"] = edited["response"]["body"].replace("pending", "ready")
    rewrite(folder, lines)

    told = differences(folder)

    assert f"exchange {edited['number']} is not as it was written" in told
    assert told.count("is not as it was written") == 1
    assert "is not the file that report.json names" in told


def test_a_forged_exchange_is_named_by_what_it_shows(folder: Path) -> None:
    lines = lines_in(folder)
    forged = broken(lines)
    receipt = json.loads(forged["response"]["body"])
    forged["response"]["headers"]["location"] = receipt["statusUrl"]
    forge(folder, lines)

    told = differences(folder)

    assert "is not as it was written" not in told
    assert f"(RCP-06) at exchange {forged['number']} is stored as" in told


def test_an_edited_judgement_is_named(folder: Path) -> None:
    lines = lines_in(folder)
    heard, number = said_of(lines, "RCP-06"), broken(lines)["number"]
    for one in heard["said"]:
        one["held"] = True
    rewrite(folder, lines)

    told = differences(folder)

    assert f"what {heard['check']} said of RCP-06 is not as it was written" in told
    assert 'verdicts[RCP-06].outcome: the report says "fail", the evidence "pass"' in told
    assert f"of {heard['check']} (RCP-06) at exchange {number} is stored as" in told


def test_a_dropped_exchange_is_named(folder: Path) -> None:
    lines = lines_in(folder)
    dropped = broken(lines)["number"]
    rewrite(folder, [one for one in lines if one.get("number") != dropped])

    assert f"exchange {dropped} is missing" in differences(folder)


def test_an_exchange_dropped_by_a_forger_is_missed_where_it_is_named(folder: Path) -> None:
    lines = lines_in(folder)
    dropped = broken(lines)["number"]
    forge(folder, [one for one in lines if one.get("number") != dropped])

    assert f"rests on exchange {dropped}, which is not in the trace" in differences(folder)


def test_a_swapped_order_is_named(folder: Path) -> None:
    lines = lines_in(folder)
    lines[5], lines[6] = lines[6], lines[5]
    rewrite(folder, lines)

    assert "exchange 5 stands behind exchange 6, and was written before it" in differences(folder)


def test_what_a_check_said_cannot_be_left_out(folder: Path) -> None:
    lines = lines_in(folder)
    left_out = said_of(lines, "FLR-01")
    lines.remove(left_out)
    lines[-1]["heard"] -= 1
    forge(folder, lines)

    told = differences(folder)

    assert f"{left_out['check']} (FLR-01) is planned 1 times and heard 0 times" in told


def test_a_run_that_was_interrupted_verifies_as_such(folder: Path) -> None:
    lines = lines_in(folder)
    lines[-1]["interrupted"] = True
    lines[0]["target"]["waivers"] = None
    forge(folder, lines)
    edit(folder, lambda told: told.update(waivers=None))
    assert "report.json.interrupted: the report says false, the evidence true" in differences(
        folder
    )

    edit(folder, lambda told: told.update(interrupted=True, exit_code=130, meaning="interrupted"))

    assert differences(folder) == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda first: first.update(kit="0.0.1"), "judged by ackproof 0.0.1"),
        (lambda first: first["contract"].update(hash="0" * 64), "nothing was judged again"),
        (lambda first: first.update(trace_version=2), "has trace_version 2"),
    ],
    ids=["kit", "contract", "trace_version"],
)
def test_evidence_of_another_version_is_told_in_a_sentence(
    folder: Path,
    change: Callable[[dict[str, Any]], object],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = lines_in(folder)
    change(lines[0])
    forge(folder, lines)

    assert outcome(["verify-report", str(folder)]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file"),
        (b"{}", "is not a gzip file"),
        (gzip.compress(b"x" * 99)[:-9], "is not a gzip file"),
        (gzip.compress(b"[]\n"), "is no JSON object"),
        (gzip.compress(b"{\n"), "is not JSON"),
        (gzip.compress(b'{"kind": "heard"}\n'), "does not keep trace.schema.json"),
        (gzip.compress(b'{"kind": "\\ud800"}\n'), "holds text that is none"),
        (gzip.compress(b'{"kind": NaN}\n'), "NaN is no number"),
        (gzip.compress(b""), "is no whole trace"),
    ],
    ids=[
        "missing",
        "no gzip",
        "cut",
        "no object",
        "no JSON",
        "no line",
        "no text",
        "no number",
        "empty",
    ],
)
def test_evidence_that_cannot_be_read_is_told_in_a_sentence(
    folder: Path, content: bytes | None, said: str
) -> None:
    (folder / trace_file.NAME).unlink()
    if content is not None:
        (folder / trace_file.NAME).write_bytes(content)

    with pytest.raises(EvidenceUnreadable, match=said):
        read_trace(folder)


def test_a_value_that_means_nothing_is_a_difference(folder: Path) -> None:
    lines = lines_in(folder)
    lines[-1]["timing"]["started_at"] = "yesterday"
    forge(folder, lines)

    assert "the trace holds a value that means nothing" in differences(folder)


def test_a_time_beyond_all_numbers_means_nothing_too(folder: Path) -> None:
    lines = lines_in(folder)
    broken(lines)["received"] = 10**400
    forge(folder, lines)

    assert "the trace holds a value that means nothing" in differences(folder)


def test_a_run_that_ends_unreported_leaves_no_evidence_of_another(folder: Path) -> None:
    assert run_into(folder, "http://127.0.0.1:1") == 3

    assert [name for name in FILES if (folder / name).exists()] == []
