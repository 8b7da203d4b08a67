"""A server in the shape of the older API: it breaks what needs a receipt, and nothing else."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.contract import load_contract

ACKPROOF = str(Path(sys.executable).parent / "ackproof")
DATA = Path(__file__).parent / "data/seed-shaped.json"
EXPECTED: dict[str, dict[str, str]] = json.loads(DATA.read_text("utf-8"))
HEADLINE = re.compile(r"^[A-Z]{3}-\d\d (?:MUST|SHOULD|MAY) +(?:fail|warn)", re.MULTILINE)
MOST_HEADLINES = 6


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """Judge the shape once: what was printed, and each requirement's outcome."""
    folder = tmp_path_factory.mktemp("seed-shaped")
    served = [sys.executable, "-m", "reference_server", "--no-auth", "--port=0"]
    with subprocess.Popen(
        [*served, "--shape", "seed-shaped", "--deadline", "2000"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = str(json.loads(process.stdout.readline())["url"])
        claims = ["--profile", "core", "--profile", "member-first"]
        done = subprocess.run(
            [ACKPROOF, "run", url, "--scope", "s1", *claims, "--report-dir", folder],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        process.terminate()
    report = json.loads((folder / "report.json").read_text("utf-8"))
    return done.stdout, {one["id"]: one["outcome"] for one in report["verdicts"]}


def outcomes(judged: tuple[str, dict[str, Any]], *words: str) -> set[str]:
    return {one for one, outcome in judged[1].items() if outcome in words}


def test_it_breaks_exactly_what_needs_a_receipt(judged: tuple[str, dict[str, Any]]) -> None:
    assert outcomes(judged, "fail", "warn") == set(EXPECTED["broken"])
    assert outcomes(judged, "harness_error") == set()


def test_it_passes_the_rest_but_what_cannot_be_seen_without_a_receipt(
    judged: tuple[str, dict[str, Any]],
) -> None:
    unverified = outcomes(judged, "not_verified")
    told = {one if one in EXPECTED["unverified"] else one[:3] for one in unverified}

    assert told == set(EXPECTED["unverified"])
    assert len(outcomes(judged, "pass")) > len(EXPECTED["broken"])


def test_the_console_shows_at_most_six_headlines_for_it(judged: tuple[str, dict[str, Any]]) -> None:
    shown = HEADLINE.findall(judged[0])

    assert 0 < len(shown) <= MOST_HEADLINES, shown


@pytest.mark.parametrize("outcome", sorted(EXPECTED))
def test_every_id_or_area_of_the_list_is_of_the_catalogue_and_carries_a_reason(
    outcome: str,
) -> None:
    listed = EXPECTED[outcome]
    known = set(load_contract().requirements)

    assert set(listed) <= known | {one[:3] for one in known}
    assert all(reason.strip() for reason in listed.values())
