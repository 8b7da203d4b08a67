"""A server may repeat the bearer token wherever it likes; the kit repeats it nowhere."""

from contextlib import closing
from dataclasses import replace
from functools import cache
from typing import Final

import pytest
import respx
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.client import Client
from conformance.contract import Contract, load_contract
from conformance.expect import shown
from conformance.preflight import TargetUnusable, preflight
from conformance.target import Header, Principal, Target
from conformance.target_check import check_target
from conformance.target_keys import TargetFileError
from conformance.trace import Trace
from conformance.wire import Connections

TOKEN: Final = "s3cr3t-token"  # noqa: S105  # no real secret
NAMED: Final = "ACKPROOF_TOKEN"
URL: Final = "http://127.0.0.1:1"
TARGET: Final = Target(URL, "s1", ("core",), None, None, None, token_env=NAMED, token=TOKEN)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"echoed {TOKEN}, {TOKEN}", "echoed $ACKPROOF_TOKEN, $ACKPROOF_TOKEN"),
        (shown("x" * 193 + TOKEN), "x" * 193 + "$ACKPROOF_TOKEN…"),
        ("a s3cr3t of its own", "a s3cr3t of its own"),
        (shown("x" * 300), shown("x" * 300)),
    ],
    ids=["whole", "cut off", "alike", "none"],
)
def test_a_token_is_masked_whole_or_cut_off(text: str, masked: str) -> None:
    assert TARGET.masked(text) == masked


@pytest.mark.parametrize("status", [401, 403, 404, 503])
def test_what_ends_a_run_before_it_begins_tells_no_token(
    status: int, respx_mock: respx.MockRouter
) -> None:
    said = f"Bearer {TOKEN} is not known, {'and ' * 33}again {TOKEN}"
    respx_mock.get(url__startswith=URL).respond(status, text=said)

    with closing(Connections()) as connections:
        client = Client(contract(), TARGET, Trace(), "a test", connections, sleep=lambda _: None)
        with pytest.raises(TargetUnusable) as told:
            preflight(client)

    assert "s3cr" not in str(told.value)
    assert ("$ACKPROOF_TOKEN" in str(told.value)) is (status in {401, 403})


@cache
def contract() -> Contract:
    return load_contract()


WORDS: Final = {
    "a status": "ready",
    "a member of a document": "stateVersion",
    "a part of one": "embe",
    "a header": "Idempotency-Key",
    "a code": "STUDIO_MEMBER_NOT_FOUND",
    "a piece of a path": "/binding/revisions",
    "a word of a requirement": "malformed",
}


@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS.keys())
@pytest.mark.parametrize("held_by", ["target", "other", "header"])
def test_a_secret_that_stands_in_the_contract_is_refused(word: str, held_by: str) -> None:
    holders = {
        "target": replace(TARGET, token=word),
        "other": replace(TARGET, other=Principal("s2", "OTHER", word)),
        "header": replace(TARGET, headers=(Header("X-Tenant", word, "TENANT"),)),
    }
    shown_as = {"target": NAMED, "other": "OTHER", "header": "TENANT"}

    with pytest.raises(TargetFileError) as refused:
        check_target(contract(), holders[held_by])

    said = str(refused.value)
    assert said.startswith(f"the command line: the secret ${shown_as[held_by]} stands in the ")
    assert ("[target.headers]" in said) is (held_by == "header")


@settings(deadline=None)
@given(st.binary(min_size=12, max_size=24).map(bytes.hex))
def test_a_secret_that_was_drawn_at_random_is_taken(secret: str) -> None:
    check_target(contract(), replace(TARGET, token=secret))


def test_a_header_that_is_no_secret_may_be_a_word_of_the_contract() -> None:
    plain = replace(TARGET, headers=(Header("X-Stage", "ready"),))

    check_target(contract(), plain)
