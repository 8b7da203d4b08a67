"""What report.html shows of the report model, and how much of it the page has room for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import escape

from conformance.reports.model import ShownExchange, ShownFinding, ShownLaneFinding, ShownVerdict
from conformance.reports.printable import printable, printable_lines
from conformance.reports.sequence import Step, steps
from conformance.reports.sorts import by_sort
from conformance.reports.told import curl_or_its_length

ROOM: Final = 4_000_000
MARKUP_OF_ONE: Final = 2_000
LONGEST_BODY: Final = 4096
LONGEST_CURL: Final = 8192
LONGEST_TEXT: Final = 2000
LONGEST_LINE: Final = 300
MOST_EXCHANGES: Final = 12


@dataclass(frozen=True, slots=True)
class Evidence:
    """An exchange on the page.

    Attributes:
        place: `here` with its bodies; `above` where a finding before showed them; `report.json`
            where the page has no room for them.

    """

    exchange: ShownExchange
    place: str
    line: str
    headers: tuple[str, str]
    bodies: tuple[str, str]
    curl: str


@dataclass(frozen=True, slots=True)
class FindingCard:
    """A finding on the page: `alike` is how many more of its sort the report holds."""

    finding: ShownFinding
    alike: int
    expected: str
    actual: str
    earlier: int
    steps: tuple[Step, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A requirement on the page: `left_out` is how many sorts of finding it has no room for."""

    verdict: ShownVerdict
    area: str
    findings: tuple[FindingCard, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class LaneCard:
    """A finding of the generated lane on the page."""

    finding: ShownLaneFinding
    message: str
    evidence: Evidence


class Room:
    """What still fits onto the page, in bytes, and which exchanges stand on it."""

    def __init__(self) -> None:
        self._left = ROOM
        self._shown: set[int] = set()

    def holds(self, *texts: str) -> bool:
        """Take the room for some texts, or leave it if there is not enough."""
        needed = MARKUP_OF_ONE + sum(
            len(escape(printable_lines(text)).encode("utf-8")) for text in texts
        )
        if needed > self._left:
            return False
        self._left -= needed
        return True

    def place(self, exchange: ShownExchange, *texts: str) -> str:
        """Say where an exchange stands."""
        if exchange.number in self._shown:
            return "above"
        if not self.holds(*texts):
            return "report.json"
        self._shown.add(exchange.number)
        return "here"


def card_of(verdict: ShownVerdict, room: Room) -> Card:
    """Show a verdict with one finding of each sort, as long as there is room."""
    area = verdict.id.partition("-")[0].lower()
    sorts = by_sort(verdict.findings)
    findings = tuple(_finding_cards(sorts, room))
    return Card(verdict, area, findings, len(sorts) - len(findings))


def _finding_cards(sorts: Sequence[Sequence[ShownFinding]], room: Room) -> Iterator[FindingCard]:
    for alike in sorts:
        finding = alike[0]
        shown = finding.exchanges[-MOST_EXCHANGES:]
        expected = printable(finding.expected, LONGEST_TEXT)
        actual = printable(finding.actual, LONGEST_TEXT)
        drawn = tuple(steps(shown))
        if not room.holds(expected, actual, *finding.differs, *(step.text for step in drawn)):
            return
        yield FindingCard(
            finding,
            len(alike) - 1,
            expected,
            actual,
            earlier=len(finding.exchanges) - len(shown),
            steps=drawn,
            evidence=tuple(_evidence(exchange, room) for exchange in shown),
        )


def _evidence(exchange: ShownExchange, room: Room) -> Evidence:
    request, response = exchange.request, exchange.response
    headers = (
        _headers(request.headers),
        _headers(tuple(response.headers.items())) if response else "",
    )
    bodies = (
        _body(request.body or "", request.body_bytes),
        _body(response.body, response.body_bytes) if response else "",
    )
    curl = curl_or_its_length(exchange, LONGEST_CURL)
    return Evidence(
        exchange,
        room.place(exchange, *headers, *bodies, curl),
        printable(exchange.line, LONGEST_LINE),
        headers,
        bodies,
        curl,
    )


def _headers(headers: Sequence[tuple[str, str]]) -> str:
    return "\n".join(printable(f"{name}: {value}") for name, value in headers)


def _body(text: str, size: int) -> str:
    shown = text[:LONGEST_BODY]
    return shown if len(shown) == len(text) else f"{shown}\n… (cut; {size} bytes in all)"


def lane_card_of(finding: ShownLaneFinding, room: Room) -> LaneCard:
    """Show a finding of the generated lane."""
    message = finding.message[:LONGEST_TEXT]
    room.holds(message)
    return LaneCard(finding, message, _evidence(finding.exchange, room))
