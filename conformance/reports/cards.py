"""What report.html shows of the report model, and how much of it the page has room for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from markupsafe import escape

from conformance.reports.printable import printable, printable_lines
from conformance.reports.sequence import Step, steps
from conformance.reports.shown_findings import (
    ShownExchange,
    ShownFinding,
    ShownLaneFinding,
    ShownVerdict,
)
from conformance.reports.sorts import by_sort
from conformance.reports.told import curl_or_its_length

ROOM: Final = 4_000_000
MARKUP: Final = 750
MARKUP_OF_A_STEP: Final = 130
MARKUP_OF_A_PLACE: Final = 150
LONGEST_BODY: Final = 4096
LONGEST_CURL: Final = 8192
LONGEST_TEXT: Final = 2000
LONGEST_LINE: Final = 300
MOST_EXCHANGES: Final = 12
MOST_REASONS: Final = 10
IN_THE_REPORT: Final = "in report.json, for which the page has no room"
Place = Literal["here", "elsewhere", "report.json"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """An exchange on the page.

    Attributes:
        place: `here` with its bodies; `elsewhere` where another card shows them; `report.json`
            where the page has no room for them.
        card: the name of the card that shows them; "" if none does.

    """

    exchange: ShownExchange
    place: Place
    card: str
    line: str
    headers: tuple[str, str]
    bodies: tuple[str, str]
    curl: str


@dataclass(frozen=True, slots=True)
class FindingCard:
    """A finding on the page.

    Attributes:
        alike: how many more of its sort the report holds.
        earlier: how many of its exchanges are left out.

    """

    finding: ShownFinding
    alike: int
    expected: str
    actual: str
    earlier: int
    steps: tuple[Step, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A requirement on the page.

    Attributes:
        reasons_left_out: how many reasons it has no room for.
        left_out: how many sorts of finding it has no room for.

    """

    verdict: ShownVerdict
    area: str
    reasons: tuple[str, ...]
    reasons_left_out: int
    findings: tuple[FindingCard, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class LaneCard:
    """A finding of the generated lane on the page."""

    finding: ShownLaneFinding
    message: str
    evidence: Evidence


class Room:
    """What still fits onto the page, in bytes, and which card shows which exchange."""

    def __init__(self) -> None:
        self._left = ROOM
        self._shown: dict[int, str] = {}

    def holds(self, *texts: str, markup: int = MARKUP) -> bool:
        """Take the room for some texts and what is around them, or leave it if there is too little.

        Args:
            texts: as they stand on the page, but not escaped.
            markup: bytes of what is around them.

        """
        needed = markup + sum(len(escape(printable_lines(text)).encode("utf-8")) for text in texts)
        if needed > self._left:
            return False
        self._left -= needed
        return True

    def place(self, exchange: ShownExchange, card: str, *texts: str) -> tuple[Place, str]:
        """Say where an exchange stands that a card would show, and the card that shows it."""
        if exchange.number in self._shown:
            return "elsewhere", self._shown[exchange.number]
        if not self.holds(*texts):
            return "report.json", ""
        self._shown[exchange.number] = card
        return "here", card


def cards_of(verdicts: Sequence[ShownVerdict], room: Room) -> list[Card]:
    """Show verdicts with one finding of each sort, as long as there is room.

    The first finding of every verdict comes before the second of any, and what it says before the
    exchanges that show it, so that little room leaves no verdict unexplained.
    """
    reasons = [tuple(_reasons(verdict, room)) for verdict in verdicts]
    sorts = [by_sort(verdict.findings) for verdict in verdicts]
    found: list[list[FindingCard]] = [[] for _ in verdicts]
    for nth in range(max(map(len, sorts), default=0)):
        for those, cards in zip(sorts, found, strict=True):
            if len(cards) == nth < len(those):
                cards.extend(_told(those[nth], room))
        for verdict, cards in zip(verdicts, found, strict=True):
            cards[nth:] = [_shown(card, verdict.id, room) for card in cards[nth:]]
    return [
        Card(
            verdict,
            verdict.id.partition("-")[0].lower(),
            said,
            len(verdict.reasons) - len(said),
            tuple(cards),
            len(those) - len(cards),
        )
        for verdict, said, those, cards in zip(verdicts, reasons, sorts, found, strict=True)
    ]


def lane_card_of(finding: ShownLaneFinding, room: Room) -> LaneCard:
    """Show a finding of the generated lane."""
    message = finding.message[:LONGEST_TEXT]
    fits = room.holds(message, markup=MARKUP + MARKUP_OF_A_PLACE)
    evidence = _evidence(finding.exchange, finding.check, room)
    return LaneCard(finding, message if fits else IN_THE_REPORT, evidence)


def _reasons(verdict: ShownVerdict, room: Room) -> Iterator[str]:
    """Yield reasons, each cut at its beginning: the end of a traceback says what went wrong."""
    for reason in verdict.reasons[:MOST_REASONS]:
        left = len(reason) - LONGEST_BODY
        shown = reason if left <= 0 else f"({left} characters cut) …{reason[-LONGEST_BODY:]}"
        if not room.holds(shown, markup=MARKUP_OF_A_PLACE):
            return
        yield shown


def _told(alike: Sequence[ShownFinding], room: Room) -> Iterator[FindingCard]:
    """Yield what findings of one sort say, without the exchanges, if there is room for it."""
    finding = alike[0]
    shown = finding.exchanges[-MOST_EXCHANGES:]
    expected = printable(finding.expected, LONGEST_TEXT)
    actual = printable(finding.actual, LONGEST_TEXT)
    drawn = tuple(steps(shown))
    lines = [_line(exchange) for exchange in shown]
    around = MARKUP + MARKUP_OF_A_STEP * len(drawn) + MARKUP_OF_A_PLACE * len(shown)
    said = (expected, actual, finding.cause, *finding.differs, *(step.text for step in drawn))
    if room.holds(*said, *lines, markup=around):
        earlier = len(finding.exchanges) - len(shown)
        yield FindingCard(finding, len(alike) - 1, expected, actual, earlier, drawn, ())


def _shown(card: FindingCard, requirement: str, room: Room) -> FindingCard:
    shown = card.finding.exchanges[-MOST_EXCHANGES:]
    return replace(card, evidence=tuple(_evidence(one, requirement, room) for one in shown))


def _line(exchange: ShownExchange) -> str:
    return printable(exchange.line, LONGEST_LINE)


def _evidence(exchange: ShownExchange, card: str, room: Room) -> Evidence:
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
    said = (exchange.error or "", exchange.violates or "")
    place = room.place(exchange, card, *headers, *bodies, *said, curl)
    return Evidence(exchange, *place, _line(exchange), headers, bodies, curl)


def _headers(headers: Sequence[tuple[str, str]]) -> str:
    return "\n".join(printable(f"{name}: {value}") for name, value in headers)


def _body(text: str, size: int) -> str:
    shown = text[:LONGEST_BODY]
    return shown if len(shown) == len(text) else f"{shown}\n… (cut; {size} bytes in all)"
