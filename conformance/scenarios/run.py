"""Runs: each at its own member, newest first, with its outcome and the reason of a failure."""

from functools import partial
from typing import Any, Final

from conformance import expect
from conformance.api import Api, How
from conformance.checks import (
    Judgement,
    Judgements,
    Missing,
    NotOffered,
    Scenario,
    Unverified,
    scenario,
)
from conformance.exchange import Exchange
from conformance.history import TRANSPORT, instant, not_offered, run_word
from conformance.scenarios.flr import refused_now
from conformance.scenarios.pag import next_token, paged

MOST_PAGES: Final = 10
SMALL: Final = 2
NOT_FOUND: Final = 404
UNKNOWN: Final = "SERVICE_RUN_NOT_FOUND"
MALFORMED: Final = "-!"
MALFORMED_STATUSES: Final = (400, 404)
NO_RUN_ID: Final = How(violates="path: runId begins with a dash")
NO_PROMPT: Final = How(violates="body: prompt is a number")
Row = dict[str, Any]


def rows_of(page: Exchange) -> list[Row]:
    """Return the rows of a page of runs, without those that name another member."""
    asked = page.parameters["memberId"]
    return [row for row in _all_rows(page) if row.get("memberId", asked) == asked]


def _all_rows(page: Exchange) -> list[Row]:
    listed = page.members.get("runs")
    rows = listed if page.ok and isinstance(listed, list) else []
    return [row for row in rows if isinstance(row, dict)]


def pages_of(api: Api, member_id: str, size: int | None = None) -> list[Exchange]:
    """Read the list of a member's runs to its end.

    Raises:
        Unverified: it cannot be read.

    """
    pages = [api.send.list_member_runs(member_id, paged(size))]
    while pages[-1].ok and next_token(pages[-1]) and len(pages) < MOST_PAGES:
        token = next_token(pages[-1])
        pages.append(api.send.list_member_runs(member_id, paged(size, token)))
    if not_offered(pages[0]):
        raise NotOffered(pages[0])
    if not pages[-1].ok:
        raise Unverified(f"the runs cannot be listed: {pages[-1].line}", pages[-1])
    return pages


def row_in(pages: list[Exchange], run_id: str) -> Row | None:
    """Return the row of a run; None if no page has it."""
    rows = (row for page in pages for row in rows_of(page))
    return next((row for row in rows if row.get("runId") == run_id), None)


def page_with(api: Api, member_id: str, *run_ids: str) -> Exchange | None:
    """Read a member's list of runs; its last page, or None unless it has all of these."""
    pages = pages_of(api, member_id)
    return pages[-1] if all(row_in(pages, run_id) for run_id in run_ids) else None


def run_id_of(run: Exchange) -> str:
    """Return the id of a run that was read.

    Raises:
        Unverified: it cannot be read, or names no id.

    """
    run_id = run.members.get("runId")
    if not run.ok or not isinstance(run_id, str):
        raise Unverified(f"the run of an invoke cannot be read: {run.line}", run)
    return run_id


def _a_run(api: Api, member_id: str) -> tuple[Exchange, Exchange]:
    """Invoke a member; give the invoke, and its run once it has ended."""
    invoked = api.invoke(member_id, api.fixture("good"))
    if not invoked.ok:
        raise Unverified(f"a legal invoke was refused: {invoked.line}", invoked)
    return invoked, api.run_of(invoked)


def _is_listed(api: Api, invoked: Exchange, run: Exchange, where: str) -> Judgement:
    """Judge that a run is listed by the deadline of its invoke, and not long after it was read."""
    member_id, run_id = invoked.parameters["memberId"], run_id_of(run)
    for _ in api.looks(api.send.get_member_run(member_id, run_id)):
        page = page_with(api, member_id, run_id)
        if page:
            break
    if page is None and api.deadline(invoked) > api.target.completion_limit:
        return Missing("the run's limit came before the deadline of an unlisted run", (invoked,))
    shown_by = (invoked, page or invoked)
    return expect.that(page, f"run {run_id} is listed {where}", "it is not listed", *shown_by)


@scenario("RUN-01", requests=26, writes=6, leaves=2)
def a_run_is_listed_at_its_own_member_only(api: Api) -> Judgements:
    members = [api.bound_member().member_id for _ in range(2)]
    runs = [_a_run(api, member_id) for member_id in members]
    for invoked, run in runs:
        yield _is_listed(api, invoked, run, "at its member")

    for member_id, (invoked, run) in zip(reversed(members), runs, strict=True):
        pages = pages_of(api, member_id)
        commands = [row.get("commandId") for page in pages for row in _all_rows(page)]
        foreign = run.members.get("commandId", invoked.members.get("commandId"))
        expected = f"no run of another member in the list of {member_id}"
        actual = f"the run of command {foreign}"
        yield expect.that(foreign not in commands, expected, actual, invoked, pages[-1])


@scenario("RUN-02", requests=19, writes=5, leaves=2)
def a_run_is_not_read_at_another_member(api: Api) -> Judgements:
    own, other = (api.bound_member().member_id for _ in range(2))
    run_id = run_id_of(_a_run(api, own)[1])
    twin = api.send.get_member_run(own, run_id)

    asked = api.send.get_member_run(other, run_id)

    what = "a run asked for at another member"
    yield _refused_read(twin, asked, what)


def _refused_read(twin: Exchange, asked: Exchange, what: str) -> Judgement:
    if asked.response is None or asked.status in TRANSPORT:
        return Missing(f"the transport answered: {asked.line}", (asked,))
    return expect.refused_unlike(twin, asked, (NOT_FOUND,), (UNKNOWN,), what)


@scenario("RUN-03", requests=24, writes=5, leaves=1)
def a_run_outlives_a_rename_and_a_rebind(api: Api) -> Judgements:
    member_id, good = api.bound_member().member_id, api.fixture("good")
    invoked, run = _a_run(api, member_id)
    run_id = run_id_of(run)
    api.until(invoked, partial(page_with, api, member_id, run_id))
    before = api.send.get_member_run(member_id, run_id)

    api.rename(member_id, "Another name than that of the run")
    api.bind(member_id, good, revisionId=f"{member_id}-later")

    after = api.send.get_member_run(member_id, run_id)
    yield _is_listed(api, invoked, run, "after a rename and a rebind")
    if before.ok and after.status not in TRANSPORT:
        expected = "the run is read as before"
        yield expect.that(after.ok, expected, expect.answer(after), before, after)


@scenario("RUN-05", requests=13, writes=3, leaves=1)
def a_failed_run_says_why(api: Api) -> Judgements:
    invoked = api.invoke(api.bound_member("poison").member_id, api.fixture("poison"))
    if not invoked.ok:
        yield refused_now(invoked)
        return

    run = api.run_of(invoked)

    word = run_word(run.members)
    if word != "failed":
        yield Missing(f"the run of the poison is not failed but {word}: {run.line}", (run,))
        return
    error, last = run.members.get("failure"), run.members.get("lastError")
    told = [error.get(name) for name in ("code", "message")] if isinstance(error, dict) else [last]
    held = all(isinstance(one, str) and one.strip() for one in told)
    expected = "a failed run with code and message in failure, or with a lastError"
    yield expect.that(held, expected, f"failure {error}, lastError {last}", invoked, run)


@scenario("RUN-06", requests=15, writes=3, leaves=1)
def a_run_that_never_was_is_a_typed_404(api: Api) -> Judgements:
    member_id = api.bound_member().member_id
    twin = api.send.get_member_run(member_id, run_id_of(_a_run(api, member_id)[1]))

    unknown = api.send.get_member_run(member_id, api.names.fresh())
    malformed = api.send.get_member_run(member_id, MALFORMED, NO_RUN_ID)

    yield _refused_read(twin, unknown, "a run that never was")
    expected = "a malformed run id: 400 or 404 with a code"
    held = malformed.status in MALFORMED_STATUSES and expect.code_of(malformed)
    yield expect.that(held, expected, expect.answer(malformed), twin, malformed)


@scenario("RUN-07", requests=23, writes=5, leaves=1)
def runs_are_listed_newest_first_in_pages(api: Api) -> Judgements:
    member_id = api.bound_member().member_id
    runs = [_a_run(api, member_id) for _ in range(SMALL + 1)]
    made = [run_id_of(run) for _, run in runs]
    api.until(runs[-1][0], partial(page_with, api, member_id, *made))

    pages = pages_of(api, member_id, SMALL)

    rows = [row for page in pages for row in rows_of(page)]
    expected = f"{len(made)} runs in pages of {SMALL}, each once"
    met = " + ".join(str(len(rows_of(page))) for page in pages)
    held = len(rows_of(pages[0])) <= SMALL and sorted(_ids(rows)) == sorted(made)
    yield expect.that(held, expected, met, *pages)
    times = [instant(row.get("createdAt")) for row in rows]
    if None in times:
        yield Missing("a run has no createdAt", tuple(pages))
    else:
        known = [one for one in times if one]
        held = known == sorted(known, reverse=True)
        yield expect.that(held, "runs newest first by createdAt", _times(rows), *pages)


def _ids(rows: list[Row]) -> list[str]:
    return [str(row.get("runId")) for row in rows]


def _times(rows: list[Row]) -> str:
    return ", ".join(str(row.get("createdAt")) for row in rows)


@scenario("RUN-08", requests=17, writes=5, leaves=1)
def a_refused_invoke_leaves_no_run(api: Api) -> Judgements:
    good, member_id = api.fixture("good"), api.bound_member().member_id
    asked = [
        api.send.invoke_member(member_id, api.names.fresh(), dict(good.payload)),
        api.send.invoke_member(member_id, good.endpoint, {"prompt": 42}, NO_PROMPT),
    ]
    invoked, run = _a_run(api, member_id)
    api.until(invoked, partial(page_with, api, member_id, run_id_of(run)))
    accepted = [one for one in (*asked, invoked) if one.ok]
    if len(accepted) > len(asked):
        yield Missing("no invoke was refused at once", tuple(asked))
        return

    pages = pages_of(api, member_id)

    rows = [row for page in pages for row in rows_of(page)]
    expected = f"{len(accepted)} at most, as many as were accepted of {len(asked) + 1} invokes"
    held = len(rows) <= len(accepted)
    yield expect.that(held, expected, f"{len(rows)} runs", *asked, invoked, pages[-1])


SCENARIOS: Final[tuple[Scenario, ...]] = (
    a_run_is_listed_at_its_own_member_only,
    a_run_is_not_read_at_another_member,
    a_run_outlives_a_rename_and_a_rebind,
    a_failed_run_says_why,
    a_run_that_never_was_is_a_typed_404,
    runs_are_listed_newest_first_in_pages,
    a_refused_invoke_leaves_no_run,
)
