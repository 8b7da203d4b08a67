"""report.html: one file that loads nothing, runs only its own script, and is used by keyboard."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hand_made_runs import RUNS, exchange, finding, run_of, verdict

from conformance.exchange import Exchange
from conformance.judge import Finding
from conformance.reports import cards
from conformance.reports.cards import Room
from conformance.reports.of_run import report_of, verdict_of
from conformance.reports.page import page
from conformance.reports.sequence import steps
from conformance.run_result import RunResult

VOID = {"meta", "link", "br", "hr", "img", "input"}
FETCHES = {"src", "srcset", "action", "formaction", "poster", "data", "background", "ping"}


class Page(HTMLParser):
    """A page as its elements, its inline sources, and whether every element was closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.sources: dict[str, str] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in {"script", "style"}:
            self.sources[self.open[-1]] = self.sources.get(self.open[-1], "") + data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for found, attributes in self.elements if found == tag]


def shown(run: RunResult) -> Page:
    return Page(page(report_of(run, "0.1.0")))


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS.keys())
def test_every_element_is_closed_where_it_was_opened(run: RunResult) -> None:
    assert shown(run).open == []


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS.keys())
def test_the_page_names_nothing_that_a_browser_would_fetch(run: RunResult) -> None:
    found = shown(run)

    assert [
        one for one in found.elements if FETCHES & set(one[1]) or one[0] in {"link", "img"}
    ] == []
    assert [one for one in found.all("a") if not one["href"].startswith("#x")] == []
    assert not re.search(r"url\(|@import", found.sources["style"])
    assert not re.search(r"fetch|XMLHttp|import|eval|innerHTML|http", found.sources["script"])


def test_the_policy_allows_the_two_sources_of_the_page_by_their_hashes_and_nothing_else() -> None:
    found = shown(RUNS["several"])
    policy = next(one["content"] for one in found.all("meta") if "http-equiv" in one)

    hashes = {
        name: base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        for name, source in found.sources.items()
    }
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes['style']}'; "
        f"script-src 'sha256-{hashes['script']}'; base-uri 'none'; form-action 'none'"
    )


def test_nothing_needs_what_the_policy_forbids() -> None:
    found = shown(RUNS["several"])

    assert [one for one in found.elements if "style" in one[1]] == []
    assert [one for one in found.elements if any(name.startswith("on") for name in one[1])] == []


def test_what_is_clicked_is_a_button_a_fold_a_choice_or_a_link() -> None:
    found = shown(RUNS["several"])

    assert {one["type"] for one in found.all("button")} == {"button"}
    assert len(found.all("summary")) == len(found.all("details"))
    assert [one["data-by"] for one in found.all("select")] == ["area", "level", "outcome"]
    assert [one for one in found.elements if one[1].get("tabindex", "0") != "0"] == []


def test_every_id_is_given_once() -> None:
    ids = [one[1]["id"] for one in shown(RUNS["several"]).elements if "id" in one[1]]

    assert len(ids) == len(set(ids))


def test_broken_musts_come_first_and_what_passed_comes_after() -> None:
    run = run_of(
        verdict("ACK-01", "pass"),
        verdict("ACK-02", "warn", finding("ACK-02"), level="SHOULD"),
        verdict("STA-01", "fail", finding("STA-01")),
    )
    found = [one["data-outcome"] for one in shown(run).all("details") if "data-outcome" in one]

    assert found == ["fail", "warn", "pass"]


def test_an_exchange_stands_once_and_other_findings_point_to_it() -> None:
    run = run_of(
        verdict("ACK-01", "fail", finding("ACK-01")),
        verdict("RCP-01", "fail", finding("RCP-01")),
    )
    found = shown(run)

    assert [one["id"] for one in found.all("details") if "id" in one] == [
        "ACK-01",
        "x7",
        "RCP-01",
    ]
    assert [one["href"] for one in found.all("a")] == ["#x7"]


def test_a_finding_shows_requirement_expected_actual_bodies_and_curl() -> None:
    text = page(report_of(RUNS["broken"], "0.1.0"))

    for said in (
        "The text of ACK-01",
        "why ACK-01",
        '<dd class="expected">expected</dd>',
        '<dd class="actual">actual</dd>',
        "{&#34;prompt&#34;: &#34;hello&#34;}",
        "{&#34;a&#34;: 1}",
        "curl -sS -i --path-as-is --globoff -X PUT",
    ):
        assert said in text


def test_two_reads_that_differ_are_told_apart() -> None:
    reads = [
        replace(one, request=replace(one.request, method="GET"))
        for one in (exchange(3, b'{"a": 1}'), exchange(4, b'{"a": 2}'))
    ]
    broken = Finding("ACK-01", "a_check", "e", "a", tuple(reads), "")
    text = page(report_of(run_of(verdict("ACK-01", "fail", broken)), "0.1.0"))

    assert "<dt>differs</dt><dd>3 to 4  a: 1 → 2</dd>" in text


def drawn(*exchanges: Exchange) -> list[str]:
    found = Finding("ACK-01", "a_check", "e", "a", exchanges, "")
    (made,) = verdict_of(verdict("ACK-01", "fail", found), RUNS["clean"].target, 31).findings
    return [f"{step.kind} {step.number} {step.text}" for step in steps(made.exchanges)]


def test_requests_that_were_under_way_together_are_drawn_so() -> None:
    first = replace(exchange(1), sent=1.0, received=3.0)
    second = replace(exchange(2), sent=2.0, received=2.5)

    assert drawn(first, second) == [
        "request 1 PUT /api/x",
        "request 2 PUT /api/x",
        "answer 2 202, 8 bytes",
        "answer 1 202, 8 bytes",
    ]


def test_a_request_stands_before_its_answer_even_at_one_instant() -> None:
    both = [replace(exchange(number), sent=1.0, received=1.0) for number in (1, 2)]

    assert [one.split()[:2] for one in drawn(*both)] == [
        ["request", "1"],
        ["answer", "1"],
        ["request", "2"],
        ["answer", "2"],
    ]


def test_an_answer_that_never_came_is_drawn_as_such() -> None:
    silent = replace(exchange(1), response=None, error="reset")

    assert drawn(silent) == ["request 1 PUT /api/x", "no answer 1 reset"]


def test_who_asks_is_named_where_two_did() -> None:
    other = replace(exchange(2), request=replace(exchange().request, headers=()))
    requests = [one for one in drawn(exchange(1), other) if one.startswith("request")]

    assert requests == [
        "request 1 PUT /api/x as $ACKPROOF_TOKEN",
        "request 2 PUT /api/x as nobody",
    ]


def test_a_run_that_judged_nothing_says_so() -> None:
    assert "This run judged nothing." in page(report_of(RUNS["nothing"], "0.1.0"))


def test_of_a_long_traceback_the_end_is_shown() -> None:
    reason = "Traceback\n" + "a frame\n" * 2000 + "KeyError: 1"
    text = page(report_of(run_of(verdict("ACK-01", "harness_error", reasons=(reason,))), "0.1.0"))

    assert "(11925 characters cut) …" in text
    assert "KeyError: 1" in text
    assert "Traceback" not in text


def test_little_room_leaves_no_requirement_unexplained(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"ACK-0{number}" for number in range(1, 7)]
    texts = ("one", "another", "a third")
    run = run_of(*(verdict(name, "fail", *(finding(name, one) for one in texts)) for name in names))
    monkeypatch.setattr(cards, "ROOM", 13_000)
    made = cards.cards_of(report_of(run, "0.1.0").verdicts, Room())

    shown = [len(card.findings) for card in made]
    assert shown == sorted(shown, reverse=True)
    assert set(shown) == {1, 2}
    assert {one.place for card in made for one in card.findings[0].evidence} == {
        "here",
        "elsewhere",
    }


def test_what_the_page_has_no_room_for_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Room, "holds", lambda *_, **__: False)
    text = page(report_of(RUNS["several"], "0.1.0"))

    assert "and 2 more sorts of finding in report.json, for which the page has no room" in text
    assert '<details class="finding"' not in text
