"""The clauses of a policy: what no change may do that nobody approved."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from conformance.review.changes import Change, VersionAdvice, Violation

APPROVE: Final = "or have somebody approve it in spec-approvals.yaml"


@dataclass(frozen=True, slots=True)
class Facts:
    """What clauses look at beside the changes.

    Attributes:
        version: what the changes need.
        has_major: whether the head has a version that may break clients.
        unexplained: fingerprints of the changes of requirements that nobody explained.

    """

    version: VersionAdvice
    has_major: bool
    unexplained: Collection[str] = ()


Fires = Callable[[Change, Facts], bool]

CLAUSES: Final[dict[str, tuple[Fires, str, str]]] = {
    "guarantee=weakened": (
        lambda change, _: change.guarantee == "weakened",
        "weakens a guarantee",
        f"Restore what was promised, {APPROVE}.",
    ),
    "clients=breaks": (
        lambda change, _: change.clients == "breaks",
        "breaks clients",
        f"Make it so that today's clients keep working, {APPROVE}.",
    ),
    "clients=breaks without major": (
        lambda change, facts: change.clients == "breaks" and not facts.has_major,
        "breaks clients without a major version",
        f"Make it so that today's clients keep working, {{major}}, {APPROVE}.",
    ),
    "clients=may-break": (
        lambda change, _: change.clients == "may-break",
        "may break clients",
        f"Make it so that today's clients keep working, {APPROVE}.",
    ),
    "servers=new-duty": (
        lambda change, _: change.servers == "new-duty",
        "is a new duty of servers",
        f"Leave it to servers, {APPROVE}.",
    ),
    "requirements=unexplained": (
        lambda change, facts: change.fingerprint in facts.unexplained,
        "changes a requirement and says nowhere why",
        f"Say why in its entry (changed, withdrawn, or why of a new one), {APPROVE}.",
    ),
    "tests=prove-nothing": (
        lambda change, _: bool(change.tests.prove_nothing),
        "leaves tests that prove nothing",
        f"Change or remove those tests, {APPROVE}.",
    ),
    "not-judged": (
        lambda change, _: not change.judged,
        "is of a kind that no rule knows",
        f"Look at it, and {APPROVE.removeprefix('or ')}.",
    ),
}
"""By clause: whether a change breaks it, what that change does, and what to do."""


def violations(
    changes: Iterable[Change], clauses: Iterable[str], facts: Facts
) -> Iterator[Violation]:
    """Yield the clauses that are not kept, in their order.

    Args:
        changes: those that nobody approved.
        clauses: of `CLAUSES`, or `version=too-small`.
        facts: what else they look at.

    """
    found = list(changes)
    for clause in clauses:
        if clause == "version=too-small":
            if not facts.version.enough:
                yield Violation(clause, facts.version.sentence, ())
            continue
        fires, does, advice = CLAUSES[clause]
        met = [one.fingerprint for one in found if fires(one, facts)]
        if met:
            told = advice.replace("{major}", _major(facts.version))
            yield Violation(clause, f"{_counted(len(met), does)} {told}", tuple(met))


def _counted(number: int, does: str) -> str:
    """Word how many changes do it, such as `2 of the changes: each weakens a guarantee.`."""
    return f"1 change {does}." if number == 1 else f"{number} changes: each {does}."


def _major(version: VersionAdvice) -> str:
    if version.smallest:
        return f"set info.version to {version.smallest} or more"
    return "make info.version a MAJOR.MINOR.PATCH on both sides that says it"
