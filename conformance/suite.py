"""What pytest collects: one item a requirement. `conformance.pytest_plugin` does the rest."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from conformance.contract import Requirement

if TYPE_CHECKING:
    from conformance.judge import Verdict
    from conformance.pytest_plugin import Session


class Broken(Exception):  # noqa: N818  # a verdict, not an error of the kit
    """A requirement has no good outcome; the text is what the report says of it."""


class Suite(pytest.File):
    """The requirements that a target claims."""

    def __init__(self, *, judging: "Session", **how: Any) -> None:  # noqa: ANN401  # pytest's own
        super().__init__(**how)
        self._judging = judging

    def collect(self) -> Iterator["RequirementItem"]:
        """Yield an item for every requirement that some check judges."""
        for requirement in self._judging.claimed():
            yield RequirementItem.from_parent(
                self, name=requirement.id, requirement=requirement, judging=self._judging
            )


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
        said = self._judging.told(self._verdict)
        if self._verdict.outcome in {"not_verified", "harness_error"}:
            raise Broken(said)
        if self._verdict.outcome == "not_applicable":
            pytest.skip("; ".join(self._verdict.reasons))

    def runtest(self) -> None:
        """Fail for a MUST that is broken; show a SHOULD or MAY that is."""
        if self._verdict is None or self._verdict.outcome == "pass":
            return
        said = self._judging.told(self._verdict)
        if self._verdict.outcome == "fail":
            raise Broken(said)
        self.add_report_section("call", "warning", said)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *_: Any) -> Any:  # noqa: ANN401  # pytest's own
        """Show the findings in place of a traceback."""
        if isinstance(excinfo.value, Broken):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Any, None, str]:
        """Name the item by its requirement."""
        return self.path, None, f"{self.requirement.id} {self.requirement.level}"


def test_the_suite_has_its_plugin() -> None:
    """Collected only where the plugin is not loaded."""
    pytest.fail(
        "Nothing was judged: run pytest -p conformance.pytest_plugin --pyargs conformance.suite",
        pytrace=False,
    )
