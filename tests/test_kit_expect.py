"""Comparisons: what is held, what is not, and the words in which each is told."""

import json
from typing import Any

import pytest

from conformance import expect
from conformance.checks import Judged, Missing, OtherBranch
from conformance.exchange import Exchange, Request, Response
from conformance.validators import Violation


def exchange(status: int = 200, document: Any = None, number: int = 1) -> Exchange:  # noqa: ANN401
    body = b"" if document is None else json.dumps(document).encode()
    request = Request("GET", "http://h/api/x")
    return Exchange(number, "scenarios", "t", None, {}, request, Response(status, {}, body), 0, 1)


def silent(error: str | None) -> Exchange:
    request = Request("GET", "http://h/api/x")
    return Exchange(1, "scenarios", "t", None, {}, request, None, 0, 1, error)


ONE, TWO = exchange(), exchange(number=2)


def test_a_text_is_shown_as_it_is_and_anything_else_as_python_spells_it() -> None:
    assert expect.shown("ab") == "ab"
    assert expect.shown(["ab", 1]) == "['ab', 1]"


def test_what_is_not_there_is_told_in_words() -> None:
    assert expect.shown(None) == "nothing"
    assert expect.named("stateVersion", 3) == "stateVersion 3"
    assert expect.named("stateVersion", 0) == "stateVersion 0"
    assert expect.named("stateVersion", None) == "no stateVersion"
    lacking = expect.shows_version(exchange(404, {}), 2, exchange(202, {"readModelUrl": "/m"}))
    unclaimed = expect.shows_version(exchange(200, {"stateVersion": 2}), None, exchange(202, {}))
    assert lacking.expected == "/m shows stateVersion 2 or later"
    assert lacking.actual == "404 with no stateVersion"
    assert unclaimed.expected == "the read model shows the stateVersion of the claim or later"
    assert unclaimed.actual == "200 with stateVersion 2"


@pytest.mark.parametrize(("length", "kept"), [(199, 199), (200, 200), (201, 200)])
def test_what_is_longer_than_200_characters_is_cut_to_them(length: int, kept: int) -> None:
    shown = expect.shown("x" * length)

    assert len(shown) == kept
    assert shown.endswith("…") == (length > 200)
    assert shown[: kept - 1] == "x" * (kept - 1)


def test_a_condition_is_judged_with_its_words_evidence_and_cause() -> None:
    assert expect.that([1], "e", 7, ONE, TWO, cause="c") == Judged(True, "e", "7", (ONE, TWO), "c")  # noqa: FBT003
    assert expect.that("", "e", "a") == Judged(False, "e", "a", ())  # noqa: FBT003


def test_equality_is_of_the_whole_value() -> None:
    assert expect.equal(1, 1, "it", ONE) == Judged(True, "it is 1", "1", (ONE,))  # noqa: FBT003
    assert expect.equal("a", "ab", "it", ONE) == Judged(False, "it is ab", "a", (ONE,))  # noqa: FBT003


def test_a_branch_keeps_its_word_and_evidence() -> None:
    assert expect.branch("word", ONE, TWO) == OtherBranch("word", (ONE, TWO))


def test_a_document_is_valid_without_violations_and_three_of_them_are_told() -> None:
    violations = [Violation(f"/{name}", "wrong") for name in "abcd"]

    assert expect.valid([], "w", ONE) == Judged(True, "w", "", (ONE,))  # noqa: FBT003
    told = "/a: wrong; /b: wrong; /c: wrong"
    assert expect.valid(violations, "w", ONE) == Judged(False, "w", told, (ONE,))  # noqa: FBT003


@pytest.mark.parametrize(
    ("met", "claimed", "held"),
    [
        (3, 3, True),
        (4, 3, True),
        (2, 3, False),
        (3.0, 3, True),
        (3, 3.0, True),
        (3.5, 3, False),
        (4, 3.5, False),
        (True, 1, False),
        (1, True, False),
        ("3", 3, False),
        (3, "3", False),
        (None, 3, False),
        (3, None, False),
    ],
)
def test_a_read_shows_a_version_that_is_whole_and_not_older(
    met: object, claimed: object, held: object
) -> None:
    claim = exchange(document={"readModelUrl": "/u"})
    read = exchange(201, {"stateVersion": met}, 2)

    judged = expect.shows_version(read, claimed, claim)

    assert judged.held is held
    version = "the stateVersion of the claim" if claimed is None else f"stateVersion {claimed}"
    assert judged.expected == f"/u shows {version} or later"
    assert (
        judged.actual == f"201 with {'no stateVersion' if met is None else f'stateVersion {met}'}"
    )
    assert judged.shown_by == (claim, read)


def test_a_code_is_a_text_or_none() -> None:
    assert expect.code_of(exchange(404, {"code": "A"})) == "A"
    assert expect.code_of(exchange(404, {"code": 1})) == ""
    assert expect.code_of(exchange(404, [])) == ""


@pytest.mark.parametrize(
    ("status", "code", "held"),
    [(404, "A", True), (400, "B", True), (500, "A", False), (404, "C", False), (404, "", False)],
)
def test_a_refusal_needs_both_its_status_and_its_code(status: int, code: str, held: object) -> None:
    answer = exchange(status, {"code": code})

    judged = expect.refused(answer, {404, 400}, ("A", "B"), "it")

    assert judged.held is held
    assert judged.expected == "it: 400 or 404 with A or B"
    assert judged.actual.startswith(str(status))
    assert judged.shown_by == (answer,)


def test_a_refusal_means_nothing_where_its_twin_was_refused_too() -> None:
    twin, refusal = exchange(500), exchange(400, {"code": "A"}, 2)

    said = expect.refused_unlike(twin, refusal, {400}, ("A",), "it")

    assert isinstance(said, Missing)
    assert said.shown_by == (twin, refusal)
    assert said.what == "the twin without the fault was refused too: GET /api/x → 500"


@pytest.mark.parametrize(("code", "held"), [("A", True), ("B", False)])
def test_a_refusal_is_judged_beside_the_twin_that_was_accepted(code: str, held: object) -> None:
    twin, refusal = exchange(202), exchange(400, {"code": code}, 2)

    said = expect.refused_unlike(twin, refusal, {400}, ("A",), "it")

    assert said == Judged(bool(held), "it: 400 with A", f"400 {code}", (twin, refusal), twin=twin)


def test_an_answer_is_spelt_by_its_code_else_by_its_body_else_by_what_broke() -> None:
    assert expect.answer(exchange(404, {"code": "A"})) == "404 A"
    assert expect.answer(exchange(404, {"a": 1})) == '404 {"a": 1}'
    assert expect.answer(exchange(404)) == "404 with an empty body"
    assert expect.answer(silent("no connection")) == "no connection"
    assert expect.answer(silent(None)) == "no answer"


def test_a_body_that_is_no_text_is_spelt_with_marks_in_the_place_of_its_bytes() -> None:
    broken = Exchange(
        1,
        "scenarios",
        "t",
        None,
        {},
        Request("GET", "http://h/"),
        Response(500, {}, b"\xff!"),
        0,
        1,
    )

    assert expect.answer(broken) == "500 \ufffd!"


@pytest.mark.parametrize(
    ("met", "version", "behind", "come"),
    [
        (2, 3, True, False),
        (3, 3, False, True),
        (4, 3, False, True),
        (2.0, 3, True, False),
        (3.0, 3, False, True),
        (2, 3.0, True, False),
        ("2", 3, False, False),
        (None, 3, False, False),
        (2, None, False, False),
        (4, "3", False, False),
        (True, 1, False, False),
        (2.5, 3, False, False),
    ],
)
def test_a_read_model_says_by_whole_versions_whether_it_is_behind(
    met: object, version: object, behind: object, come: object
) -> None:
    read = exchange(document={"stateVersion": met})

    assert expect.is_behind(read, version) is behind
    assert expect.has_come_to(read, version) is come


def test_a_read_model_without_a_version_says_neither() -> None:
    assert not expect.is_behind(exchange(document={"other": 1}), 3)
    assert not expect.has_come_to(exchange(document={"other": 9}), 3)


def test_a_condition_keeps_its_twin() -> None:
    assert expect.that([], "e", "a", ONE, TWO, twin=ONE).twin is ONE
    assert expect.that([], "e", "a", ONE).twin is None
