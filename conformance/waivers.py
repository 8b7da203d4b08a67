"""Waivers: known defects that somebody answers for until a day, and what has become of them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from conformance.contract import Requirement
from conformance.fingerprint import fingerprint_of
from conformance.judge import Finding, Verdict
from conformance.nearest import hint

State = Literal["used", "left_alone", "expired", "stale", "unmatched", "planned", "unknown"]
TROUBLES: Final[frozenset[State]] = frozenset(
    {"expired", "stale", "unmatched", "planned", "unknown"}
)
Catalogue = Mapping[str, Requirement]


@dataclass(frozen=True, slots=True, order=True)
class Waiver:
    """One entry of the waivers file; it counts through the day `expires`, in UTC."""

    requirement: str
    fingerprint: str
    expires: date
    owner: str
    issue: str
    reason: str


@dataclass(frozen=True, slots=True)
class WeighedWaiver:
    """What one run says of a waiver: a state, and why, in a sentence."""

    waiver: Waiver
    state: State
    why: str

    @property
    def is_trouble(self) -> bool:
        """Whether it turns the gate red until somebody mends the file."""
        return self.state in TROUBLES


@dataclass(frozen=True, slots=True)
class Waivers:
    """The entries that hold on a day.

    Attributes:
        entries: in any order.
        today: in UTC; without it every entry is expired.
        masked: puts the variables of the tokens in their place.

    """

    entries: tuple[Waiver, ...] = ()
    today: date = date.max
    masked: Callable[[str], str] = str

    def fingerprint(self, finding: Finding) -> str:
        """Return the fingerprint that an entry for a finding would have."""
        return fingerprint_of(finding, self.masked)

    def of(self, finding: Finding) -> Waiver | None:
        """Return the entry that waives a finding today; None without one."""
        met = self.fingerprint(finding) if self.entries else ""
        valid = (
            one
            for one in self.entries
            if (one.requirement, one.fingerprint) == (finding.requirement, met)
            and not self._expired(one)
        )
        return min(valid, default=None)

    def excuses(self, verdict: Verdict) -> bool:
        """Whether a scored requirement is broken and each of its findings is waived."""
        broken = verdict.outcome == "fail" and verdict.requirement.scored
        return broken and all(self.of(one) for one in verdict.findings)

    def weighed(
        self, verdicts: Iterable[Verdict], catalogue: Catalogue, thin: Collection[str] = ()
    ) -> tuple[WeighedWaiver, ...]:
        """Weigh each entry against a run, in the order of requirements.

        Args:
            verdicts: of what the run selected.
            catalogue: every requirement of the contract.
            thin: ids judged on part of the requests that judge them; what these did not show
                tells nothing.

        """
        by_id = {one.requirement.id: one for one in verdicts}
        weighed = []
        for one in sorted(self.entries):
            verdict = by_id.get(one.requirement)
            state, why = self._state(one, verdict, catalogue)
            if state in {"stale", "unmatched"} and one.requirement in thin:
                state = "left_alone"
                why = f"This run sent only part of the requests that judge {one.requirement}."
            weighed.append(WeighedWaiver(one, state, why))
        return tuple(weighed)

    def _expired(self, waiver: Waiver) -> bool:
        return waiver.expires < self.today

    def _state(
        self, waiver: Waiver, verdict: Verdict | None, catalogue: Catalogue
    ) -> tuple[State, str]:
        name = waiver.requirement
        if name not in catalogue:
            return "unknown", f"There is no requirement {name}. {hint(name, catalogue)}"
        if catalogue[name].planned:
            return "planned", f"{name} is planned: nothing judges it yet, so nothing can be waived."
        scored = catalogue[name].scored
        if verdict is None or not scored:
            unscored = f"{name} is not scored: it wants no waiver."
            return "left_alone", f"This run did not select {name}." if scored else unscored
        if self._expired(waiver):
            return "expired", _past(waiver, verdict)
        if verdict.outcome in {"pass", "not_applicable"}:
            now = "it passes" if verdict.outcome == "pass" else "it is not applicable"
            return "stale", f"{name} is no longer broken, {now}. Remove the entry."
        return self._met(waiver, verdict)

    def _met(self, waiver: Waiver, verdict: Verdict) -> tuple[State, str]:
        name = waiver.requirement
        met = list(dict.fromkeys(self.fingerprint(one) for one in verdict.findings))
        if waiver.fingerprint in met:
            return "used", f"{name} is broken as the entry says."
        if verdict.outcome not in {"fail", "warn"}:
            word = verdict.outcome.replace("_", " ")
            return "left_alone", f"{name} was not judged in this run: {word}."
        return "unmatched", (
            f"{name} fails differently: the entry has {waiver.fingerprint}, this run met "
            f"{_listed(met)}. Remove the entry; what is new wants a decision of its own."
        )


def _past(waiver: Waiver, verdict: Verdict) -> str:
    broken = verdict.outcome in {"fail", "warn"}
    advice = "Mend the defect, or ask its owner for a new date." if broken else "Remove the entry."
    return f"The entry for {waiver.requirement} expired after {waiver.expires}. {advice}"


def _listed(fingerprints: Sequence[str]) -> str:
    return " and ".join(fingerprints)
