"""What a run says of itself, in its list and where it is read."""

from collections.abc import Iterator
from typing import Any, Final

from conformance import expect
from conformance.checks import EVERY_WRITE, Invariant, Judgements, invariant
from conformance.exchange import Exchange
from conformance.history import RUN_ENDS, RUN_WORDS, RouteHistory, run_word

LISTED: Final = ("a_run_is_listed_at_its_own_member_only",)
POISON: Final = ("a_failed_run_says_why",)
WORDS: Final = (*RUN_WORDS, *RUN_ENDS)
NAMED: Final = (
    "runId",
    "commandId",
    "correlationId",
    "revisionId",
    "publishedServiceId",
    "stateVersion",
    "createdAt",
)
Run = dict[str, Any]


@invariant("RUN-01", over=RouteHistory, stimulus=LISTED)
def a_row_is_a_whole_run_of_the_member_that_was_asked(route: RouteHistory) -> Judgements:
    if route.rule.operation_id != "listMemberRuns":
        return
    for page in route.answers:
        asked = page.parameters["memberId"].strip()
        for row in _runs(page):
            lacking = [name for name in NAMED if row.get(name) is None]
            if run_word(row) is None:
                lacking.append("runStatus")
            expected = f"a run with {', '.join(NAMED)} and runStatus"
            yield expect.that(not lacking, expected, f"it lacks {', '.join(lacking)}", page)
            owner = row.get("memberId", asked)
            if page.violates is None:  # what another id may reach is for INP-03
                what = "memberId of a row in a member's list of runs"
                yield expect.equal(owner, asked, what, page)


@invariant("RUN-04", over=RouteHistory, stimulus=(*EVERY_WRITE, *POISON))
def a_run_word_is_of_the_list_and_final_once_the_run_has_ended(route: RouteHistory) -> Judgements:
    ended: dict[tuple[str, str], tuple[object, Exchange]] = {}
    for read in route.answers:
        for run in _runs(read):
            key, word = (read.parameters["memberId"], str(run.get("runId"))), run_word(run)
            if word is None:
                continue
            yield expect.that(word in WORDS, f"one of {', '.join(WORDS)}", word, read)
            before, earlier = ended.get(key, (word, read))
            if key in ended and word in WORDS and read.sent >= earlier.received:
                expected = f"still the terminal run word {before}, which an earlier read showed"
                yield expect.that(word in RUN_ENDS, expected, word, earlier, read)
            if word in RUN_ENDS:
                ended.setdefault(key, (word, read))


def _runs(read: Exchange) -> Iterator[Run]:
    """Yield the runs that an answer of a run route shows."""
    if not read.ok:
        return
    if read.operation_id == "getMemberRun":
        yield read.members
    listed = read.members.get("runs") if read.operation_id == "listMemberRuns" else None
    yield from (
        row for row in (listed if isinstance(listed, list) else ()) if isinstance(row, dict)
    )


INVARIANTS: Final[tuple[Invariant, ...]] = (
    a_row_is_a_whole_run_of_the_member_that_was_asked,
    a_run_word_is_of_the_list_and_final_once_the_run_has_ended,
)
