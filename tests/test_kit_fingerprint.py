"""A fingerprint is the same for one defect in every run, and another for another defect."""

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.exchange import Exchange, Request, Response
from conformance.fingerprint import fingerprint_of
from conformance.judge import Finding


def exchange(status: int = 404, body: bytes = b"{}", **parameters: str) -> Exchange:
    request = Request("GET", "http://127.0.0.1:8080/api/x")
    answer = Response(status, {"etag": '"tag"'}, body)
    return Exchange(1, "scenarios", "c", "getMember", parameters, request, answer, 0.5, 0.75)


def finding(expected: str = "e", actual: str = "a", **how: Any) -> Finding:  # noqa: ANN401
    return Finding("ACK-01", "a_check", expected, actual, (exchange(**how),), "")


def mark(expected: str = "e", actual: str = "a", **how: Any) -> str:  # noqa: ANN401
    return fingerprint_of(finding(expected, actual, **how), str)


ALIKE = {
    "id-of-the-run": ("memberId ap-49d58474-2", "memberId ap-0b1c9e22-117"),
    "id-in-a-path": (
        "ready: GET /api/scopes/s1/x/c-5e2e → 404",
        "ready: GET /api/scopes/s-20/x/c-9 → 404",
    ),
    "seconds": ("3 s, and 0.25 s for a GET", "2.75 s, and 1 s for a GET"),
    "instant": ("at 2026-11-28T18:58:13.123+00:00", "at 2027-01-01T00:00:00Z"),
    "origin": ("Location is http://127.0.0.1:8080/a", "Location is https://staging.example/a"),
    "how-many-names": ("a bind: r-1 or r-2 or r-3", "a bind: r-7"),
    "names-in-a-list": ("['m-1', 'm-2']", "['m-3', 'm-4', 'm-5']"),
    "a-count-like-a-status": ("150 bits", "64 bits"),
    "a-number-like-a-status": ("stateVersion 404", "stateVersion 7"),
    "a-cut-body": (f"404 at {'x' * 60} id-1 a…", f"404 at {'x' * 60} id-1234567…"),
}


@pytest.mark.parametrize("texts", ALIKE.values(), ids=ALIKE.keys())
def test_what_differs_from_run_to_run_leaves_a_fingerprint_as_it_is(texts: tuple[str, str]) -> None:
    first, second = texts

    assert mark(actual=first) == mark(actual=second)
    assert mark(expected=first) == mark(expected=second)


DIFFERENT = {
    "words": ("ready", "pending"),
    "code": ("404 MEMBER_NOT_FOUND", "404 MEMBER_GONE"),
    "absence": ("naming m-1", "naming None"),
    "path": ("GET /members/m-1 → 404", "GET /members/m-1/binding → 404"),
    "member-of-the-answer": ("it lacks commandId", "it lacks stage"),
}


@pytest.mark.parametrize("texts", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_what_differs_in_kind_has_another_fingerprint(texts: tuple[str, str]) -> None:
    first, second = texts

    assert mark(actual=first) != mark(actual=second)
    assert mark(expected=first) != mark(expected=second)


@pytest.mark.parametrize("text", ["{} CODE", "GET /x → {}", "what: {}", "403 A, and {} to a body"])
def test_the_status_of_an_answer_that_shows_it_is_of_its_kind(text: str) -> None:
    met = {mark(actual=text.format(status), status=status) for status in (404, 500, 200)}

    assert len(met) == 3


def test_another_check_has_another_fingerprint() -> None:
    assert fingerprint_of(replace(finding(), check="another"), str) != mark()


def test_a_name_without_a_digit_counts_for_nothing_where_an_exchange_names_it() -> None:
    of_a_path = [mark(actual=f"names {name}", memberId=name) for name in ("aZbQx", "m-12", "qqq")]
    of_a_body = [
        mark(actual=f"names {name}", body=f'{{"rows": [{{"runId": "{name}"}}]}}'.encode())
        for name in ("abc", "xyz.def")
    ]

    assert len({*of_a_path, *of_a_body}) == 1


def test_a_token_that_a_server_echoes_counts_for_nothing() -> None:
    def masked(token: str) -> str:
        return fingerprint_of(
            finding(actual=f"echoed {token}"), lambda text: text.replace(token, "$TOKEN")
        )

    assert masked("abc") == masked("xyz-1")


def test_a_long_word_has_its_fingerprint_at_once() -> None:
    began = time.process_time()
    mark(actual="a" * 200_000 + " ap-1" * 20_000)

    assert time.process_time() - began < 2


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=12))
def test_any_text_has_a_fingerprint_and_always_the_same(
    expected: str, actual: str, name: str
) -> None:
    first = mark(expected, actual, memberId=name)

    assert first == mark(expected, actual, memberId=name)
    assert len(first) == 16
    assert set(first) <= set("0123456789abcdef")


@given(
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.sampled_from(["ap-{} is {} s old", "({})", "'{}', '{}'", "t={}:{}"]),
)
def test_no_number_changes_a_fingerprint(one: int, other: int, text: str) -> None:
    assert mark(actual=text.format(one, other)) == mark(actual=text.format(other, one))
    assert mark(actual=text.format(one, one)) == mark(actual=text.format(other, other))
