"""Who may come in: tokens, scopes by what they begin with, and scopes that share a fault."""

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

Start = Callable[..., str]
TOKENS = {
    "one": {"principal": "p1", "scopes": ["s1", "team-*"]},
    "two": {"principal": "p2", "scopes": ["other-*"]},
}


@pytest.fixture
def get(reference_server: Start, tmp_path: Path) -> Callable[[str, str], httpx.Response]:
    file = tmp_path / "tokens.json"
    file.write_text(json.dumps(TOKENS), encoding="utf-8")
    url = reference_server("--token-file", str(file), "--scoped-faults")

    def ask(token: str, path: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.get(f"{url}/api/scopes/{path}", headers=headers, trust_env=False)

    return ask


@pytest.mark.parametrize(
    ("token", "scope", "status"),
    [
        ("one", "s1", 200),
        ("one", "s11", 403),
        ("one", "team-", 200),
        ("one", "team-a", 200),
        ("one", "tea", 403),
        ("one", "other-s1", 403),
        ("two", "other-s1", 200),
        ("two", "s1", 403),
    ],
)
def test_a_star_stands_for_any_ending_of_a_scope(
    get: Callable[[str, str], httpx.Response], token: str, scope: str, status: int
) -> None:
    assert get(token, f"{scope}/members").status_code == status


def test_a_fault_is_in_its_scope_and_in_the_other_of_it(
    get: Callable[[str, str], httpx.Response],
) -> None:
    scope = "other-fault-answers-an-unknown-run-bare"

    unknown = get("two", f"{scope}/members/m1/runs/r1")
    elsewhere = get("two", "other-s1/members/m1/runs/r1")

    assert unknown.json()["code"] == "STUDIO_MEMBER_NOT_FOUND"
    assert elsewhere.json()["code"] == "STUDIO_MEMBER_NOT_FOUND"
