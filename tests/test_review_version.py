"""The smallest version that a change needs, and whether the head has it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from semver import Version

from conformance.review.changes import Change
from conformance.review.nodes import Place
from conformance.review.rules import RULES
from conformance.review.version import (
    LEVELS,
    NEW_MUST,
    OUTSIDE,
    REWORDED,
    WORDING,
    Level,
    advise,
    has_major,
    level_of,
    parsed,
    smallest,
)


def change(rule: str, pointer: str = "/paths", **labels: str) -> Change:
    place = Place("openapi.yaml", 1, pointer)
    return Change(rule, "it changed", place, place, 1, 2, **labels)  # type: ignore[arg-type]


BREAKS = change("type-changed", clients="breaks")
WEAKENS = change("must-weakened", guarantee="weakened")
ADDS = change("operation-added", servers="new-duty")
WORDS = change("text-changed")
OF = {"major": [BREAKS], "minor": [ADDS], "patch": [WORDS], "none": []}

LEVELS_OF = {
    "clients-break": (BREAKS, "major"),
    "clients-may-break": (change("enum-value-added", clients="may-break"), "minor"),
    "weakened": (WEAKENS, "major"),
    "strengthened": (change("ack-locator-gained", guarantee="strengthened"), "minor"),
    "new-must": (change("must-added", guarantee="strengthened"), "major"),
    "should-became-must": (change("must-strengthened", guarantee="strengthened"), "major"),
    "new-should": (change("requirement-added"), "minor"),
    "should-gone": (change("requirement-removed"), "minor"),
    "other-words": (change("requirement-changed"), "patch"),
    "text": (WORDS, "patch"),
    "example": (change("example-changed"), "patch"),
    "wrong-example": (change("example-contradicts", guarantee="weakened"), "patch"),
    "fewer-tests": (change("proof-weakened", guarantee="weakened"), "none"),
    "ack-meaning": (change("ack-meaning-changed", guarantee="weakened"), "major"),
    "policy-says-it-breaks": (change("text-changed", clients="breaks"), "major"),
    "addition": (ADDS, "minor"),
    "deprecation": (change("deprecated"), "minor"),
    "not-judged": (change("not-judged"), "minor"),
    "title": (change("info-changed", "/info/title"), "patch"),
    "version": (change("info-changed", "/info/version"), "none"),
}


@pytest.mark.parametrize(("one", "level"), LEVELS_OF.values(), ids=LEVELS_OF)
def test_a_change_asks_for_a_level(one: Change, level: str) -> None:
    assert level_of(one) == level


@pytest.mark.parametrize("rule", ["ack-meaning-changed", "must-reworded"])
def test_new_words_of_a_promise_that_somebody_approved_are_a_patch(rule: str) -> None:
    words = change(rule, guarantee="weakened")

    assert level_of(words, {words.fingerprint}) == "patch"
    assert level_of(WEAKENS, {WEAKENS.fingerprint}) == "major"


def test_the_rules_that_have_a_level_of_their_own_are_rules() -> None:
    assert set(RULES) >= NEW_MUST | WORDING | OUTSIDE | REWORDED


STEPS = [
    ("1.2.3", "major", "2.0.0"),
    ("1.2.3", "minor", "1.3.0"),
    ("1.2.3", "patch", "1.2.4"),
    ("1.2.3", "none", "1.2.3"),
    ("0.3.1", "major", "0.4.0"),
    ("0.3.1", "minor", "0.3.2"),
    ("0.3.1", "patch", "0.3.2"),
    ("0.0.1", "major", "0.1.0"),
    ("2.0.0-rc.1", "major", "2.0.0-rc.2"),
    ("1.3.0-rc.1", "major", "2.0.0"),
    ("1.3.0-rc.1", "minor", "1.3.0-rc.2"),
    ("1.2.4-rc.1", "minor", "1.3.0"),
    ("1.2.4-rc.1", "patch", "1.2.4-rc.2"),
    ("0.4.0-rc.1", "major", "0.4.0-rc.2"),
    ("2.0.0-beta", "major", "2.0.0-beta.0"),
    ("1.2.3+build.5", "patch", "1.2.4"),
    ("v1", "major", "2.0.0"),
    ("1.2", "minor", "1.3.0"),
]


@pytest.mark.parametrize(("base", "level", "wanted"), STEPS)
def test_the_smallest_version_is_one_step_ahead(base: str, level: Level, wanted: str) -> None:
    assert advise(base, base, OF[level]).smallest == wanted


ENOUGH = [
    ("1.2.3", "2.0.0", "major", True),
    ("1.2.3", "2.0.0-rc.1", "major", True),
    ("1.2.3", "3.1.4", "major", True),
    ("1.2.3", "1.9.0", "major", False),
    ("1.2.3", "1.2.3", "major", False),
    ("2.0.0-rc.1", "2.0.0-rc.2", "major", True),
    ("2.0.0-rc.1", "2.0.0-rc.1", "major", False),
    ("2.0.0-rc.2", "2.0.0-rc.1", "major", False),
    ("1.3.0-rc.1", "1.3.0", "major", False),
    ("0.3.1", "0.4.0", "major", True),
    ("0.3.1", "0.3.2", "major", False),
    ("0.3.1", "0.3.2", "minor", True),
    ("0.9.0", "1.0.0", "major", True),
    ("1.2.3", "1.3.0", "minor", True),
    ("1.2.3", "1.2.4", "minor", False),
    ("1.2.3", "1.2.4", "patch", True),
    ("1.2.3", "1.2.3", "patch", False),
    ("1.2.3", "1.2.3", "none", True),
    ("1.2.3", "1.2.4", "none", True),
    ("1.2.3", "1.2.2", "none", False),
    ("1.2.3", "1.2.3+build.5", "patch", False),
    ("v1", "v2", "major", True),
    ("1.0", "2.0", "major", True),
    ("2026-01-01", "2027-01-01", "major", False),
    ("1.2.3", "next", "minor", False),
    ("next", "1.2.3", "minor", False),
    ("", "", "patch", False),
    ("", "", "none", True),
    ("next", "next", "none", True),
]


@pytest.mark.parametrize(("base", "head", "level", "enough"), ENOUGH)
def test_a_head_has_enough_of_a_version_or_not(
    base: str, head: str, level: Level, *, enough: bool
) -> None:
    assert advise(base, head, OF[level]).enough is enough
    if level == "major":
        assert has_major(base, head) is enough


SENTENCES = [
    (
        ("1.0.0", "1.0.0", [BREAKS, ADDS]),
        (
            "This needs 2.0.0 or more after 1.0.0, since clients break; the head has 1.0.0, which "
            "is not changed."
        ),
    ),
    (
        ("1.0.0", "2.0.0", [BREAKS, WEAKENS]),
        (
            "This needs 2.0.0 or more after 1.0.0, since clients break and a guarantee is "
            "weakened; the head has 2.0.0."
        ),
    ),
    (
        ("0.4.0", "0.4.1", [BREAKS]),
        "This needs 0.5.0 or more after 0.4.0, since clients break; the head has 0.4.1.",
    ),
    (
        ("1.0.0", "1.0.1", [ADDS, WORDS]),
        (
            "This needs 1.1.0 or more after 1.0.0, since more than wording changed; the head has "
            "1.0.1."
        ),
    ),
    (
        ("1.0.0", "1.0.1", [WORDS]),
        "This needs 1.0.1 or more after 1.0.0, since wording changed; the head has 1.0.1.",
    ),
    (("1.0.0", "1.0.0", []), "Nothing changed that needs another version."),
    (
        ("1.0.0", "1.1.0", []),
        "Nothing changed that needs another version: version 1.0.0 became version 1.1.0.",
    ),
    (
        ("1.1.0", "1.0.0", []),
        "Nothing changed that needs another version, and 1.0.0 is less than 1.1.0: keep that.",
    ),
    (
        ("2026-01", "2026-02", [ADDS]),
        (
            "Version 2026-01 is no MAJOR.MINOR.PATCH, so no next version can be named; more than "
            "wording changed."
        ),
    ),
    (
        ("1.0.0", "", [BREAKS]),
        "This needs 2.0.0 or more, since clients break; the head has no version.",
    ),
]


@pytest.mark.parametrize(("asked", "sentence"), SENTENCES)
def test_the_advice_is_a_sentence(asked: tuple[str, str, list[Change]], sentence: str) -> None:
    assert advise(*asked).sentence == sentence


NO_VERSIONS = ["", "next", "1", "01.2.3", "1.2.3.4", "2026-12-31", "20261231", "v", "vv1", "1.2-rc"]


@pytest.mark.parametrize("text", NO_VERSIONS)
def test_what_is_no_version_is_not_taken_for_one(text: str) -> None:
    assert parsed(text) is None


NUMBERS = st.integers(0, 30)
IDENTIFIERS = st.lists(st.sampled_from(["rc", "alpha", "1", "12", "x-1"]), max_size=3)
VERSIONS = st.builds(
    lambda major, minor, patch, pre: Version(major, minor, patch, ".".join(pre) or None),
    NUMBERS,
    NUMBERS,
    NUMBERS,
    IDENTIFIERS,
)


@given(VERSIONS, st.sampled_from(LEVELS))
def test_the_smallest_version_is_later_and_enough(base: Version, level: Level) -> None:
    wanted = smallest(base, level)
    advice = advise(str(base), str(wanted), OF[level])

    assert (wanted > base) is (level != "none")
    assert advice.enough
    assert advice.smallest == str(wanted)


@given(VERSIONS, st.sampled_from(LEVELS), VERSIONS)
def test_no_release_below_the_smallest_is_enough(
    base: Version, level: Level, head: Version
) -> None:
    enough = advise(str(base), str(head), OF[level]).enough

    assert enough is (
        head.finalize_version() >= smallest(base, level).finalize_version() and head > base
        if level != "none"
        else head >= base
    )


@given(VERSIONS, VERSIONS)
def test_what_is_enough_for_more_is_enough_for_less(base: Version, head: Version) -> None:
    enough = [advise(str(base), str(head), OF[level]).enough for level in LEVELS]

    assert enough == sorted(enough)
