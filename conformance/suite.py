"""What pytest collects: one item a requirement. `conformance.pytest_plugin` does the rest."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from conformance.contract import Requirement

if TYPE_CHECKING:
    from conformance.judge import Verdict
    from conformance.pytest_plugin import Session
    from conformance.waivers import Waiver


class Suite(pytest.File):
    """The requirements that a target claims."""

    def __init__(self, *, judging: "Session", **how: Any) -> None:  # noqa: ANN401  # pytest's own
        super().__init__(**how)
        self._judging = judging

    def collect(self) -> Iterator["RequirementItem | WaiverItem"]:
        """Yield an item for every requirement that some check judges, and for every waiver."""
        for requirement in self._judging.claimed():
            yield RequirementItem.from_parent(
                self, name=requirement.id, requirement=requirement, judging=self._judging
            )
        for waiver in self._judging.target.waivers:
            name = f"{waiver.requirement}[waiver-{waiver.fingerprint}]"
            yield WaiverItem.from_parent(self, name=name, waiver=waiver, judging=self._judging)


class RequirementItem(pytest.Item):
    """One requirement; it waits for its verdict in the run that all items share."""

    def __init__(
        self,
        *,
        requirement: Requirement,
        judging: "Session",
        **how: Any,  # noqa: ANN401  # pytest's own
    ) -> None:
        super().__init__(**how)
        self.requirement = requirement
        self._judging = judging
        self._verdict: Verdict | None = None
        self.user_properties += [("requirement", requirement.id), ("level", requirement.level)]
        for mark in (*requirement.profiles, requirement.level.lower()):
            self.add_marker(mark)

    def setup(self) -> None:
        """Wait for the verdict; what could not be judged is an error, never a pass."""
        self._verdict = self._judging.verdict(self.requirement)
        outcome, said = self._verdict.outcome, self._judging.told(self._verdict)
        accepted = self._judging.accepts(self._verdict)
        unjudged = outcome == "harness_error" or (outcome == "not_verified" and not accepted)
        if unjudged and self.requirement.scored:
            pytest.fail(said, pytrace=False)
        if outcome in {"not_applicable", "not_verified", "harness_error"}:
            pytest.skip(self._judging.why(self._verdict))

    def runtest(self) -> None:
        """Fail for a MUST that is broken and not waived; show a SHOULD or MAY that is broken."""
        if self._verdict is None or self._verdict.outcome == "pass":
            return
        said = self._judging.told(self._verdict)
        excuse = self._judging.excuse(self._verdict)
        if excuse is not None:
            self.add_report_section("call", "waived", said)
            pytest.xfail(excuse)
        if self._verdict.outcome == "fail" and not self.requirement.scored:
            self.add_report_section("call", "not scored", said)
            pytest.xfail("not scored by this version of the contract")
        if self._verdict.outcome == "fail":
            pytest.fail(said, pytrace=False)
        self.add_report_section("call", "warning", said)

    def reportinfo(self) -> tuple[Any, None, str]:
        """Name the item by its requirement."""
        return self.path, None, f"{self.requirement.id} {self.requirement.level}"


class WaiverItem(pytest.Item):
    """One entry of the waivers file; it fails where the entry is in trouble."""

    def __init__(
        self,
        *,
        waiver: "Waiver",
        judging: "Session",
        **how: Any,  # noqa: ANN401  # pytest's own
    ) -> None:
        super().__init__(**how)
        self._waiver = waiver
        self._judging = judging
        requirement = judging.contract.requirements.get(waiver.requirement)
        for mark in (*requirement.profiles, requirement.level.lower()) if requirement else ():
            self.add_marker(mark)

    def runtest(self) -> None:
        """Fail for an entry in trouble; skip one of which the run tells nothing."""
        weighed = self._judging.weighed(self._waiver)
        if weighed.is_trouble:
            pytest.fail(f"waiver {weighed.state}: {weighed.why}", pytrace=False)
        if weighed.state == "left_alone":
            pytest.skip(weighed.why)

    def reportinfo(self) -> tuple[Any, None, str]:
        """Name the item by its requirement and the finding that it waives."""
        return self.path, None, self.name


def test_the_suite_has_its_plugin() -> None:
    """Collected only where the plugin is not loaded."""
    pytest.fail(
        "Nothing was judged: run pytest -p conformance.pytest_plugin --pyargs conformance.suite",
        pytrace=False,
    )
