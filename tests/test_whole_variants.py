"""Legitimate servers, in which nothing may be found: a few of those that `make variants` judges."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.embedded import listed_variants

ACKPROOF = Path(sys.executable).with_name("ackproof")
TRUST = Path(__file__).parent.parent / "docs/trust.md"
JUDGED_HERE = (
    "own-member-ids+absolute-urls",
    "scripts-only",
)


def variants(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [str(ACKPROOF), "variants", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def test_nothing_is_found_in_a_legitimate_server(tmp_path: Path) -> None:
    file = tmp_path / "variants.json"

    done = variants(*JUDGED_HERE, "--json", str(file))

    rows = json.loads(file.read_text("utf-8"))["variants"]
    assert {row["variant"]: row["red"] for row in rows if row["red"]} == {}
    assert [row["error"] for row in rows if row["error"]] == []
    assert [row["variant"] for row in rows] == list(JUDGED_HERE)
    assert done.returncode == 0, done.stdout
    unverified = {row["variant"]: row["unverified"] for row in rows}
    assert unverified == {"own-member-ids+absolute-urls": [], "scripts-only": ["FLR-05"]}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["synchronic"], "There is no variant synchronic. Did you mean synchronous?"),
        (["trims-ids+refuses-padded-ids"], "exclude each other"),
        (["--pairs", "trims-ids", "refuses-padded-ids"], "0 legitimate servers"),
    ],
    ids=["unknown", "contradicting", "no-pair"],
)
def test_what_cannot_be_judged_is_said_in_a_sentence(arguments: list[str], sentence: str) -> None:
    done = variants(*arguments)

    assert done.returncode != 0
    assert sentence in done.stdout + done.stderr


def test_ten_variants_are_paired_and_every_exclusion_is_mutual() -> None:
    listed = {one["name"]: one for one in listed_variants()}

    assert sum(one["paired"] for one in listed.values()) == 10
    for name, one in listed.items():
        assert all(name in listed[other]["excludes"] for other in one["excludes"])


def test_the_documents_name_every_variant() -> None:
    table = re.findall(r"^\| .* \| (`.*`) \|$", TRUST.read_text("utf-8"), re.MULTILINE)
    named = {name for row in table for name in re.findall(r"`([a-z-]+)`", row)}

    assert {one["name"] for one in listed_variants()} <= named
