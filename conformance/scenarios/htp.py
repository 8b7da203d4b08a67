"""HTTP: methods, media types, preferences, caching, and what is served at all."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from conformance import expect
from conformance.api import UNCOMPRESSED, Api, How, Implementation
from conformance.checks import Judgement, Judgements, Missing, Scenario, Unverified, scenario
from conformance.exchange import Exchange
from conformance.history import ACCEPTED, BROKEN, OK, not_offered

NOT_FOUND: Final = 404
NO_METHOD: Final = 405
NOT_ACCEPTABLE: Final = 406
NO_MEDIA_TYPE: Final = 415
NOT_THERE: Final = (404, 501)
WAIT_SECONDS: Final = 1
PREFERENCES: Final = ("respond-async", "wait=1", "respond-async, wait=1")


@scenario("HTP-03", requests=8, writes=3, leaves=2)
def a_wrong_method_or_media_type_is_told_apart(api: Api) -> Judgements:
    created = api.create()
    member_id = created.target.get("memberId") or created.write.given["memberId"]
    read = api.send.get_member_published_service(member_id)
    yield _wrong_method(api, read)

    named = {"memberId": api.names.fresh(), "displayName": "x"}
    body = {**named, "implementationKind": api.target.kind}
    twin = api.send.create_member(body)
    how = How({"Content-Type": "text/plain"}, violates="header: the media type is not JSON")
    plain = api.send.create_member(body, how)
    held = plain.status == NO_MEDIA_TYPE
    judged = expect.that(held, "415 to text/plain", expect.answer(plain), twin, plain)
    yield judged if twin.ok else Missing(f"the twin was refused too: {twin.line}", (twin,))

    image = api.send.get_member_published_service(member_id, How({"Accept": "image/png"}))
    held = image.status == NOT_ACCEPTABLE or (image.ok and bool(image.members))
    judged = expect.that(held, "406, or the JSON document", expect.answer(image), read, image)
    yield judged if read.ok else Missing(f"the twin was refused too: {read.line}", (read,))


def _wrong_method(api: Api, read: Exchange) -> Judgement:
    how = How(violates="method: DELETE is none of the path's")
    wrong = api.send.sent("DELETE", read.request.url, None, how)
    if not read.ok or wrong.ok or wrong.status in NOT_THERE:
        return Missing(f"no wrong method was met: {read.line}, {wrong.line}", (read, wrong))
    allowed = wrong.header("allow") or ""
    held = wrong.status == NO_METHOD and allowed and "DELETE" not in allowed.upper()
    actual = f"{expect.answer(wrong)}, Allow {allowed or 'missing'}"
    return expect.that(held, "405 with the methods in Allow", actual, read, wrong)


@scenario("HTP-04", requests=18, writes=9, leaves=2)
def a_preference_is_kept_or_not_claimed(api: Api) -> Judgements:
    good, member_id = api.fixture("good"), api.bound_member().member_id
    twin = api.invoke(member_id, good)
    for asked in PREFERENCES:
        yield from _kept(api, asked, twin, partial(_preferring, api, member_id, good, asked))
    slow, delayed = api.fixture("slow"), api.bound_member("slow").member_id
    yield from _kept(api, "wait=1", twin, partial(_preferring, api, delayed, slow, "wait=1"))


def _preferring(api: Api, member_id: str, fixture: Implementation, asked: str) -> Exchange:
    write = api.invoke(member_id, fixture, How({"Prefer": asked}))
    api.look_up(write)
    return write


def _kept(api: Api, asked: str, twin: Exchange, ask: Callable[[], Exchange]) -> Iterator[Judgement]:
    write = ask()
    if not twin.ok:
        yield Missing(f"the twin without a preference was refused too: {twin.line}", (twin, write))
        return
    expected = f"Prefer: {asked} is honoured or ignored"
    yield expect.that(write.ok, expected, expect.answer(write), twin, write)
    applied = _applied(write)
    if "respond-async" in applied:
        held = write.status == ACCEPTED and "respond-async" in asked
        yield expect.that(held, "202 where respond-async was applied", write.line, twin, write)
    if "wait" in applied:
        yield _in_time(api, asked, write, ask)


def _applied(write: Exchange) -> set[str]:
    told = (write.header("preference-applied") or "").split(",")
    return {one.strip().lower().partition("=")[0] for one in told}


def _in_time(api: Api, asked: str, write: Exchange, ask: Callable[[], Exchange]) -> Judgement:
    """Judge how long an answer took; one that is late is asked for again, as machines stall."""
    limit = WAIT_SECONDS + api.target.slack + 1
    if write.received - write.sent > limit:
        write = ask()
    seconds = write.received - write.sent
    held = "wait" in asked and (seconds <= limit or "wait" not in _applied(write))
    expected = f"an answer within {WAIT_SECONDS} s where wait={WAIT_SECONDS} was applied"
    return expect.that(held, expected, f"{seconds:.1f} s, asked {asked}", write)


@scenario("HTP-05", requests=38, writes=3, leaves=1)
def reading_changes_nothing(api: Api) -> Judgements:
    member_id = api.bound_member().member_id
    run = api.run_of(api.invoke(member_id, api.fixture("good")))
    before = _facts(api, member_id, run)

    for read in (*api.read_everywhere(member_id), *api.read_everywhere(member_id)):
        api.send.sent("HEAD", read.request.url, None, How())

    for (what, value, earlier), (_, met, later) in zip(
        before, _facts(api, member_id, run), strict=True
    ):
        if not (earlier.ok and later.ok):
            yield Missing(f"{what} cannot be compared: {later.line}", (earlier, later))
            continue
        yield expect.equal(met, value, f"{what} after reads", earlier, later)


def _facts(api: Api, member_id: str, run: Exchange) -> list[tuple[str, object, Exchange]]:
    detail, binding = api.send.get_member(member_id), api.send.get_member_binding(member_id)
    again = api.send.follow(run.request.url, run)
    summary, last = detail.members.get("summary"), binding.members.get("lastBinding")
    shown = summary if isinstance(summary, dict) else {}
    bound = last if isinstance(last, dict) else {}
    return [
        ("stateVersion of the member", detail.members.get("stateVersion"), detail),
        ("updatedAt of the member", shown.get("updatedAt"), detail),
        ("lifecycleStage of the member", shown.get("lifecycleStage"), detail),
        ("stateVersion of the binding", binding.members.get("stateVersion"), binding),
        ("the revision bound", bound.get("revisionId"), binding),
        ("stateVersion of the run", again.members.get("stateVersion"), again),
        ("runStatus of the run", again.members.get("runStatus"), again),
    ]


@scenario("HTP-06", requests=18, writes=5, leaves=1)
def the_served_openapi_knows_what_was_seen(api: Api) -> Judgements:
    if api.target.openapi is None:
        raise Unverified("the target file names no OpenAPI document: openapi under [target]")
    served = api.send.sent("GET", api.target.url + api.target.openapi, None, How())
    paths = served.members.get("paths")
    named = isinstance(paths, dict) and bool(paths)
    yield expect.that(named, "a JSON object with paths", expect.answer(served), served)
    if isinstance(paths, dict):
        for seen in _seen_everywhere(api):
            listed = _listed(api, served, seen)
            expected = f"{seen.operation_id} answering {seen.status} in the document"
            yield expect.that(listed, expected, seen.line, served, seen)


def _seen_everywhere(api: Api) -> Iterator[Exchange]:
    """Send what a client sends in its first hour, and yield what the API answered."""
    member_id, missing = api.bound_member().member_id, api.names.fresh()
    invoked = api.invoke(member_id, api.fixture("good"))
    api.look_up(invoked)
    seen = (
        api.send.create_member({}, How(violates="body: displayName is missing")),
        api.send.update_member(member_id, {"displayName": "Seen"}),
        api.send.get_member(missing),
        api.send.list_members(),
        *api.read_everywhere(member_id),
        invoked,
    )
    yield from (one for one in seen if one.status < BROKEN and one.status != NO_METHOD)


def _listed(api: Api, served: Exchange, seen: Exchange) -> bool:
    """Whether the document has the path, the method and the status of an exchange."""
    path = urlsplit(seen.request.url).path
    servers = served.members.get("servers")
    rows = servers if isinstance(servers, list) else []
    bases = [str(row.get("url", "")) for row in rows if isinstance(row, dict)]
    starts = {urlsplit(one).path.rstrip("/") for one in (*bases, api.target.url, "")}
    ends = [path.removeprefix(start) for start in starts if path.startswith(start)]
    status = {str(seen.status), f"{str(seen.status)[0]}XX", "default"}
    for template, item in served.members["paths"].items():
        if any(_fits(template, end) for end in ends) and isinstance(item, dict):
            operation = item.get(seen.request.method.lower())
            answers = operation.get("responses") if isinstance(operation, dict) else None
            if isinstance(answers, dict) and status & set(answers):
                return True
    return False


def _fits(template: str, path: str) -> bool:
    parts = re.split(r"\{[^}]*\}", template)
    return re.fullmatch("[^/]+".join(map(re.escape, parts)), path) is not None


@scenario("HTP-07", requests=6, writes=3, leaves=1)
def a_malformed_traceparent_is_ignored(api: Api) -> Judgements:
    member_id = api.member().member_id
    twins: tuple[Any, ...] = (
        lambda how: api.send.get_member_published_service(member_id, how),
        lambda how: api.send.update_member(member_id, {"displayName": "Traced"}, how),
    )
    for ask in twins:
        plain, garbled = ask(How()), ask(How({"traceparent": "garbage"}))
        yield _answered_alike(plain, garbled)


def _answered_alike(plain: Exchange, garbled: Exchange) -> Judgement:
    if not_offered(plain):
        return expect.branch("not_offered", plain)
    if not plain.ok:
        return Missing(f"the twin was refused too: {plain.line}", (plain, garbled))
    expected = "the same answer as without the header"
    return expect.that(garbled.ok, expected, expect.answer(garbled), plain, garbled)


@scenario("HTP-08", requests=22, writes=10, leaves=2)
def every_documented_route_is_there(api: Api) -> Judgements:
    bound = api.bound_member()
    run = api.run_of(api.invoke(bound.member_id, api.fixture("good")))
    command_id = run.members.get("commandId")
    for answer in (
        run,
        api.create().write,
        api.send.list_members(),
        api.send.list_operations(),
        api.send.get_operation(command_id if isinstance(command_id, str) else "no-such-command"),
        *api.read_everywhere(bound.member_id),
        *api.write_everywhere(bound.member_id),
    ):
        untyped = answer.status == NOT_FOUND and not expect.code_of(answer)
        held = answer.status < BROKEN and not untyped
        yield expect.that(held, "neither 5xx nor an untyped 404", expect.answer(answer), answer)


@scenario("HTP-09", requests=10, writes=2, leaves=1)
def an_etag_changes_with_the_state(api: Api) -> Judgements:
    member_id = api.member().member_id
    before = (*_tagged(api, member_id), *_tagged(api, member_id))
    api.rename(member_id, "Renamed between two tags")
    after = _tagged(api, member_id)

    for number, first in enumerate(before[:2]):
        for later in (before[number + 2], after[number]):
            yield _changes(first, later)


def _tagged(api: Api, member_id: str) -> tuple[Exchange, Exchange]:
    how = UNCOMPRESSED
    return api.send.get_member(member_id, how), api.send.get_member_binding(member_id, how)


def _changes(first: Exchange, later: Exchange) -> Judgement:
    tags = [read.header("etag") for read in (first, later)]
    versions = [read.members.get("stateVersion") for read in (first, later)]
    if not all(tags):
        return expect.branch("no_etag", first, later)
    if first.status != OK or later.status != OK or None in versions:
        return Missing(f"no version is shown: {first.line}, {later.line}", (first, later))
    strong = not any(str(tag).startswith("W/") for tag in tags)
    alike = (tags[0] == tags[1]) == (versions[0] == versions[1])
    expected = "a strong ETag that changes exactly when stateVersion does"
    actual = f"{tags[0]} at {versions[0]}, then {tags[1]} at {versions[1]}"
    return expect.that(strong and alike, expected, actual, first, later)


SCENARIOS: Final[tuple[Scenario, ...]] = (
    a_wrong_method_or_media_type_is_told_apart,
    a_preference_is_kept_or_not_claimed,
    reading_changes_nothing,
    the_served_openapi_knows_what_was_seen,
    a_malformed_traceparent_is_ignored,
    every_documented_route_is_there,
    an_etag_changes_with_the_state,
)
