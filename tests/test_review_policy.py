"""review.toml: what it says, what it may not say, and what its clauses do."""

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest

from conformance.published_schemas import schema_of
from conformance.review import changes as model
from conformance.review.annotations import Annotations
from conformance.review.changes import Change, Reach, RequirementEffect, VersionAdvice
from conformance.review.clauses import CLAUSES, Facts, violations
from conformance.review.nodes import Place
from conformance.review.policy import DEFAULT_CLAUSES, Policy, PolicyError, load_policy

FINE = Change("text-changed", "a text is another", Place("a.yaml", 3, "/info"), None, "a", "b")


def change(rule: str = "property-added", *operations: str, pointer: str = "/paths") -> Change:
    reaches = tuple(Reach(one) for one in operations)
    return replace(FINE, rule=rule, reaches=reaches, base=Place("a.yaml", 3, pointer))


def load(folder: Path, text: str) -> Policy:
    (folder / "review.toml").write_text(text, encoding="utf-8")
    return load_policy(None, folder)


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    policy = load_policy(None, tmp_path)

    assert policy == Policy()
    assert policy.fail_on == DEFAULT_CLAUSES
    assert policy.weaker_than_default() == []


@pytest.mark.parametrize("text", ["", "# nothing\n", "[gate]\n", "[annotations]\n", "rules = []\n"])
def test_a_file_that_says_nothing_leaves_the_defaults(tmp_path: Path, text: str) -> None:
    policy = load(tmp_path, text)

    assert replace(policy, name="") == Policy()


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    policy = load(
        tmp_path,
        """
[annotations]
receipt = "x-ack"
error-codes = "x-errors"
exempting = ["x-old"]
[annotations.ordered]
x-depth = ["low", "high"]
[gate]
fail-on = ["not-judged", "clients=breaks"]
[[rules]]
id = "property-added"
clients = "breaks"
why = "our clients refuse what they do not know"
""",
    )

    wanted = Annotations(
        receipt="x-ack",
        error_codes="x-errors",
        exempting=("x-old",),
        ordered={"x-depth": ("low", "high")},
    )
    assert policy.annotations == wanted
    assert policy.fail_on == ("not-judged", "clients=breaks")
    assert [(one.rule, one.clients, one.servers, one.line) for one in policy.overrides] == [
        ("property-added", "breaks", None, 10)
    ]


def test_the_published_schema_tells_the_defaults() -> None:
    definitions = schema_of("review")["$defs"]
    said = definitions["annotations"]["properties"]
    told = {name.replace("-", "_"): one["default"] for name, one in said.items()}
    own = {one.name: getattr(Annotations(), one.name) for one in fields(Annotations)}

    assert told == json.loads(json.dumps(own, default=dict))
    assert definitions["gate"]["properties"]["fail-on"]["default"] == list(DEFAULT_CLAUSES)


def test_the_published_schema_lists_the_clauses() -> None:
    listed = schema_of("review")["$defs"]["gate"]["properties"]["fail-on"]["items"]["enum"]

    assert listed == [*CLAUSES, "version=too-small"]


RULE = '[[rules]]\nid = "property-added"\nclients = "ok"\nwhy = "w"\n'
BAD_FILES = {
    "unknown-table": ("[gates]\n", "(line 1): the file has no key gates. Did you mean gate?"),
    "unknown-key": (
        '\n[gate]\nfail_on = ["x"]\n',
        "(line 3): [gate] has no key fail_on. Did you mean fail-on?",
    ),
    "unknown-annotation": (
        '[annotations]\nreceipts = "x-a"\n',
        "(line 2): [annotations] has no key receipts. Did you mean receipt?",
    ),
    "unknown-clause": (
        '[gate]\nfail-on = ["not-judged", "guarantee=weaken"]\n',
        '(line 2): gate.fail-on knows no "guarantee=weaken". Did you mean guarantee=weakened?',
    ),
    "clause-that-is-no-text": (
        "[gate]\nfail-on = [1]\n",
        "gate.fail-on is 1; expected: a clause, in quotes.",
    ),
    "clauses-in-a-text": ('[gate]\nfail-on = "x"\n', 'gate.fail-on is "x"; expected: what no ch'),
    "clause-twice": (
        '[gate]\nfail-on = ["not-judged", "not-judged"]\n',
        '(line 2): gate.fail-on is ["not-judged", "not-judged"]; expected: what no change may',
    ),
    "gate-that-is-no-table": ("gate = 1\n", "(line 1): [gate]: 1 is not of type "),
    "no-annotation": (
        '[annotations]\nreceipt = "receipt"\n',
        '(line 2): annotations.receipt is "receipt"; expected: annotation of an operation: what',
    ),
    "order-of-one": (
        '[annotations.ordered]\nx-a = ["one"]\n',
        '(line 2): annotations.ordered.x-a is ["one"]; expected: annotations that promise more',
    ),
    "unknown-rule": (
        RULE.replace("added", "add"),
        "(line 2): there is no rule property-add. Did you mean property-added?",
    ),
    "unknown-key-of-a-rule": (
        RULE + RULE + 'client = "ok"\n',
        "(line 9): [[rules]] has no key client. Did you mean clients?",
    ),
    "rule-without-a-reason": (
        RULE + RULE.replace('why = "w"\n', ""),
        "(line 5): [[rules]] lacks why; expected: why its labels are others here, in words.",
    ),
    "blank-reason": (RULE.replace('"w"', '" "'), "(line 4): rules.why is empty; expected: why its"),
    "rule-without-an-id": (
        RULE.replace('id = "property-added"\n', ""),
        "(line 1): [[rules]] lacks id",
    ),
    "rule-without-a-label": (
        RULE.replace('clients = "ok"\n', ""),
        "(line 1): [[rules]] lacks clients or servers or guarantee.",
    ),
    "unknown-label": (
        RULE.replace('"ok"', '"break"'),
        '(line 3): rules.clients knows no "break". Did you mean breaks?',
    ),
    "no-toml": ("[gate\n", "is not TOML: "),
}


@pytest.mark.parametrize(("text", "sentence"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_answered_with_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(PolicyError) as raised:
        load(tmp_path, text)

    assert sentence in str(raised.value)
    assert str(raised.value).startswith(str(tmp_path / "review.toml"))
    assert "\n" not in str(raised.value)


def test_a_file_that_was_named_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"strict\.toml cannot be read: No such file"):
        load_policy(tmp_path / "strict.toml")


def relabelled(folder: Path, scope: str, *changes: Change) -> tuple[list[str], list[str]]:
    done, told = load(folder, RULE.replace('"ok"', '"breaks"') + scope).relabelled(changes)
    return [one.clients for one in done], told


def test_a_policy_gives_a_rule_other_labels_and_says_so(tmp_path: Path) -> None:
    labels, told = relabelled(tmp_path, "", change(), change("text-changed"), change())

    assert labels == ["breaks", "ok", "breaks"]
    assert told == [
        f"{tmp_path / 'review.toml'} (line 1) labels 2 changes of property-added clients=breaks: w."
    ]


def test_a_policy_that_changed_no_label_says_nothing(tmp_path: Path) -> None:
    assert relabelled(tmp_path, "", change("text-changed")) == (["ok"], [])


SCOPES = [
    ('operations = ["POST /internal/*"]', ["POST /internal/a", "POST /internal/b/{id}"], "breaks"),
    ('operations = ["POST /internal/*"]', ["POST /internal/a", "POST /public"], "ok"),
    ('operations = ["POST /internal/*"]', [], "ok"),
    ('operations = ["POST /a", "GET *"]', ["POST /a", "GET /b"], "breaks"),
    ('operations = ["POST /a.b"]', ["POST /a-b"], "ok"),
    ('pointers = ["a.yaml#/paths"]', ["POST /a"], "breaks"),
    ('pointers = ["*#/components/*"]', ["POST /a"], "ok"),
    ('pointers = ["a.yaml#/p*"]\noperations = ["GET *"]', ["POST /a"], "ok"),
]


@pytest.mark.parametrize(("scope", "operations", "label"), SCOPES)
def test_a_rule_is_relabelled_only_where_its_scope_says(
    tmp_path: Path, scope: str, operations: list[str], label: str
) -> None:
    labels, _ = relabelled(tmp_path, scope, change("property-added", *operations))

    assert labels == [label]


def test_a_later_entry_goes_over_an_earlier_one(tmp_path: Path) -> None:
    text = RULE.replace('"ok"', '"breaks"') + RULE.replace("clients", "servers")
    text += RULE.replace('"ok"', '"may-break"')

    (one,), told = load(tmp_path, text).relabelled([replace(change(), servers="new-duty")])

    assert (one.clients, one.servers) == ("may-break", "ok")
    assert len(told) == 3


WEAKER = [
    ("[]", "clients=breaks without major, guarantee=weakened, requirements=unexplained"),
    ('["guarantee=weakened", "clients=breaks"]', "requirements=unexplained"),
]


@pytest.mark.parametrize(("clauses", "left"), WEAKER)
def test_a_gate_that_lets_through_more_than_the_default_says_so(
    tmp_path: Path, clauses: str, left: str
) -> None:
    policy = load(tmp_path, f"[gate]\nfail-on = {clauses}\n")

    assert policy.weaker_than_default() == [f"{policy.name} does not fail on {left}."]


def test_a_policy_that_looks_for_fewer_names_says_so(tmp_path: Path) -> None:
    more = load(tmp_path, '[annotations]\nlocator-headers = ["Location", "X-Where"]\n')
    less = load(tmp_path, '[annotations]\nlocator-headers = []\nreceipt = "x-ours"\n')

    assert more.weaker_than_default() == []
    assert less.weaker_than_default() == [
        (
            f"{less.name} has the review look no more for x-operation-receipt (receipt), "
            "Location (locator-headers)."
        )
    ]


TOO_SMALL = VersionAdvice("major", "2.0.0", enough=False, sentence="This needs 2.0.0.")
ENOUGH = replace(TOO_SMALL, enough=True)
BAD = {
    "guarantee=weakened": replace(FINE, guarantee="weakened"),
    "clients=breaks": replace(FINE, clients="breaks"),
    "clients=breaks without major": replace(FINE, clients="breaks"),
    "clients=may-break": replace(FINE, clients="may-break"),
    "servers=new-duty": replace(FINE, servers="new-duty"),
    "requirements=unexplained": replace(FINE, requirements=(RequirementEffect("A-1", "added"),)),
    "tests=prove-nothing": replace(FINE, tests=model.Tests(prove_nothing=("a_test",))),
    "not-judged": replace(FINE, judged=False),
}
LACKING = Facts(TOO_SMALL, has_major=False, unexplained={FINE.fingerprint})
MAJOR = Facts(ENOUGH, has_major=True)
BETTER = [
    FINE,
    replace(FINE, guarantee="strengthened", servers="relaxed"),
    replace(FINE, tests=model.Tests(must_change=("a_test",))),
]


def test_every_clause_has_a_change_that_breaks_it() -> None:
    assert list(BAD) == list(CLAUSES)


@pytest.mark.parametrize("clause", CLAUSES)
def test_a_clause_is_broken_by_its_label_alone(clause: str) -> None:
    (violation,) = violations([FINE, BAD[clause]], [clause], LACKING)
    better = [] if clause == "requirements=unexplained" else BETTER

    assert violation.clause == clause
    assert set(violation.fingerprints) == {BAD[clause].fingerprint}
    assert list(violations(better, [clause], LACKING)) == []
    assert list(violations([], [clause], LACKING)) == []


def test_a_major_version_may_break_clients_and_weaken_nothing() -> None:
    both = replace(FINE, clients="breaks", guarantee="weakened")

    broken = [one.clause for one in violations([both], DEFAULT_CLAUSES, MAJOR)]

    assert broken == ["guarantee=weakened"]


def test_a_requirement_that_somebody_explained_breaks_no_clause() -> None:
    changed = BAD["requirements=unexplained"]

    assert list(violations([changed], ["requirements=unexplained"], MAJOR)) == []


def test_a_version_that_is_too_small_is_no_matter_of_a_single_change() -> None:
    (violation,) = violations([], ["version=too-small"], LACKING)

    assert violation.sentence == "This needs 2.0.0."
    assert violation.fingerprints == ()
    assert list(violations([], ["version=too-small"], MAJOR)) == []


SENTENCES = [
    (
        "clients=breaks without major",
        (
            "1 change breaks clients without a major version. Make it so that today's clients keep "
            "working, set info.version to 2.0.0 or more, or have somebody approve it in "
            "spec-approvals.yaml."
        ),
    ),
    (
        "not-judged",
        (
            "1 change is of a kind that no rule knows. Look at it, and have somebody approve it in "
            "spec-approvals.yaml."
        ),
    ),
]


@pytest.mark.parametrize(("clause", "sentence"), SENTENCES)
def test_a_violation_says_what_to_do(clause: str, sentence: str) -> None:
    (violation,) = violations([BAD[clause]], [clause], LACKING)

    assert violation.sentence == sentence


def test_several_changes_are_counted_in_one_violation() -> None:
    two = [replace(BAD["not-judged"], before=number) for number in (1, 2)]

    (violation,) = violations(two, ["not-judged"], LACKING)

    assert len(violation.fingerprints) == 2
    assert violation.sentence.startswith("2 changes: each is of a kind that no rule knows. ")
