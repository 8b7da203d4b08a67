"""What the answer to a bind says."""

from typing import Final

from conformance import expect
from conformance.checks import Invariant, Judgements, Missing, invariant
from conformance.exchange import Exchange
from conformance.history import ACCEPTED, RouteHistory, names_a_command


@invariant("BND-02", over=RouteHistory)
def an_accepted_bind_says_where_to_look(route: RouteHistory) -> Judgements:
    if route.rule.operation_id != "bindMember":
        return
    for write in route.acknowledged_writes():
        if write.status != ACCEPTED:
            yield expect.branch("synchronous_throughout", write)
        elif not names_a_command(write):
            yield Missing(f"the bind's answer is no receipt: {write.line}", (write,))
        else:
            wrong = ", ".join(_wrong(write))
            expected = (
                "completionStage ready, a readinessUrl, a readModelUrl and the revisionId in "
                "target or expected"
            )
            yield expect.that(not wrong, expected, f"wrong: {wrong}", write)


def _wrong(write: Exchange) -> list[str]:
    """Name what a receipt of a bind lacks, or says in another way."""
    members = write.members
    urls = [name for name in ("readinessUrl", "readModelUrl") if not _is_text(members, name)]
    stage = [] if members.get("completionStage") == "ready" else ["completionStage"]
    named = any(_is_text(members.get(place), "revisionId") for place in ("target", "expected"))
    return stage + urls + ([] if named else ["revisionId"])


def _is_text(document: object, name: str) -> bool:
    return isinstance(document, dict) and isinstance(document.get(name), str)


INVARIANTS: Final[tuple[Invariant, ...]] = (an_accepted_bind_says_where_to_look,)
