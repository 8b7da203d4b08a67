"""Checks as values: scenarios and invariants, each tied to the requirement it judges."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from conformance.exchange import Exchange

if TYPE_CHECKING:
    from conformance.api import Api

IN_DOUBT: Final = "a request was given up meanwhile"
EVERY_WRITE: Final = ("every_kind_of_write_keeps_its_verdict",)


@dataclass(frozen=True, slots=True)
class Judged:
    """One opportunity to keep or break a requirement.

    Attributes:
        held: whether it was kept.
        expected, actual: in the contract's words, shown when it was not.
        shown_by: the exchanges that show it, oldest first.
        cause: a name shared by all findings with the same root; "" if it stands alone.
        twin: which of them is the same request without the fault, accepted; None without one.

    """

    held: bool
    expected: str
    actual: str
    shown_by: tuple[Exchange, ...]
    cause: str = ""
    twin: Exchange | None = None


@dataclass(frozen=True, slots=True)
class OtherBranch:
    """Another answer that the contract allows; `word` is one of the catalogue's `closed_by`."""

    word: str
    shown_by: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """What kept an opportunity from being judged, as a sentence."""

    what: str
    shown_by: tuple[Exchange, ...] = ()

    @property
    def in_doubt(self) -> bool:
        """Whether it stands for a counterexample that was met while nobody answered."""
        return self.what.startswith(IN_DOUBT)


Judgement = Judged | OtherBranch | Missing
Judgements = Iterator[Judgement]


def whole(*judgements: Judgement) -> Judgements:
    """Yield the parts of one condition: it is not kept before each of them was judged."""
    broken = [one for one in judgements if isinstance(one, Judged) and not one.held]
    missing = [one for one in judgements if isinstance(one, Missing)]
    yield from broken or missing or judgements


class Unverified(Exception):  # noqa: N818  # it is an outcome, not an error
    """Stop a scenario because it cannot be judged here; `judgement` says why."""

    def __init__(self, what: str, *shown_by: Exchange) -> None:
        super().__init__(what)
        self.judgement: Missing | OtherBranch = Missing(what, shown_by)


class NotOffered(Unverified):
    """Stop a scenario because the server says that it does not offer an operation."""

    def __init__(self, refused: Exchange) -> None:
        super().__init__(f"the operation is not offered: {refused.line}", refused)
        self.judgement = OtherBranch("not_offered", (refused,))


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scripted check.

    Attributes:
        requirement: id judged by what the script yields; "" where it judges none.
        requests: how many it sends at the least; polls come on top.
        writes: how many of them are writes, exactly, against a server that completes each; at the
            most where it is restarted.
        leaves: how many members and services stay behind.
        control: whether every other scenario rests on this one holding.
        long: whether it waits on purpose, so that it is started first.
        restarts: whether it has the target restarted, once all that does not has ended.
        services: how many of what it leaves are services, which no operation removes.

    """

    name: str
    requirement: str
    script: "Callable[[Api], Judgements]"
    requests: int
    writes: int
    leaves: int
    control: bool = False
    long: bool = False
    restarts: bool = False
    services: int = 0


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule over every history of one kind.

    Attributes:
        over: the class of the histories.
        stimulus: names of the scenarios whose traffic it feeds on.
        without_receipt: whether it also judges a command of which nothing but its status was read.

    """

    name: str
    requirement: str
    over: type[Any]
    rule: Callable[[Any], Judgements]
    stimulus: tuple[str, ...]
    without_receipt: bool = False


Check = Scenario | Invariant
H = TypeVar("H")


def scenario(  # noqa: PLR0913
    requirement: str,
    *,
    requests: int,
    writes: int,
    leaves: int,
    control: bool = False,
    long: bool = False,
    restarts: bool = False,
    services: int = 0,
) -> "Callable[[Callable[[Api], Judgements]], Scenario]":
    """Make a scenario of a generator function that takes the api and yields judgements."""

    def make(script: "Callable[[Api], Judgements]") -> Scenario:
        name = script.__name__
        return Scenario(
            name, requirement, script, requests, writes, leaves, control, long, restarts, services
        )

    return make


def invariant(
    requirement: str,
    *,
    over: type[H],
    stimulus: tuple[str, ...] = EVERY_WRITE,
    without_receipt: bool = False,
) -> Callable[[Callable[[H], Judgements]], Invariant]:
    """Make an invariant of a generator function that takes one history and yields judgements."""

    def make(rule: Callable[[H], Judgements]) -> Invariant:
        return Invariant(rule.__name__, requirement, over, rule, stimulus, without_receipt)

    return make
