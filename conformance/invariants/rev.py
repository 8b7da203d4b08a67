"""Revisions: what their actions' receipts name, and the words that lists show."""

from collections.abc import Iterator, Mapping
from typing import Final

from conformance import expect
from conformance.checks import EVERY_WRITE, Invariant, Judgements, invariant
from conformance.history import OperationHistory, RouteHistory, not_offered

ACTIONS: Final = ("activateMemberRevision", "retireMemberRevision")
BESIDE: Final = ("memberId", "publishedServiceId", "revisionId")
WORDS: Final = ("published", "retired", "preparation_failed")
LISTED: Final = ("a_repeated_revision_action_converges",)


@invariant("REV-01", over=OperationHistory)
def a_revision_action_names_its_revision_and_service(operation: OperationHistory) -> Judgements:
    ready = any(claim.members.get("status") == "ready" for claim in operation.claims)
    if operation.rule.operation_id not in ACTIONS or not ready:
        return
    for receipt in operation.acknowledgements:
        target = receipt.members.get("target")
        named = target if isinstance(target, dict) else {}
        asked = receipt.parameters.get("revisionId", "").strip()
        held = named.get("revisionId") == asked and named.get("publishedServiceId")
        expected = f"a target with revisionId {asked} and the publishedServiceId"
        yield expect.that(held, expected, named, receipt)
        lacking = [name for name in BESIDE if not isinstance(receipt.members.get(name), str)]
        expected = f"{', '.join(BESIDE)} beside the receipt"
        yield expect.that(not lacking, expected, f"it lacks {', '.join(lacking)}", receipt)


@invariant("REV-01", over=RouteHistory)
def a_revision_action_may_not_be_offered(route: RouteHistory) -> Judgements:
    if route.rule.operation_id in ACTIONS:
        yield from _not_offered(route)


def _not_offered(route: RouteHistory) -> Judgements:
    yield from (expect.branch("not_offered", one) for one in route.answers if not_offered(one))


@invariant("REV-07", over=RouteHistory, stimulus=(*EVERY_WRITE, *LISTED))
def the_words_of_a_revision_are_a_closed_list(route: RouteHistory) -> Judgements:
    reads = route.answers if route.rule.operation_id == "listMemberRevisions" else []
    for read in (one for one in reads if one.ok):
        listed = read.members.get("revisions")
        rows = listed if isinstance(listed, list) else []
        words = [row.get("status") for row in rows if isinstance(row, dict)]
        wrong = [str(word) for word in words if word not in WORDS]
        if words:
            expected = f"each status is one of {', '.join(WORDS)}"
            yield expect.that(not wrong, expected, ", ".join(wrong), read)
    if route.rule.operation_id == "listMemberRevisions":
        yield from _not_offered(route)


@invariant("REV-07", over=RouteHistory)
def a_pending_revision_action_shows_no_word_of_a_revision(route: RouteHistory) -> Judgements:
    actions = route.rule.operation_id in ACTIONS
    for receipt in route.acknowledged_writes() if actions else ():
        if receipt.members.get("status") == "pending":
            shown = [f"{name} {word}" for name, word in _words(receipt.members)]
            expected = "no status word of the revision while the action is pending"
            yield expect.that(not shown, expected, ", ".join(shown), receipt)
    if actions:
        yield from _not_offered(route)


def _words(receipt: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield each status word of a revision in a receipt and its objects, predictions left out."""
    inner = [one for name, one in receipt.items() if name != "expected" and isinstance(one, dict)]
    for document in (receipt, *inner):
        for name, value in document.items():
            if name.lower().endswith("status") and str(value).lower() in WORDS:
                yield name, str(value)


INVARIANTS: Final[tuple[Invariant, ...]] = (
    a_revision_action_names_its_revision_and_service,
    a_revision_action_may_not_be_offered,
    the_words_of_a_revision_are_a_closed_list,
    a_pending_revision_action_shows_no_word_of_a_revision,
)
