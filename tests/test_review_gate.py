"""Approvals, explanations, and what the gate of a review makes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.review.approvals import weighed
from conformance.review.approvals_file import ApprovalsError, entries, load_approvals
from conformance.review.changes import Approval, Change, How, Reach, RequirementEffect, Review
from conformance.review.explained import unexplained
from conformance.review.nodes import Node, Place
from conformance.review.policy import Override, Policy
from conformance.review.reading import read_node
from conformance.review.reviewing import Approvals, weigh
from conformance.review.rules import RULES
from conformance.review.sides import Side

TODAY = date(2026, 11, 29)
LOST = Change(
    "ack-locator-lost",
    "header Location became optional",
    Place("openapi.yaml", 40, "/paths/~1a/post"),
    Place("openapi.yaml", 41, "/paths/~1a/post"),
    before=True,
    after=False,
    clients="breaks",
    guarantee="weakened",
    reaches=(Reach("POST /a"), Reach("POST /b")),
)
ADDED = replace(
    LOST,
    rule="operation-added",
    what="operation GET /c",
    clients="ok",
    guarantee="same",
    head=Place("openapi.yaml", 60, "/paths/~1c/get"),
)
YES = Approval(
    "ack-locator-lost",
    "openapi.yaml#/paths/~1a/post",
    LOST.values,
    "Ada",
    "no client reads it",
    "2026-11-29",
    line=1,
)
ENTRY = f"""- rule: ack-locator-lost
  pointer: openapi.yaml#/paths/~1a/post
  values: "{LOST.values}"
  who: Ada
  why: no client reads it
  until: 2026-11-29
"""


def load(folder: Path, text: str) -> tuple[Approval, ...]:
    (folder / "spec-approvals.yaml").write_text(text, encoding="utf-8")
    return load_approvals(None, folder)


def test_an_entry_is_read_whole(tmp_path: Path) -> None:
    assert load(tmp_path, "# ours\n" + ENTRY + "  pr: 7\n") == (replace(YES, line=2, pr="7"),)


def test_without_a_file_nothing_is_approved(tmp_path: Path) -> None:
    assert load_approvals(None, tmp_path) == ()


@pytest.mark.parametrize("text", ["", "# none\n", "\n  # none\n\n", "[]\n"])
def test_a_file_may_have_no_entry(tmp_path: Path, text: str) -> None:
    assert load(tmp_path, text) == ()


SECOND = ENTRY.replace("~1a", "~1b")
BAD_FILES = {
    "unknown-key": (ENTRY + "  because: x\n", "(line 7): the entry has no key because. There a"),
    "unknown-key-of-the-second": (
        ENTRY + SECOND + "  whom: x\n",
        "(line 13): the entry has no ke",
    ),
    "empty-who": (ENTRY.replace("Ada", '""'), "(line 4): who is empty; expected: who says yes"),
    "no-who": (ENTRY.replace("Ada", ""), "(line 4): who is null; expected: who says yes"),
    "who-to-fill-in": (ENTRY.replace("Ada", "YOUR NAME"), "(line 4): who is YOUR NAME still. Fill"),
    "why-to-fill-in": (
        ENTRY.replace("no client reads it", "YOUR REASON"),
        "(line 5): why is YOUR REASON still. Fill in who, why and until.",
    ),
    "until-to-fill-in": (
        ENTRY.replace("2026-11-29", "YYYY-MM-DD"),
        '(line 6): until is "YYYY-MM-DD"; expected: last day on which the yes counts, in UTC, such',
    ),
    "no-such-day": (
        ENTRY.replace("2026-11-29", "2026-02-30"),
        "(line 6): 2026-02-30 is no day of the calendar. Correct until.",
    ),
    "an-instant": (ENTRY.replace("2026-11-29", "2026-11-29T00:00:00Z"), "(line 6): until is"),
    "unknown-rule": (
        ENTRY.replace("locator-lost", "locator-list"),
        "(line 1): there is no rule ack-locator-list. Did you mean ack-locator-lost?",
    ),
    "pointer-without-a-file": (ENTRY.replace("openapi.yaml#", ""), "(line 2): pointer is"),
    "values-as-a-number": (
        ENTRY.replace(f'"{LOST.values}"', "1234567890123456"),
        "(line 3): values is 1234567890123456; expected: hash of what was and what is, 16 hex",
    ),
    "short-values": (ENTRY.replace(LOST.values[:4], ""), "(line 3): values is"),
    "twice": (ENTRY + ENTRY, "(line 7): a second entry for the change that line 1 approves."),
    "a-mapping": ("approvals: []\n", "(line 1): the file: {"),
    "a-list-of-texts": ("- yes\n", '(line 1): the entry: "yes" is not of type "object".'),
    "a-text": ("yes\n", '(line 1): the file: "yes" is not of type "array".'),
    "no-yaml": ("- rule: [\n", "this is no YAML: "),
    "key-twice": (ENTRY + "  who: Bob\n", ":7:"),
}


@pytest.mark.parametrize(("text", "sentence"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_answered_with_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(ApprovalsError) as raised:
        load(tmp_path, text)

    assert sentence in str(raised.value)
    assert str(raised.value).startswith(str(tmp_path / "spec-approvals.yaml"))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("key", ["rule", "pointer", "values", "who", "why", "until"])
def test_every_key_but_pr_is_required(tmp_path: Path, key: str) -> None:
    lines = [line for line in ENTRY.splitlines() if f" {key}:" not in line]
    text = "\n".join(lines).replace("  ", "- ", 1) if key == "rule" else "\n".join(lines)

    with pytest.raises(ApprovalsError, match=rf"\(line 1\): the entry lacks {key}; expected: "):
        load(tmp_path, text)


def test_a_file_that_was_named_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(ApprovalsError, match=r"yes\.yaml cannot be read: No such file or direct"):
        load_approvals(tmp_path / "yes.yaml")


def test_what_is_printed_is_no_approval_until_a_person_filled_it_in(tmp_path: Path) -> None:
    text = entries([LOST, ADDED])

    with pytest.raises(ApprovalsError, match=r"\(line 5\): .* Fill in|until is"):
        load(tmp_path, text)

    filled = text.replace("YOUR NAME", "Ada").replace("YOUR REASON", "because")
    approvals = load(tmp_path, filled.replace("YYYY-MM-DD", "2026-12-31"))
    approved, bad = weighed(approvals, [LOST, ADDED], TODAY)
    assert set(approved) == {LOST.fingerprint, ADDED.fingerprint}
    assert bad == ()


def test_what_is_printed_says_what_each_entry_is_about() -> None:
    far = replace(LOST, reaches=tuple(Reach(f"GET /{one}") for one in "abcde"), what="a\nb\x1b[1m")

    lines = entries([LOST, far]).splitlines()

    assert lines[0].startswith("# 2 changes want an approval: say who, why and until, ")
    assert lines[1] == (
        "# header Location became optional (openapi.yaml:41), reaches POST /a, POST /b"
    )
    assert (
        "# a\\nb\\u001b[1m (openapi.yaml:41), reaches GET /a, GET /b, GET /c and 2 others" in lines
    )


def test_where_nothing_is_open_no_entry_is_printed(tmp_path: Path) -> None:
    assert load(tmp_path, entries([])) == ()


HASHES = st.text("0123456789abcdef", min_size=16, max_size=16) | st.from_regex(
    r"[0-9]{8}e[0-9]{7}", fullmatch=True
)
POINTERS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip)


@given(HASHES, POINTERS)
def test_whatever_is_printed_is_read_back_as_it_is(
    tmp_path_factory: pytest.TempPathFactory, values: str, pointer: str
) -> None:
    class Hashed(Change):
        values = property(lambda _: values)

    place = Place("a.yaml", 1, f"/{pointer}")
    text = entries([Hashed("type-changed", "it changed", place, place)])
    filled = text.replace("YOUR NAME", "Ada").replace("YOUR REASON", "because")

    (read,) = load(tmp_path_factory.getbasetemp(), filled.replace("YYYY-MM-DD", "2026-12-31"))

    assert (read.rule, read.pointer, read.values) == ("type-changed", f"a.yaml#/{pointer}", values)


def test_an_approval_counts_through_its_last_day() -> None:
    approved, bad = weighed([YES], [LOST, ADDED], TODAY)

    assert approved == {LOST.fingerprint: YES}
    assert bad == ()


def test_an_approval_that_is_past_counts_no_more() -> None:
    approved, (bad,) = weighed([YES], [LOST], date(2026, 11, 30))

    assert approved == {}
    assert bad.problem == "expired"
    assert bad.sentence == (
        "spec-approvals.yaml (line 1): the yes of Ada counted until 2026-11-29, and today is "
        "2026-11-30, in UTC. Undo the change, or ask Ada for a new day."
    )


OTHER = replace(LOST, after="perhaps")
MOVED = replace(LOST, head=Place("openapi.yaml", 9, "/paths/~1moved/post"))
RENAMED = replace(LOST, rule="header-became-optional")
NEAR = replace(OTHER, head=Place("openapi.yaml", 9, "/paths/~1ab/post"))
STALE = {
    "other-values": (
        [OTHER],
        (
            "the change is another one now: header Location became optional, values "
            f"{OTHER.values}. Look at it anew, and approve that one if it may be."
        ),
    ),
    "other-place": (
        [MOVED],
        "that change is at openapi.yaml#/paths/~1moved/post now. Correct the pointer.",
    ),
    "other-rule": (
        [RENAMED],
        "that change is one of header-became-optional now. Correct the rule, if it may be.",
    ),
    "near": (
        [NEAR],
        (
            "nothing at openapi.yaml#/paths/~1a/post is a change of ack-locator-lost. The nearest "
            "is at openapi.yaml#/paths/~1ab/post. Remove the entry; if its change is merged, it "
            "has done its work."
        ),
    ),
    "nothing": (
        [ADDED],
        (
            "nothing at openapi.yaml#/paths/~1a/post is a change of ack-locator-lost. Remove the "
            "entry; if its change is merged, it has done its work."
        ),
    ),
}


@pytest.mark.parametrize(("changes", "why"), STALE.values(), ids=STALE)
def test_an_approval_that_matches_nothing_says_what_is_near(
    changes: list[Change], why: str
) -> None:
    approved, (bad,) = weighed([YES], changes, TODAY)

    assert approved == {}
    assert (bad.problem, bad.sentence) == ("stale", f"spec-approvals.yaml (line 1): {why}")


PLACES = st.sampled_from([Place("a.yaml", 1, "/a"), Place("b.yaml", 2, "/b")])
CHANGES = st.lists(
    st.builds(
        Change,
        st.sampled_from(["type-changed", "ack-locator-lost", "must-removed"]),
        st.just("it changed"),
        st.none(),
        PLACES,
        before=st.integers(0, 2),
        clients=st.sampled_from(["breaks", "ok"]),
        guarantee=st.sampled_from(["weakened", "same"]),
    ),
    max_size=6,
    unique_by=lambda one: one.fingerprint,
)
UNTIL = st.dates(date(2026, 11, 20), date(2026, 12, 10)).map(str)


def approval_of(change: Change, until: str, line: int) -> Approval:
    return Approval(change.rule, change.pointer, change.values, "Ada", "w", until, line)


@given(CHANGES, CHANGES, st.lists(UNTIL, min_size=6, max_size=6))
def test_each_approval_either_approves_its_change_or_is_told_as_no_use(
    changes: list[Change], known: list[Change], days: list[str]
) -> None:
    approvals = [
        approval_of(one, day, line)
        for line, (one, day) in enumerate(zip(known, days, strict=False))
    ]

    approved, bad = weighed(approvals, changes, TODAY)

    met = {one.fingerprint for one in changes}
    wanted = {
        one.fingerprint
        for one, day in zip(known, days, strict=False)
        if one.fingerprint in met and date.fromisoformat(day) >= TODAY
    }
    assert set(approved) == wanted
    told = [one.approval.line for one in bad]
    assert sorted(told + [one.line for one in approved.values()]) == list(range(len(approvals)))
    assert {one.approval.line for one in bad if one.problem == "stale"} == {
        line for line, one in enumerate(known) if one.fingerprint not in met
    }


def catalogue(**texts: str) -> Mapping[str, Node]:
    lines = [f"{name}: {{level: MUST, {text}}}" for name, text in texts.items()]
    node = read_node("\n".join(lines).encode() or b"{}", "requirements/acl.yaml")
    return dict(node.items())


EXPLAINED = {
    "added-with-why": ("added", {}, {"A": "why: clients wait"}, True),
    "added-without-why": ("added", {}, {"A": "text: x"}, False),
    "added-with-a-blank-why": ("added", {}, {"A": "why: ' '"}, False),
    "added-where-no-catalogue-is": ("added", {}, {}, False),
    "changed-with-reason": ("changed", {"A": "text: x"}, {"A": "changed: it was wrong"}, True),
    "changed-without-reason": ("changed", {"A": "text: x"}, {"A": "text: y, why: w"}, False),
    "changed-again": ("changed", {"A": "changed: once"}, {"A": "changed: once, text: y"}, False),
    "changed-again-with-reason": ("changed", {"A": "changed: a"}, {"A": "changed: b"}, True),
    "withdrawn": ("removed", {"A": "text: x"}, {"A": "withdrawn: nobody needs it"}, True),
    "told-as-changed-and-withdrawn": ("changed", {"A": "text: x"}, {"A": "withdrawn: so"}, True),
    "removed": ("removed", {"A": "text: x"}, {}, False),
    "removed-and-said-to-be-changed": ("removed", {"A": "text: x"}, {"A": "changed: b"}, False),
    "relinked": ("relinked", {"A": "text: x"}, {"A": "text: x"}, True),
}


@pytest.mark.parametrize(("how", "base", "head", "explained"), EXPLAINED.values(), ids=EXPLAINED)
def test_the_catalogue_explains_a_change_of_a_requirement_or_does_not(
    how: How, base: dict[str, str], head: dict[str, str], *, explained: bool
) -> None:
    change = replace(ADDED, requirements=(RequirementEffect("A", how),))

    found = unexplained([ADDED, change], catalogue(**base), catalogue(**head))

    assert found == (frozenset() if explained else {change.fingerprint})


def test_a_change_is_unexplained_if_one_of_its_requirements_is() -> None:
    both = (RequirementEffect("A", "added"), RequirementEffect("B", "added"))
    change = replace(ADDED, requirements=both)

    assert unexplained([change], {}, catalogue(A="why: w", B="text: x"))


def side(version: str, paths: str = "{}", **entries: str) -> Side:
    text = f"openapi: 3.1.0\ninfo: {{title: t, version: {version}}}\npaths: {paths}\n"
    root = read_node(text.encode(), "openapi.yaml")
    return Side("here", root, {"openapi.yaml": root}, catalogue(**entries))


def reviewed(
    changes: Sequence[Change],
    *approvals: Approval,
    policy: Policy = Policy(),  # noqa: B008  # a value
    versions: tuple[str, str] = ("1.0.0", "1.0.0"),
    today: date = TODAY,
) -> Review:
    sides = side(versions[0]), side(versions[1])
    return weigh(sides, changes, policy, Approvals(today, approvals), ["told"])


def clauses(review: Review) -> list[str]:
    return [one.clause for one in review.violations]


def test_nothing_changed_is_fine() -> None:
    review = reviewed([])

    assert review.exit_code == 0
    assert review.violations == ()
    assert review.version.sentence == "Nothing changed that needs another version."
    assert review.notices == ("told",)


def test_a_weakened_guarantee_closes_the_gate() -> None:
    review = reviewed([ADDED, LOST])

    assert review.exit_code == 1
    assert clauses(review) == ["clients=breaks without major", "guarantee=weakened"]
    assert {one.fingerprints for one in review.violations} == {(LOST.fingerprint,)}
    assert [one.rule for one in review.changes] == ["ack-locator-lost", "operation-added"]
    assert review.version.smallest == "2.0.0"


def test_a_major_version_leaves_a_weakened_guarantee_a_matter_of_somebodys_yes() -> None:
    assert clauses(reviewed([LOST], versions=("1.0.0", "2.0.0"))) == ["guarantee=weakened"]


def test_an_approved_change_stays_visible_and_closes_no_gate() -> None:
    review = reviewed([LOST], YES)

    assert review.exit_code == 0
    assert review.violations == ()
    assert review.changes == (LOST,)
    assert review.approved == {LOST.fingerprint: YES}
    assert list(review.open()) == []
    assert review.version.smallest == "2.0.0"


def test_an_expired_approval_leaves_its_change_to_the_policy() -> None:
    review = reviewed([LOST], YES, today=date(2026, 11, 30))

    assert review.exit_code == 1
    assert [one.problem for one in review.bad_approvals] == ["expired"]


def test_a_stale_approval_of_a_contract_that_is_fine_is_5() -> None:
    review = reviewed([ADDED], YES)

    assert review.exit_code == 5
    assert review.violations == ()


def test_a_broken_policy_outranks_a_stale_approval() -> None:
    review = reviewed([OTHER], YES)

    assert review.exit_code == 1
    assert [one.problem for one in review.bad_approvals] == ["stale"]


def test_labels_of_the_policy_are_those_of_the_review() -> None:
    lenient = Policy(
        "review.toml",
        overrides=(Override("ack-locator-lost", "ours", 1, clients="ok", guarantee="same"),),
    )

    review = reviewed([LOST], policy=lenient)

    assert review.exit_code == 0
    assert [(one.clients, one.guarantee) for one in review.changes] == [("ok", "same")]
    assert review.version.level == "minor"
    assert review.notices == (
        "told",
        (
            "review.toml (line 1) labels 1 change of ack-locator-lost clients=ok, guarantee=same: "
            "ours."
        ),
    )


def test_an_approval_holds_whatever_the_policy_calls_the_change() -> None:
    policy = Policy("review.toml", overrides=(Override("ack-locator-lost", "w", 1, clients="ok"),))

    assert reviewed([LOST], YES, policy=policy).approved == {LOST.fingerprint: YES}


def test_a_gate_that_is_open_to_all_says_so() -> None:
    review = reviewed([LOST], policy=Policy("review.toml", fail_on=()))

    assert review.exit_code == 0
    assert "review.toml does not fail on clients=breaks without major" in review.notices[1]


PATHS = """
  /a: {get: {}, post: {callbacks: {done: {'{$request.body#/url}': {post: {}}}}}}
  /b: {$ref: '#/paths/~1a', parameters: []}
  /c: {trace: {}, summary: none, additionalOperations: {LINK: {}, LOCK: {}}}
webhooks: {sent: {post: {}}}
"""


def test_a_side_is_told_with_its_version_and_its_operations() -> None:
    told = weigh((side("1.0.0", PATHS), side("")), [], Policy(), Approvals(TODAY))

    assert (told.base.version, told.base.openapi, told.base.operations) == ("1.0.0", "3.1.0", 7)
    assert (told.head.version, told.head.operations) == ("", 0)


@given(CHANGES, st.data())
def test_the_gate_is_open_once_everything_is_approved(
    changes: list[Change], data: st.DataObject
) -> None:
    some = data.draw(st.lists(st.sampled_from(changes), unique_by=id)) if changes else []
    approvals = [approval_of(one, "2026-12-31", line) for line, one in enumerate(some)]

    review = reviewed(changes, *approvals)

    left = [one for one in changes if one.fingerprint not in review.approved]
    bad = [one for one in left if one.guarantee == "weakened" or one.clients == "breaks"]
    told = {one for violation in review.violations for one in violation.fingerprints}
    assert told == {one.fingerprint for one in bad}
    assert review.exit_code == bool(bad)
    assert {one.fingerprint for one in review.changes} == {one.fingerprint for one in changes}


def test_every_rule_of_a_test_is_a_rule() -> None:
    assert {LOST.rule, ADDED.rule, RENAMED.rule} <= set(RULES)
