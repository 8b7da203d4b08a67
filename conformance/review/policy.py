"""review.toml: by what the gate decides, and how a contract names its annotations."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final

from conformance.nearest import hint
from conformance.review.annotations import Annotations
from conformance.review.changes import Change, Clients, Guarantee, Servers
from conformance.review.forms import Form, Steps
from conformance.review.rules import RULES
from conformance.toml_file import line_of, read_toml

NAME: Final = "review.toml"
DEFAULT_CLAUSES: Final = (
    "clients=breaks without major",
    "guarantee=weakened",
    "requirements=unexplained",
)


class PolicyError(Exception):
    """The policy file cannot be used; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Override:
    """Other labels for what a rule finds, in all places or some.

    Attributes:
        rule: its id.
        why: somebody's reason.
        line: of the policy file.
        clients: the label, if it is another one.
        servers: the same.
        guarantee: the same.
        operations: patterns; every operation that a change reaches is to fit one. Empty for any.
        pointers: patterns; one is to fit the place of a change. Empty for any.

    """

    rule: str
    why: str
    line: int
    clients: Clients | None = None
    servers: Servers | None = None
    guarantee: Guarantee | None = None
    operations: tuple[str, ...] = ()
    pointers: tuple[str, ...] = ()

    def holds_for(self, change: Change) -> bool:
        """Whether a change is of its rule, and where it is meant for."""
        if change.rule != self.rule:
            return False
        if self.pointers and not _fits(change.pointer, self.pointers):
            return False
        reached = change.operations
        return not self.operations or (
            bool(reached) and all(_fits(one, self.operations) for one in reached)
        )

    def apply(self, change: Change) -> Change:
        """Return the change with the labels of the policy."""
        return replace(
            change,
            clients=self.clients or change.clients,
            servers=self.servers or change.servers,
            guarantee=self.guarantee or change.guarantee,
        )

    @property
    def labels(self) -> str:
        """Spell its labels: `clients=ok, servers=ok`."""
        said = {"clients": self.clients, "servers": self.servers, "guarantee": self.guarantee}
        return ", ".join(f"{name}={value}" for name, value in said.items() if value)


@dataclass(frozen=True, slots=True)
class Policy:
    """What `review.toml` says.

    Attributes:
        name: of the file, as a reader knows it; empty where there is none.
        fail_on: clauses, in the order of the file.
        overrides: in the order of the file; a later one goes over an earlier one.

    """

    name: str = ""
    annotations: Annotations = field(default_factory=Annotations)
    fail_on: tuple[str, ...] = DEFAULT_CLAUSES
    overrides: tuple[Override, ...] = ()

    def relabelled(self, changes: Iterable[Change]) -> tuple[list[Change], list[str]]:
        """Give changes the labels of the policy; return a sentence for each override that did."""
        counts = dict.fromkeys(self.overrides, 0)
        done = []
        for change in changes:
            labelled = change
            for one in self.overrides:
                if one.holds_for(change):
                    labelled = one.apply(labelled)
                    counts[one] += labelled != change
            done.append(labelled)
        return done, [self._told(one, count) for one, count in counts.items() if count]

    def _told(self, override: Override, count: int) -> str:
        found = "1 change" if count == 1 else f"{count} changes"
        why = override.why.strip().rstrip(".")
        where = f"{self.name} (line {override.line})"
        return f"{where} labels {found} of {override.rule} {override.labels}: {why}."

    def weaker_than_default(self) -> list[str]:
        """Say which clauses of the default gate the file leaves out, and which names."""
        kept = {one.removesuffix(" without major") for one in self.fail_on}
        left = [one for one in DEFAULT_CLAUSES if one.removesuffix(" without major") not in kept]
        told = [f"{self.name} does not fail on {', '.join(left)}."] if left else []
        less = self._less_looked_for()
        more = f"{self.name} has the review look no more for {', '.join(less)}."
        return [*told, more] if less else told

    def _less_looked_for(self) -> list[str]:
        """Return the names by which a contract usually promises that the file leaves out."""
        usual = Annotations()
        return [
            f"{name} ({one.name.replace('_', '-')})"
            for one in fields(Annotations)
            for name in _names(getattr(usual, one.name))
            if name not in _names(getattr(self.annotations, one.name))
        ]


def _fits(text: str, patterns: Sequence[str]) -> bool:
    return any(
        re.fullmatch(".*".join(map(re.escape, one.split("*"))), text, re.DOTALL) for one in patterns
    )


def _names(said: str | Mapping[str, Sequence[str]] | Sequence[str]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)


def load_policy(path: Path | None, folder: Path = Path()) -> Policy:
    """Read a policy file.

    Args:
        path: of the file; None for `review.toml` of the folder, or the default without one.
        folder: where the command runs.

    Raises:
        PolicyError: it cannot be read, or says what nobody understands.

    """
    if path is None and not (folder / NAME).exists():
        return Policy()
    source = _Source(path or folder / NAME)
    problem = Form("review", source.place, _holder).complaint(source.content)
    if problem:
        raise PolicyError(problem)
    rows = source.content.get("rules", [])
    overrides = tuple(_override(number, row, source) for number, row in enumerate(rows))
    said = source.content.get("annotations", {})
    annotations = Annotations(**{key.replace("-", "_"): _frozen(one) for key, one in said.items()})
    fail_on = source.content.get("gate", {}).get("fail-on", DEFAULT_CLAUSES)
    return Policy(str(source.path), annotations, tuple(fail_on), overrides)


def _frozen(value: Any) -> Any:  # noqa: ANN401  # a text, a list of texts, or lists by name
    if isinstance(value, dict):
        return {name: tuple(one) for name, one in value.items()}
    return tuple(value) if isinstance(value, list) else value


class _Source:
    """The file, so that a sentence can point into it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text, self.content = read_toml(path, PolicyError)

    def line(self, steps: Steps) -> int:
        """Return the line of a value, or of the table around it; 0 if nothing stands there."""
        return line_of(self.text, tuple(map(str, steps))) or 0

    def place(self, steps: Steps) -> str:
        """Return the path of the file with that line."""
        line = self.line(steps)
        return f"{self.path} (line {line})" if line else str(self.path)


def _override(number: int, row: Mapping[str, Any], source: _Source) -> Override:
    if row["id"] not in RULES:
        place = source.place(("rules", number, "id"))
        raise PolicyError(f"{place}: there is no rule {row['id']}. {hint(row['id'], RULES)}")
    lists = {key: tuple(one) for key, one in row.items() if isinstance(one, list)}
    said: dict[str, Any] = {key: one for key, one in row.items() if key != "id"} | lists
    return Override(row["id"], line=source.line(("rules", number)), **said)


def _holder(steps: Steps) -> str:
    if not steps:
        return "the file"
    return "[[rules]]" if steps[0] == "rules" else f"[{'.'.join(map(str, steps))}]"
