"""What the answer to a write claims, against what is true."""

import re
from collections.abc import Mapping
from typing import Final

from conformance import expect
from conformance.checks import EVERY_WRITE, Invariant, Judgements, Missing, invariant
from conformance.exchange import Exchange
from conformance.history import (
    ACCEPTED,
    OK,
    STAGES,
    STATUSES,
    OperationHistory,
    RouteHistory,
    rank,
)

LIVE_WORDS: Final = re.compile(
    "deploymentStatus|(is)?(Active|active|Bound|bound|Serving|serving)|lastBinding|boundAt"
    "|servingState|(active|bound|serving|activeServing)RevisionId"
)
CLAIMS: Final = ("success", "succeeded", "completed", "ready", "bound")


@invariant("ACK-01", over=RouteHistory)
def an_unfinished_write_is_answered_202_with_a_receipt(route: RouteHistory) -> Judgements:
    for write in route.acknowledged_writes():
        if write.status == ACCEPTED:
            receipt = isinstance(write.members.get("commandId"), str) and "stage" in write.members
            expected = "202 carries a receipt: a commandId and the stage that is proven"
            yield expect.that(receipt, expected, expect.answer(write), write, cause="no receipt")
        elif write.members.get("status") == "pending":
            yield expect.that(False, "202 for a pending write", f"{write.status} pending", write)  # noqa: FBT003
        else:
            yield expect.branch("synchronous_throughout", write)


@invariant("ACK-02", over=RouteHistory, stimulus=("thirty_creates_in_a_burst_can_be_looked_up",))
def a_201_names_what_is_readable_now(route: RouteHistory) -> Judgements:
    creates = route.rule.operation_id == "createMember"
    for created, read in route.location_reads:
        made = creates and (_member_ids(created) or _member_ids_of(created.given))
        held = read.status == OK and (not made or made & _member_ids(read))
        named = f" and names {', '.join(sorted(made))}" if made else ""
        expected = f"the first GET of the 201's Location is 200{named}"
        yield expect.that(held, expected, expect.answer(read), created, read)
    for write in route.acknowledged_writes():
        if write.status == ACCEPTED:
            yield expect.branch("accepted_throughout", write)
        elif creates and write.status == OK:
            yield expect.branch("synchronous_throughout", write)


def _member_ids(answer: Exchange) -> set[str]:
    """Return the memberIds that a document gives as its own."""
    inner = (answer.members.get(name) for name in ("target", "summary"))
    documents = (answer.members, *(one for one in inner if isinstance(one, dict)))
    return set().union(*(_member_ids_of(document) for document in documents))


def _member_ids_of(document: Mapping[str, object]) -> set[str]:
    member_id = document.get("memberId")
    return {member_id} if isinstance(member_id, str) else set()


@invariant("ACK-03", over=RouteHistory)
def a_200_or_201_is_a_receipt_that_is_done(route: RouteHistory) -> Judgements:
    for write in route.acknowledged_writes():
        if write.status not in {200, 201}:
            yield expect.branch("accepted_throughout", write)
            continue
        body = write.members
        expected = "a receipt whose status is ready (or failed, on 200), or a replay"
        actual = "; ".join(map(str, route.validators.shape("receipt", body)[:2]))
        held = not actual and (_done(write) or body.get("replayed") is True)
        words = (expect.named(name, body.get(name)) for name in ("status", "stage"))
        shown = actual or " at ".join(words)
        yield expect.that(
            held, expected, shown, write, cause="" if "stage" in body else "no receipt"
        )


def _done(write: Exchange) -> bool:
    body = write.members
    if body.get("status") == "ready":
        return rank(body.get("stage")) >= rank(body.get("completionStage"))
    failed = write.status == OK and body.get("status") == "failed"
    return failed and isinstance(body.get("failure"), dict)


@invariant("ACK-04", over=RouteHistory)
def no_write_is_answered_204(route: RouteHistory) -> Judgements:
    for write in route.acknowledged_writes():
        expected = "an answer with a body that can name the command"
        yield expect.that(write.status != 204, expected, write.status, write)  # noqa: PLR2004


@invariant("ACK-05", over=OperationHistory)
def the_stage_of_a_receipt_is_proven(operation: OperationHistory) -> Judgements:
    for receipt in operation.acknowledgements:
        claimed = receipt.members.get("stage")
        later = next((one for one in operation.samples if one.sent >= receipt.received), None)
        if later and claimed in STAGES:
            shown = later.members.get("stage")
            expected = f"the status agrees that {claimed} was reached"
            yield expect.that(rank(shown) >= rank(claimed), expected, shown, receipt, later)
        if rank(claimed) >= rank("observed"):
            for read in operation.model_reads_after(receipt)[:1]:
                yield expect.shows_version(read, receipt.members.get("stateVersion"), receipt)


@invariant("ACK-06", over=OperationHistory)
def an_accepted_receipt_tells_nothing_of_the_read_model(operation: OperationHistory) -> Judgements:
    for receipt in operation.acknowledgements:
        if receipt.members.get("stage") != "accepted":
            yield expect.branch("synchronous_throughout", receipt)
            continue
        live = sorted(name for name in _names(receipt.members) if LIVE_WORDS.fullmatch(name))
        live += _times_of_the_resource(receipt.members)
        target = receipt.members.get("target")
        if isinstance(target, dict) and "status" in target:
            live.append("target.status")
        if receipt.members.get("status") not in STATUSES:
            live.append(expect.named("status", receipt.members.get("status")))
        expected = "no live status word of the resource at stage accepted"
        yield expect.that(not live, expected, ", ".join(live), receipt)


def _names(receipt: Mapping[str, object]) -> set[str]:
    """Return the names of its members and of the objects in it, predictions left out."""
    inner = (one for name, one in receipt.items() if name != "expected")
    return set(receipt).union(*(one for one in inner if isinstance(one, dict)))


def _times_of_the_resource(receipt: Mapping[str, object]) -> list[str]:
    """Name each updatedAt in an object; at the top level it may be the status document's own."""
    inner = ((name, one) for name, one in receipt.items() if isinstance(one, dict))
    return [f"{name}.updatedAt" for name, one in inner if "updatedAt" in one]


@invariant(
    "ACK-07",
    over=OperationHistory,
    stimulus=("thirty_creates_in_a_burst_can_be_looked_up", *EVERY_WRITE),
)
def a_202_can_be_looked_up_at_once(operation: OperationHistory) -> Judgements:
    receipt = operation.receipt
    if receipt.status != ACCEPTED:
        yield expect.branch("synchronous_throughout", receipt)
    elif (first := operation.first_status_answer()) and operation.may_have_expired(first):
        yield Missing("the statusUrl was first read past its expiresAt", (receipt, first))
    elif first:
        held = first.ok and first.members.get("commandId") == operation.command_id
        expected = "the first GET of statusUrl is 200 and names the command"
        yield expect.that(held, expected, expect.answer(first), receipt, first)
    elif operation.status_reads:
        yield Missing("the statusUrl was never answered but by the transport", (receipt,))


@invariant("ACK-10", over=OperationHistory)
def nothing_pending_claims_success(operation: OperationHistory) -> Judgements:
    pending = [one for one in operation.claims if one.members.get("status") == "pending"]
    for claim in pending:
        claimed = [name for name in CLAIMS if claim.members.get(name) is True]
        expected = "no boolean claim of success while pending"
        yield expect.that(not claimed, expected, f"{', '.join(claimed)} is true", claim)
    if not pending:
        yield expect.branch("synchronous_throughout", operation.receipt)


INVARIANTS: Final[tuple[Invariant, ...]] = (
    an_unfinished_write_is_answered_202_with_a_receipt,
    a_201_names_what_is_readable_now,
    a_200_or_201_is_a_receipt_that_is_done,
    no_write_is_answered_204,
    the_stage_of_a_receipt_is_proven,
    an_accepted_receipt_tells_nothing_of_the_read_model,
    a_202_can_be_looked_up_at_once,
    nothing_pending_claims_success,
)
