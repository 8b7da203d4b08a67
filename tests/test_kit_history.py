"""Histories: words of the vocabulary, instants, and what a trace says about one command."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from conformance import history
from conformance.contract import load_contract
from conformance.exchange import Exchange, Request, Response
from conformance.gateways import may_end_at_a_gateway
from conformance.history import OperationHistory, RouteHistory
from conformance.target import Target

CONTRACT = load_contract()
TARGET = Target("http://h", "s1", ("core",), None, None, None)


def exchange(
    status: int = 200,
    document: Any = None,  # noqa: ANN401  # any JSON value
    sent: float = 0,
    received: float | None = None,
    **headers: str,
) -> Exchange:
    body = json.dumps({} if document is None else document).encode()
    answer = Response(status, {k.replace("_", "-"): v for k, v in headers.items()}, body)
    ended = sent + 1 if received is None else received
    request = Request("GET", "http://h/x")
    return Exchange(1, "scenarios", "t", None, {}, request, answer, sent, ended)


def operation(**parts: list[Exchange]) -> OperationHistory:
    rule = CONTRACT.operations["bindMember"]
    return OperationHistory("c", rule, CONTRACT.validators, TARGET, **parts)


def route(operation_id: str, *answers: Exchange) -> RouteHistory:
    rule = CONTRACT.operations[operation_id]
    return RouteHistory(rule, CONTRACT.validators, list(answers))


def test_stages_have_an_order_and_other_words_none() -> None:
    words = ("accepted", "committed", "observed", "ready", "pending", None, 3)

    assert [history.rank(word) for word in words] == [0, 1, 2, 3, -1, -1, -1]


@pytest.mark.parametrize(
    ("spelt", "read"),
    [
        ("2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02t03:04:05z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T04:04:05+01:00", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T03:04:05", None),
        ("yesterday", None),
        (5, None),
        (None, None),
    ],
)
def test_an_instant_is_one_of_rfc_3339_with_an_offset(spelt: object, read: datetime | None) -> None:
    assert history.instant(spelt) == read


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("3", 3.0),
        ("0", 0.0),
        ("86400", 86400.0),
        ("99999999", 86400.0),
        ("1.5", 0),
        ("٣", 0),
        ("", 0),
    ],
)
def test_seconds_to_wait_are_a_whole_number_and_a_day_at_most(asked: str, seconds: float) -> None:
    assert history.retry_after(exchange(retry_after=asked)) == seconds


@pytest.mark.parametrize(
    ("date", "seconds"),
    [
        ("Sun, 06 Nov 1994 08:49:39 GMT", 2.0),
        ("Sunday, 06-Nov-94 08:49:40 GMT", 3.0),
        ("Sun Nov  6 08:49:41 1994", 4.0),
        ("Sun, 06 Nov 1994 08:49:30 GMT", 0.0),
        ("Sat, 06 Nov 2004 08:49:37 GMT", 86400.0),
        ("Sun, 99 Nov 1994 08:49:37 GMT", 0.0),
    ],
)
def test_a_date_to_wait_for_is_held_against_that_of_the_answer(date: str, seconds: float) -> None:
    answer = exchange(retry_after=date, date="Sun, 06 Nov 1994 08:49:37 GMT")

    assert history.retry_after(answer) == seconds


def test_a_date_to_wait_for_is_held_against_our_clock_where_the_answer_names_none() -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)

    assert 25 < history.retry_after(exchange(retry_after=then)) <= 30


def test_without_the_header_nothing_is_waited_for() -> None:
    assert history.retry_after(exchange()) == 0.0


@pytest.mark.parametrize(
    ("status", "absent"), [(405, True), (501, True), (404, False), (500, False), (200, False)]
)
def test_405_and_501_say_that_an_operation_is_not_offered(status: int, absent: object) -> None:
    answer = replace(exchange(status), operation_id="getMember")

    assert history.not_offered(answer) is absent


@pytest.mark.parametrize(
    ("status", "broken"),
    [(429, True), (500, True), (503, True), (404, False), (428, False), (430, False), (499, False)],
)
def test_a_breakdown_is_429_or_any_5xx(status: int, broken: object) -> None:
    assert history.broke_down(exchange(status)) is broken


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ({"commandId": "c", "stage": "accepted"}, True),
        ({"commandId": "c", "statusUrl": "/u"}, True),
        ({"commandId": "c"}, False),
        ({"commandId": 7, "stage": "accepted"}, False),
        ({"stage": "accepted", "statusUrl": "/u"}, False),
        ([], False),
    ],
)
def test_a_receipt_names_a_command_and_where_it_stands(document: object, named: object) -> None:
    assert history.names_a_command(exchange(202, document)) is named


def test_the_receipt_is_the_first_acknowledgement() -> None:
    first, second = exchange(202), exchange(200)

    assert operation(acknowledgements=[first, second]).receipt is first


@pytest.mark.parametrize(("status", "synchronous"), [(202, False), (200, True), (201, True)])
def test_an_operation_is_synchronous_unless_it_was_answered_202(
    status: int, synchronous: object
) -> None:
    assert operation(acknowledgements=[exchange(status)]).synchronous is synchronous


def test_samples_are_the_documents_among_the_status_reads() -> None:
    sample = exchange(200, {"stage": "ready"})
    reads = [exchange(404, {"stage": "ready"}), exchange(200, {"status": "ready"}), sample]

    assert operation(status_reads=reads).samples == (sample,)


def test_claims_are_the_receipts_and_then_the_samples() -> None:
    receipt, sample = exchange(202), exchange(200, {"stage": "ready"})

    assert operation(acknowledgements=[receipt], status_reads=[sample]).claims == (receipt, sample)


def test_samples_are_paired_where_the_later_was_sent_after_the_earlier_was_answered() -> None:
    document = {"stage": "ready"}
    first, overlapping = exchange(200, document, 0, 2), exchange(200, document, 1, 3)
    touching, last = exchange(200, document, 3, 4), exchange(200, document, 5, 6)

    pairs = operation(status_reads=[first, overlapping, touching, last]).ordered_samples()

    assert list(pairs) == [(overlapping, touching), (touching, last)]


def test_the_first_status_answer_is_no_breakdown() -> None:
    broken, first, later = exchange(503), exchange(404), exchange(200)

    assert operation(status_reads=[broken, first, later]).first_status_answer() is first
    assert operation(status_reads=[broken]).first_status_answer() is None


def test_reads_after_a_claim_were_sent_once_it_was_received() -> None:
    claim = exchange(sent=0, received=5)
    before, at_once, later = (exchange(sent=sent) for sent in (4, 5, 6))
    broken = exchange(503, sent=7)

    reads = operation(model_reads=[before, at_once, later, broken]).model_reads_after(claim)

    assert reads == [at_once, later]


def test_the_first_of_a_member_is_the_oldest_that_was_given() -> None:
    receipt, sample = exchange(202, {"b": 1}), exchange(200, {"stage": "ready", "a": None, "b": 2})
    told = operation(acknowledgements=[receipt], status_reads=[sample])

    assert (told.first_of("b"), told.first_of("a"), told.first_of("c")) == (1, None, None)


def test_acknowledged_writes_are_the_2xx_of_an_operation_that_owes_a_receipt() -> None:
    accepted, refused = exchange(202), exchange(404)

    assert list(route("bindMember", accepted, refused).acknowledged_writes()) == [accepted]
    assert list(route("getMember", accepted).acknowledged_writes()) == []


def test_receipts_are_the_acknowledged_writes_that_name_a_command() -> None:
    named = exchange(202, {"commandId": "c", "stage": "accepted"})

    assert list(route("bindMember", exchange(202), named).receipts()) == [named]


@pytest.mark.parametrize(
    ("given", "status", "document", "taken"),
    [
        ("a/b", 404, {}, True),
        ("a\\b", 400, {}, True),
        ("..", 404, {}, True),
        (".", 404, {}, True),
        ("a.b", 404, {}, False),
        ("a/b", 403, {}, True),
        ("a/b", 409, {}, False),
        ("a/b", 404, {"code": 404}, True),
        ("a/b", 404, {"code": "A"}, False),
    ],
)
def test_a_gateway_may_refuse_a_slash_or_dots_untyped(
    given: str, status: int, document: dict[str, str], taken: object
) -> None:
    asked = replace(exchange(status, document), parameters={"memberId": given, "runId": "r"})

    assert may_end_at_a_gateway(asked) is taken


@pytest.mark.parametrize(
    ("run", "word"),
    [
        ({"runStatus": "running"}, "running"),
        ({"runStatus": "running", "status": "ready"}, "running"),
        ({"runStatus": None, "status": "ready"}, None),
        ({"status": "completed"}, "completed"),
        ({"status": "pending", "stage": "accepted"}, None),
        ({"runStatus": "failed", "status": "failed", "stage": "ready"}, "failed"),
        ({}, None),
    ],
)
def test_the_word_of_a_run_is_its_status_only_where_no_command_is_told(
    run: dict[str, Any], word: object
) -> None:
    assert history.run_word(run) == word


def test_an_operation_that_its_owner_declares_away_is_not_offered_where_it_is_absent() -> None:
    known = replace(exchange(404), operation_id="listOperations")

    assert not history.not_offered(known)
    assert history.not_offered(replace(known, declared_away=True))
    assert not history.not_offered(replace(exchange(200), operation_id="x", declared_away=True))
    assert not history.not_offered(replace(exchange(404), declared_away=True))


def kept(seconds: int | None, sent: float, received: float | None = None) -> Exchange:
    ends = "" if seconds is None else f"2026-01-02T03:{seconds // 60:02}:{seconds % 60:02}Z"
    told = {"acceptedAt": "2026-01-02T03:00:00Z", **({"expiresAt": ends} if ends else {})}
    return exchange(202, told | {"stage": "accepted"}, sent, received)


@pytest.mark.parametrize(
    ("document", "lifetime"),
    [
        ({"acceptedAt": "2026-01-02T03:00:00Z", "expiresAt": "2026-01-02T03:01:30Z"}, 90),
        ({"acceptedAt": "2026-01-02T03:00:00Z", "expiresAt": "soon"}, None),
        ({"acceptedAt": "once", "expiresAt": "2026-01-02T03:01:30Z"}, None),
        ({"expiresAt": "2026-01-02T03:01:30Z"}, None),
        ({}, None),
    ],
)
def test_a_status_is_kept_from_acceptance_to_expiry(
    document: dict[str, str], lifetime: int | None
) -> None:
    expected = None if lifetime is None else timedelta(seconds=lifetime)

    assert history.kept_for(exchange(202, document)) == expected


def test_the_newest_claim_that_was_received_before_a_read_says_how_long_it_is_kept() -> None:
    receipt, sample = kept(60, 0), replace(kept(90, 2), response=kept(90, 2).response)
    told = operation(
        acknowledgements=[receipt],
        status_reads=[exchange(200, sample.members, 2), exchange(200, kept(None, 4).members, 4)],
    )

    assert told.published_expiry(exchange(404, sent=1)) is receipt
    assert told.published_expiry(exchange(404, sent=3)) is told.status_reads[0]
    assert told.published_expiry(exchange(404, sent=9)) is told.status_reads[0]
    assert told.published_expiry(exchange(404, sent=0.5)) is None


@pytest.mark.parametrize(
    ("seconds", "sent", "received", "gone"),
    [
        (60, 10, 58.9, False),
        (60, 10, 59, True),
        (60, 58, 61, True),
        (60, 0, 100, False),
        (None, 10, 1000, False),
    ],
)
def test_a_status_may_be_gone_once_its_lifetime_less_a_second_has_passed(
    seconds: int | None, sent: float, received: float, gone: object
) -> None:
    told = operation(acknowledgements=[kept(seconds, 5)])

    assert told.may_have_expired(exchange(410, None, sent + 5, received + 5)) is gone


def test_a_date_with_an_offset_of_its_own_keeps_it() -> None:
    assert history.http_date("Fri, 02 Jan 2026 04:04:05 +0100") == datetime(
        2026, 1, 2, 3, 4, 5, tzinfo=UTC
    )
    assert history.http_date("Fri, 02 Jan 2026 03:04:05 -0000") == datetime(
        2026, 1, 2, 3, 4, 5, tzinfo=UTC
    )
    assert history.http_date(None) is None


@pytest.mark.parametrize(
    ("status", "document", "location", "named"),
    [
        (202, {"target": {"memberId": "m-1"}, "memberId": "m-2"}, "/members/m-3", "m-1"),
        (202, {"target": {"memberId": ""}, "memberId": "m-2"}, "/members/m-3", "m-2"),
        (202, {"target": "m-1", "memberId": "m-2"}, "/members/m-3", "m-2"),
        (202, {"target": {"memberId": 5}, "memberId": 6}, "/operations/c-3", "asked"),
        (202, {}, "/operations/c-3", "asked"),
        (201, {}, "/scopes/s1/members/m-3", "m-3"),
        (201, {}, "http://h/scopes/s1/members/m-3//", "m-3"),
        (201, {}, "/X/members/m-3X", "m-3X"),
        (201, {"memberId": "m-2"}, "/members/m-3", "m-2"),
        (201, {}, None, "asked"),
        (201, {}, "/", "asked"),
    ],
)
def test_a_create_names_its_member_in_its_target_its_body_or_its_location(
    status: int, document: dict[str, Any], location: str | None, named: str
) -> None:
    bare = exchange(status, document)
    create = bare if location is None else exchange(status, document, location=location)

    assert history.member_id_of(create, "asked") == named


@pytest.mark.parametrize(
    ("operation_id", "status", "document", "left_out"),
    [
        ("deleteMember", 404, {}, True),
        ("deleteMember", 405, {}, True),
        ("deleteMember", 501, {"code": 5}, True),
        ("deleteMember", 404, {"code": "STUDIO_MEMBER_NOT_FOUND"}, False),
        ("deleteMember", 409, {}, False),
        ("getMember", 404, {}, False),
        ("getMember", 501, {}, False),
    ],
)
def test_an_optional_operation_is_left_out_where_its_refusal_has_no_code(
    operation_id: str,
    status: int,
    document: dict[str, Any],
    left_out: bool,  # noqa: FBT001  # of a table
) -> None:
    rule = CONTRACT.operations[operation_id]

    assert history.is_left_out(exchange(status, document), rule) is left_out
