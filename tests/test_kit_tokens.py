"""A server may repeat the bearer token wherever it likes; the kit repeats it nowhere."""

from contextlib import closing
from typing import Final

import pytest
import respx

from conformance.client import Client
from conformance.contract import load_contract
from conformance.expect import shown
from conformance.preflight import TargetUnusable, preflight
from conformance.target import Target
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
        contract, trace = load_contract(), Trace()
        client = Client(contract, TARGET, trace, "a test", connections, sleep=lambda _: None)
        with pytest.raises(TargetUnusable) as told:
            preflight(client)

    assert "s3cr" not in str(told.value)
    assert ("$ACKPROOF_TOKEN" in str(told.value)) is (status in {401, 403})
