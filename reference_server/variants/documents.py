"""Legitimate ways to write documents: more members, fewer members, other URLs."""

import re
from typing import Any
from urllib.parse import urljoin

from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.operation import Operation
from reference_server.events.run import Run
from reference_server.exchange import Answer

_LINK = re.compile(r"<([^>]*)>")
_LINKS = ("statusUrl", "readModelUrl", "readinessUrl", "observeUrl")


class AbsoluteUrls(Behaviour):
    """Writes every URL with scheme and host, as the caller knows them."""

    def answer_sent(self, operation_id: str, answer: Answer, origin: str) -> Answer:
        """Resolve what is a path."""
        sent = super().answer_sent(operation_id, answer, origin)
        headers = dict(sent.headers)
        if "Location" in headers:
            headers["Location"] = urljoin(origin, headers["Location"])
        if "Link" in headers:
            headers["Link"] = _LINK.sub(
                lambda link: f"<{urljoin(origin, link[1])}>", headers["Link"]
            )
        return Answer(sent.status, _absolute(sent.body, origin), headers)


def _absolute(value: Any, origin: str) -> Any:  # noqa: ANN401  # any JSON
    if isinstance(value, list):
        return [_absolute(inner, origin) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        name: urljoin(origin, inner)
        if name in _LINKS and isinstance(inner, str)
        else _absolute(inner, origin)
        for name, inner in value.items()
    }


class ExtraMembers(Behaviour):
    """Writes a member that the contract does not know into every object."""

    def answer_sent(self, operation_id: str, answer: Answer, origin: str) -> Answer:
        """Add it."""
        sent = super().answer_sent(operation_id, answer, origin)
        return Answer(sent.status, _with_more(sent.body), sent.headers)


def _with_more(value: Any) -> Any:  # noqa: ANN401  # any JSON
    if isinstance(value, list):
        return [_with_more(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _with_more(one) if name != "expected" else one for name, one in value.items()}
    return inner | {"xVendorNote": ["not", "of", "the", "contract"]}


class BareDocuments(Behaviour):
    """Leaves out what is optional: history, expiresAt, observeUrl, ETag, Link and preferences."""

    headers = ("ETag", "Link", "Preference-Applied")
    members = ("history", "expiresAt", "observeUrl", "observedStateVersion")

    def answer_sent(self, operation_id: str, answer: Answer, origin: str) -> Answer:
        """Drop the headers."""
        sent = super().answer_sent(operation_id, answer, origin)
        kept = {name: value for name, value in sent.headers.items() if name not in self.headers}
        return Answer(sent.status, sent.body, kept)

    def receipt(self, operation: Operation, receipt: Document) -> Document:
        """Drop the members."""
        return self._bare(super().receipt(operation, receipt))

    def status(self, operation: Operation, status: Document) -> Document:
        """Drop the members."""
        return self._bare(super().status(operation, status))

    def _bare(self, document: Document) -> Document:
        return {name: value for name, value in document.items() if name not in self.members}


class NoDeadlines(Behaviour):
    """Publishes no deadlineAt."""

    def receipt(self, operation: Operation, receipt: Document) -> Document:
        """Leave it out."""
        return _without_deadline(super().receipt(operation, receipt))

    def status(self, operation: Operation, status: Document) -> Document:
        """Leave it out."""
        return _without_deadline(super().status(operation, status))


def _without_deadline(document: Document) -> Document:
    return {name: value for name, value in document.items() if name != "deadlineAt"}


class RunIsStatus(Behaviour):
    """Serves the status of an invoke as its run, at the run's own URL."""

    def run_is_status(self) -> bool:
        """Serve them as one."""
        return True


class OlderRuns(Behaviour):
    """Writes a run's word as status and its failure as lastError, as the older API did."""

    def run_shown(self, run: Run, document: Document) -> Document:
        """Rename them."""
        shown = super().run_shown(run, document)
        failure = shown.pop("failure", None)
        error = failure and f"{failure['code']}: {failure['message']}"
        return shown | {"status": shown.pop("runStatus", run.word), "lastError": error}
