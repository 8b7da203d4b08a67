"""What was heard becomes verdicts, and verdicts one exit code."""

from collections.abc import Sequence
from itertools import chain, combinations
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.checks import IN_DOUBT, Judged, Judgement, Missing, OtherBranch, whole
from conformance.contract import Requirement
from conformance.exchange import Exchange, Request, Response
from conformance.judge import Broke, Exit, Finding, Heard, Outcome, Verdict, exit_code, verdict

REQUEST = Request("GET", "http://127.0.0.1:1/api/scopes/s1/members")
EVIDENCE = (
    Exchange(1, "scenarios", "a test", "listMembers", {}, REQUEST, Response(200), 1.0, 1.5),
)
HELD = Judged(held=True, expected="e", actual="a", shown_by=EVIDENCE)
BROKEN = Judged(held=False, expected="e", actual="a", shown_by=EVIDENCE)
CLOSING = OtherBranch("synchronous_throughout", EVIDENCE)
FOREIGN = OtherBranch("decoy_refused", EVIDENCE)
ABSENT = Missing("the target has no poison")
JUDGEMENTS = st.lists(st.sampled_from([HELD, BROKEN, CLOSING, FOREIGN, ABSENT]), max_size=8)
HARMLESS = st.lists(st.sampled_from([HELD, CLOSING, FOREIGN, ABSENT]), max_size=8)
CONTROLS = st.sampled_from([None, "the control failed"])


def requirement(level: str = "MUST", name: str = "ACK-01") -> Requirement:
    closed_by = ("synchronous_throughout",)
    return Requirement(name, level, ("core",), "text", "source", closed_by=closed_by)


def weighed(
    said: Sequence[Judgement],
    level: str = "MUST",
    control: str | None = None,
    *,
    broke: bool = False,
) -> Verdict:
    """Weigh judgements as if two checks had said them, the first half and the rest."""
    half = len(said) // 2
    error = Broke("check", "Traceback: boom") if broke else None
    heard = [
        Heard("ACK-01", "first", tuple(said[:half])),
        Heard("ACK-01", "second", tuple(said[half:]), error),
    ]
    return verdict(requirement(level), heard, control)


@given(JUDGEMENTS, st.sampled_from(["MUST", "SHOULD", "MAY"]), CONTROLS)
def test_a_pass_was_judged_never_broken_and_had_its_control(
    said: list[Judgement], level: str, control: str | None
) -> None:
    outcome = weighed(said, level, control).outcome

    assert (outcome == "pass") == (HELD in said and BROKEN not in said and control is None)


@given(HARMLESS)
def test_a_counterexample_in_doubt_lets_nothing_pass(said: list[Judgement]) -> None:
    doubted = Missing(f"{IN_DOUBT}: GET /x → 503")

    assert weighed([*said, doubted]).outcome == "not_verified"
    assert list(weighed([*said, doubted]).reasons) == [doubted.what]
    assert weighed([BROKEN, *said, doubted]).outcome == "fail"


@given(JUDGEMENTS, CONTROLS)
def test_one_counterexample_fails_a_must_and_warns_of_the_rest(
    said: list[Judgement], control: str | None
) -> None:
    said = [*said, BROKEN]

    assert weighed(said, "MUST", control).outcome == "fail"
    assert weighed(said, "SHOULD", control).outcome == "warn"
    assert weighed(said, "MAY", control).outcome == "warn"
    assert len(weighed(said).findings) == said.count(BROKEN)


@given(JUDGEMENTS, CONTROLS)
def test_an_error_of_the_kit_outweighs_everything(
    said: list[Judgement], control: str | None
) -> None:
    judged = weighed(said, "MUST", control, broke=True)

    assert judged.outcome == "harness_error"
    assert judged.reasons == ("Traceback: boom",)


@given(HARMLESS)
def test_only_a_listed_branch_closes_what_was_never_judged(said: list[Judgement]) -> None:
    unjudged = [one for one in said if one is not HELD]

    assert weighed(unjudged).outcome == (
        "not_applicable" if CLOSING in unjudged else "not_verified"
    )


@given(JUDGEMENTS)
def test_a_verdict_counts_what_was_said(said: list[Judgement]) -> None:
    judged = weighed(said)

    assert judged.judged == said.count(HELD) + said.count(BROKEN)
    assert judged.other_branch == said.count(CLOSING)
    assert judged.missing == said.count(ABSENT) + said.count(FOREIGN)


@given(JUDGEMENTS, st.randoms(use_true_random=False), CONTROLS)
def test_the_order_of_what_was_said_changes_no_outcome(
    said: list[Judgement], chance: Random, control: str | None
) -> None:
    shuffled = chance.sample(said, len(said))

    assert weighed(said, "MUST", control).outcome == weighed(shuffled, "MUST", control).outcome


@pytest.mark.parametrize(
    ("said", "control", "reason"),
    [
        ([], None, "no traffic of this run gave an opportunity to judge it"),
        ([ABSENT], None, "the target has no poison"),
        ([ABSENT, ABSENT], None, "the target has no poison"),
        ([HELD], "nothing can be created", "nothing can be created"),
        ([CLOSING], None, "synchronous_throughout: GET /api/scopes/s1/members → 200"),
    ],
    ids=["silence", "missing", "missing-twice", "no-control", "closed"],
)
def test_what_was_not_judged_says_why(
    said: list[Judgement], control: str | None, reason: str
) -> None:
    assert weighed(said, "MUST", control).reasons == (reason,)


def _verdicts(*outcomes: str) -> list[Verdict]:
    """Verdicts from words such as "pass", "SHOULD not_verified"; ids are X-1, X-2 ..."""
    made = []
    for number, words in enumerate(outcomes, start=1):
        level, _, outcome = words.rpartition(" ")
        said: Any = outcome
        made.append(Verdict(requirement(level or "MUST", f"X-{number}"), said, 1, 0, 0))
    return made


@pytest.mark.parametrize(
    ("outcomes", "accepted", "interrupted", "code"),
    [
        (["pass", "not_applicable", "SHOULD warn"], [], False, Exit.FINE),
        (["pass", "SHOULD not_verified"], [], False, Exit.FINE),
        (["pass", "not_verified"], ["X-2"], False, Exit.FINE),
        (["pass", "not_verified"], ["X-1"], False, Exit.NOT_VERIFIED),
        (["not_verified", "fail"], [], False, Exit.FAILED),
        (["fail", "pass"], ["X-1"], False, Exit.FAILED),
        ([], [], False, Exit.NOTHING_RAN),
        (["fail", "not_verified", "harness_error"], [], False, Exit.HARNESS),
        (["SHOULD harness_error"], [], False, Exit.HARNESS),
        (["fail", "harness_error"], [], True, Exit.INTERRUPTED),
        ([], [], True, Exit.INTERRUPTED),
    ],
    ids=[
        "a-broken-should-is-fine",
        "an-unverified-should-is-fine",
        "accepted-by-id",
        "another-id-accepted",
        "failed-before-not-verified",
        "a-failure-cannot-be-accepted",
        "nothing-ran",
        "harness-before-failed",
        "harness-of-a-should",
        "interrupted-before-harness",
        "interrupted-at-once",
    ],
)
def test_the_first_of_several_exit_codes_is_taken(
    outcomes: list[str],
    accepted: list[str],
    interrupted: bool,  # noqa: FBT001  # a column of the table
    code: Exit,
) -> None:
    verdicts = _verdicts(*outcomes)

    assert exit_code(verdicts, accepted=accepted, interrupted=interrupted) == code


def test_the_gate_takes_the_first_code_of_the_published_order() -> None:
    words = {6: "harness_error", 1: "fail", 4: "not_verified"}
    for codes in chain.from_iterable(combinations((130, 6, 1, 5, 4), n) for n in range(6)):
        met = _verdicts("pass", *(word for code, word in words.items() if code in codes))

        first = exit_code(met, interrupted=130 in codes, troubled=5 in codes)

        assert first == (codes or (0,))[0]


def test_the_exit_codes_are_the_published_ones() -> None:
    published = {130, 6, 3, 2, 7, 1, 5, 4, 0}

    assert {code.value for code in Exit} == published


def test_a_run_that_judged_nothing_is_not_green() -> None:
    assert exit_code(_verdicts("not_applicable")) == Exit.NOTHING_RAN
    accepted = exit_code(_verdicts("not_verified"), accepted=["X-1"])
    assert accepted == Exit.NOTHING_RAN


OUTCOMES: list[Outcome] = [
    "pass",
    "fail",
    "warn",
    "not_applicable",
    "not_verified",
    "harness_error",
]
SEVERITY = [Exit.FINE, Exit.NOT_VERIFIED, Exit.FAILED, Exit.HARNESS]


@given(st.lists(st.sampled_from(OUTCOMES), min_size=1), st.sampled_from(OUTCOMES))
def test_one_more_verdict_never_makes_the_gate_milder(first: list[str], more: str) -> None:
    before = exit_code(_verdicts("pass", *first))
    after = exit_code(_verdicts("pass", *first, more))

    assert SEVERITY.index(after) >= SEVERITY.index(before)


def test_a_finding_says_which_check_met_what_where_and_why() -> None:
    broken = Judged(held=False, expected="e", actual="a", shown_by=EVIDENCE, cause="one cause")
    heard = [Heard("ACK-01", "the check", (HELD, broken))]

    found = verdict(requirement(), heard, None).findings

    assert found == (Finding("ACK-01", "the check", "e", "a", EVIDENCE, "one cause"),)


def test_a_finding_keeps_its_twin() -> None:
    broken = Judged(held=False, expected="e", actual="a", shown_by=EVIDENCE, twin=EVIDENCE[0])

    (found,) = verdict(requirement(), [Heard("ACK-01", "c", (broken,))], None).findings

    assert found.twin is EVIDENCE[0]


@pytest.mark.parametrize(
    ("outcomes", "gated", "code"),
    [
        (["not_applicable"], False, Exit.NOTHING_RAN),
        (["not_applicable"], True, Exit.FAILED),
        (["not_applicable", "not_verified"], False, Exit.NOT_VERIFIED),
        (["fail"], False, Exit.FAILED),
        (["pass"], True, Exit.FAILED),
        ([], True, Exit.NOTHING_RAN),
    ],
)
def test_what_a_gating_lane_finds_fails_a_run_that_judged_anything(
    outcomes: list[str],
    gated: bool,  # noqa: FBT001  # a column of the table
    code: Exit,
) -> None:
    assert exit_code(_verdicts(*outcomes), gated=gated) == code


def test_a_branch_that_may_not_close_is_told_as_what_is_missing() -> None:
    weighed_up = weighed([FOREIGN])

    assert weighed_up.outcome == "not_verified"
    assert weighed_up.reasons == ("decoy_refused: GET /api/scopes/s1/members → 200",)
    assert (weighed_up.missing, weighed_up.other_branch) == (1, 0)


def test_a_verdict_keeps_its_requirement() -> None:
    assert verdict(requirement(name="ACK-02"), (), None).requirement.id == "ACK-02"


def test_without_a_control_even_what_was_judged_is_not_verified_for_its_reason() -> None:
    weighed_up = weighed([HELD], control="no member can be made")

    assert (weighed_up.outcome, weighed_up.reasons) == ("not_verified", ("no member can be made",))


def test_a_run_of_warnings_only_is_fine() -> None:
    assert exit_code([weighed([BROKEN], level="SHOULD")]) == Exit.FINE


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ((HELD, HELD), (HELD, HELD)),
        ((HELD, CLOSING), (HELD, CLOSING)),
        ((HELD, ABSENT), (ABSENT,)),
        ((HELD, ABSENT, BROKEN), (BROKEN,)),
        ((), ()),
    ],
    ids=["all", "closed", "half", "broken", "nothing"],
)
def test_a_condition_is_not_kept_before_each_of_its_parts_was_judged(
    parts: tuple[Judgement, ...], said: tuple[Judgement, ...]
) -> None:
    assert tuple(whole(*parts)) == said
