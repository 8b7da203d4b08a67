"""What the end of a run reads again is only what its own principal may read."""

from conformance.contract import load_contract
from conformance.embedded import embedded_server
from conformance.histories_judged import END
from conformance.plan import make_plan
from conformance.progress import Silent
from conformance.runner import run


def test_statuses_of_another_scope_are_not_read_again_with_our_credential() -> None:
    contract = load_contract()
    with embedded_server() as server:
        target = server.target({})
        plan = make_plan(contract, target, ("IDM-05", "STA-08"))
        result = run(contract, target, plan, Silent())

    written = {one.parameters.get("scopeId") for one in result.exchanges if one.status == 202}
    again = [one for one in result.exchanges if one.cause == END]
    assert len(written) == 2
    assert again
    assert {one.status for one in again} == {200}
    assert {one.parameters.get("scopeId") for one in again} == {target.scope}
