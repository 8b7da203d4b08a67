"""Lifecycle stages: where a member begins, what a bind brings it to, what sets it back."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from conformance import expect
from conformance.api import Api, How, Settled
from conformance.checks import Judgement, Judgements, Missing, Scenario, Unverified, scenario
from conformance.exchange import Exchange

STAGES: Final = ("created", "build_ready", "bind_ready")
MOST_PAGES: Final = 40


@scenario("LFC-02", requests=5, writes=1, leaves=1)
def a_fresh_member_is_created_and_not_ready(api: Api) -> Judgements:
    member_id = api.member(api.target.kinds[0]).member_id

    detail = api.read(member_id).shown_by
    readiness = api.send.get_member_binding_readiness(member_id)

    bare = detail.members.get("implementationRef") is None
    stages = STAGES[:1] if bare else STAGES[:2]
    expected = f"a fresh member is {' or '.join(stages)}"
    if _stage(detail) in STAGES:
        yield expect.that(_stage(detail) in stages, expected, _stage(detail), detail)
    else:
        yield Missing(f"the member shows no stage of the contract: {_stage(detail)}", (detail,))
    if readiness.ok:
        status = readiness.members.get("status")
        yield expect.that(status != "ready", "a fresh member is not ready", status, readiness)


@scenario("LFC-05", requests=13, writes=3, leaves=1)
def another_implementation_leaves_bind_ready(api: Api) -> Judgements:
    first = api.fixture("good")
    second = api.another(first)
    member_id = api.member(first.kind).member_id
    bound = caught_up(api, member_id, api.bind(member_id, first), is_bound)
    if not is_bound(bound):
        raise Unverified(f"the bound member is not bind_ready but {_stage(bound)}", bound)

    write = api.send.update_member_implementation(member_id, dict(second.branch))
    settled = api.settle(write, lambda: _moved(api, member_id, bound))
    changed = caught_up(api, member_id, settled, lambda detail: not is_bound(detail))

    expected = "a member whose implementation has changed since the bind is not bind_ready"
    yield expect.that(not is_bound(changed), expected, _stage(changed), write, changed)


@scenario("LFC-06", requests=9, writes=2, leaves=1)
def a_bind_that_completes_leaves_bind_ready(api: Api) -> Judgements:
    good = api.fixture("good")
    member_id = api.member(good.kind).member_id

    bound = api.bind(member_id, good)

    detail = caught_up(api, member_id, bound, is_bound)
    yield expect.equal(_stage(detail), "bind_ready", "lifecycleStage", bound.write, detail)
    reference = detail.members.get("implementationRef")
    expected = "an implementationRef once the bind is ready"
    yield expect.that(reference is not None, expected, reference, bound.write, detail)


@scenario("LFC-07", requests=14, writes=3, leaves=1)
def roster_and_detail_agree_on_the_stage(api: Api) -> Judgements:
    first = api.fixture("good")
    member_id = api.member(first.kind).member_id
    bound = caught_up(api, member_id, api.bind(member_id, first), is_bound)
    yield _agree(api, member_id, bound)

    second = api.another(first)
    write = api.send.update_member_implementation(member_id, dict(second.branch))
    if not write.ok:
        return
    settled = api.verdict_of(write, lambda: _moved(api, member_id, bound))
    if settled.ending == "ready":
        changed = caught_up(api, member_id, settled, lambda detail: not is_bound(detail))
        yield _agree(api, member_id, changed)


def caught_up(
    api: Api, member_id: str, settled: Settled, shows: Callable[[Exchange], bool]
) -> Exchange:
    """Read a member's detail until it shows a change, which it may do later than the status.

    Args:
        api: reads it.
        member_id: the member.
        settled: the change; the detail may say by its stateVersion that it has come to it.
        shows: whether a detail that does not say so shows the change.

    Raises:
        Unverified: it stays behind.

    """
    version = settled.version
    detail = api.caught_up(settled, lambda: api.read(member_id).shown_by, shows)
    untold = not shows(detail) and not expect.has_come_to(detail, version)
    if untold or expect.is_behind(detail, version):
        raise Unverified(f"the member's detail stays behind stateVersion {version}", detail)
    return detail


def is_bound(detail: Exchange) -> bool:
    """Whether a member's detail says that it is bind_ready."""
    return _stage(detail) == STAGES[-1]


def _moved(api: Api, member_id: str, before: Exchange) -> Exchange | None:
    """Read a member; None while it is as it was."""
    read = api.send.get_member(member_id)
    return read if read.ok and _state(read) != _state(before) else None


def _state(detail: Exchange) -> list[object]:
    summary, shown = detail.members.get("summary"), detail.members
    known = summary if isinstance(summary, dict) else {}
    dated = [known.get(name) for name in ("lifecycleStage", "updatedAt")]
    return [*dated, shown.get("stateVersion"), shown.get("implementationRef")]


def _stage(detail: Exchange) -> object:
    return detail.members["summary"].get("lifecycleStage")


def _agree(api: Api, member_id: str, shown: Exchange) -> Judgement:
    """Compare the row and the detail of a member once both show one version, `shown` or later."""
    for _ in api.looks(shown):
        detail = api.read(member_id).shown_by
        summary = detail.members["summary"]
        row, page = _row(api, member_id)
        version = row.get("stateVersion")
        if row and version is None:
            raise Unverified("the member's row in the roster shows no stateVersion", page)
        if row and version == summary.get("stateVersion"):
            what = f"lifecycleStage in the roster at stateVersion {version}"
            return expect.equal(row.get("lifecycleStage"), _stage(detail), what, detail, page)
    raise Unverified("roster and detail show different versions of the member", detail, page)


def _row(api: Api, member_id: str) -> tuple[Mapping[str, Any], Exchange]:
    """Find a member's row in the roster, page by page; empty if it is not there."""
    how = How()
    for _ in range(MOST_PAGES):
        page = api.send.list_members(how)
        rows = page.members.get("members")
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict) and row.get("memberId") == member_id:
                return row, page
        token = page.members.get("nextPageToken")
        if not isinstance(token, str) or not token:
            break
        how = How(query={"pageToken": token})
    return {}, page


SCENARIOS: Final[tuple[Scenario, ...]] = (
    a_fresh_member_is_created_and_not_ready,
    another_implementation_leaves_bind_ready,
    a_bind_that_completes_leaves_bind_ready,
    roster_and_detail_agree_on_the_stage,
)
