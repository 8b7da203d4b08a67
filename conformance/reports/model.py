"""What a report says; every view is made from it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from conformance.reports.shown_findings import ShownLane, ShownVerdict
from conformance.reports.shown_timing import ShownTiming

REPORT_VERSION: Final = 1
FULL: Final = "full"

NOTHING_JUDGED: Final = 7
MEANINGS: Final = {
    0: "nothing broken",
    1: "a MUST is broken",
    2: "the report could not be written",
    4: "a MUST could not be verified",
    5: "a waiver is stale, expired or unmatched",
    6: "the kit itself erred",
    7: "nothing was judged",
    130: "interrupted",
}


@dataclass(frozen=True, slots=True)
class ShownWaiver:
    """One entry of the waivers file, and what has become of it in this run.

    Attributes:
        expires: its last day, such as 2026-12-31, in UTC.
        state: used, left_alone, expired, stale, unmatched, planned or unknown.
        why: the state in a sentence.
        trouble: whether the state turns the gate red.

    """

    requirement: str
    fingerprint: str
    reason: str
    issue: str
    owner: str
    expires: str
    state: str
    why: str
    trouble: bool


@dataclass(frozen=True, slots=True)
class ShownWaivers:
    """The waivers file, weighed on the day that the run began, in UTC."""

    file: str
    today: str
    entries: tuple[ShownWaiver, ...]


@dataclass(frozen=True, slots=True)
class ProfileSummary:
    """How one profile stands.

    Attributes:
        outcomes: MUSTs of the profile by outcome, all outcomes named; `warn` alone counts the
            SHOULDs and MAYs that are broken.
        planned: MUSTs that no check judges yet.
        not_selected: MUSTs that this run left out.
        waived: MUSTs that are broken and whose every finding is waived; they count as broken.
        mode: how much the run did; only a full one holds a profile.
        unscored: MUSTs of the profile that some check judges and that are not scored; nothing else
            counts them.

    """

    musts: int
    outcomes: Mapping[str, int]
    planned: int
    not_selected: int
    waived: int = 0
    mode: str = FULL
    unscored: int = 0

    @property
    def judged(self) -> int:
        """How many MUSTs were seen kept or broken."""
        return self.outcomes["pass"] + self.outcomes["fail"]

    @property
    def held(self) -> bool:
        """Whether every MUST is kept or not applicable, and one kept, in a run without omission."""
        kept = self.outcomes["pass"] + self.outcomes["not_applicable"]
        return self.mode == FULL and self.outcomes["pass"] > 0 and self.musts == kept

    def to_dict(self) -> dict[str, Any]:
        """Return the counts side by side."""
        return {
            "musts": self.musts,
            "judged": self.judged,
            **self.outcomes,
            "planned": self.planned,
            "not_selected": self.not_selected,
            "waived": self.waived,
            "unscored": self.unscored,
            "held": self.held,
        }


@dataclass(frozen=True, slots=True)
class ShownContract:
    """Which contract judged."""

    version: str
    hash: str


@dataclass(frozen=True, slots=True)
class ShownTarget:
    """What was judged.

    Attributes:
        version: what its owner calls it; None if not said.
        server: what its first `Server` header of the run says; None without one.
        server_after: what the last one says.

    """

    url: str
    scope: str
    profiles: tuple[str, ...]
    described_by: str
    version: str | None
    server: str | None
    server_after: str | None = None


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """What the run set out to do; `unaffordable` names the scenarios beyond the write limit."""

    hash: str
    requirements: int
    scenarios: int
    requests: int
    writes: int
    leaves: int
    unaffordable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownEvidence:
    """The stored trace that the report rests on.

    Attributes:
        file: its name, beside the report.
        sha256: of the file, hex.
        lines: how many it has.

    """

    file: str
    sha256: str
    lines: int


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """By what lesser means the result came about: a public word, and a sentence for people."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """A whole run.

    Attributes:
        exchanges: how many there were.
        control: why the control request failed; None if it held.
        planned: ids of the profiles that no check judges yet.
        summary: by profile, as claimed.
        lane: what the generated lane brought; None without it.
        evidence: what is stored beside it; None if nothing is.
        notices: what a reader must know beside the verdicts.
        waivers: what has become of the waivers file; None without one.
        mode: how much the run did: full or read-only.

    """

    kit: str
    contract: ShownContract
    target: ShownTarget
    plan: ShownPlan
    timing: ShownTiming
    exchanges: int
    interrupted: bool
    control: str | None
    exit_code: int
    summary: Mapping[str, ProfileSummary]
    verdicts: tuple[ShownVerdict, ...]
    planned: tuple[str, ...]
    lane: ShownLane | None = None
    evidence: ShownEvidence | None = None
    notices: tuple[ShownNotice, ...] = ()
    waivers: ShownWaivers | None = None
    mode: str = FULL

    @property
    def meaning(self) -> str:
        """The exit code in words, with what it leaves out of account, and the lesser mode."""
        mode = "" if self.mode == FULL else f" (mode {self.mode}, no profile claimed)"
        return self._gate + mode

    @property
    def _gate(self) -> str:
        unscored = [one for one in self.verdicts if not one.scored]
        if self.exit_code == NOTHING_JUDGED and any(one.judged for one in unscored):
            return "nothing that is scored was judged"
        left_out = {
            "is scored": any(one.outcome == "fail" for one in unscored),
            "is not waived": any(one.waived for one in self.verdicts),
        }
        said = " and ".join(words for words, met in left_out.items() if met)
        that = f" that {said}" if said and self.exit_code == 0 else ""
        return MEANINGS[self.exit_code] + that

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON values, in the form of `schemas/report.schema.json`."""
        return {
            "report_version": REPORT_VERSION,
            "kit": {"version": self.kit},
            **{
                name: asdict(part)
                for name, part in (
                    ("contract", self.contract),
                    ("target", self.target),
                    ("plan", self.plan),
                    ("timing", self.timing),
                )
            },
            "exchanges": self.exchanges,
            "mode": self.mode,
            "interrupted": self.interrupted,
            "control": self.control,
            "exit_code": self.exit_code,
            "meaning": self.meaning,
            "failed": [one.id for one in self.verdicts if one.outcome == "fail"],
            "warned": [one.id for one in self.verdicts if one.outcome == "warn"],
            "summary": {name: one.to_dict() for name, one in self.summary.items()},
            "verdicts": [asdict(verdict) for verdict in self.verdicts],
            "planned": list(self.planned),
            "lane": asdict(self.lane) if self.lane else None,
            "evidence": asdict(self.evidence) if self.evidence else None,
            "notices": [asdict(notice) for notice in self.notices],
            "waivers": asdict(self.waivers) if self.waivers else None,
        }
