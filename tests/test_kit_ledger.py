"""The cleanup ledger: written before each request, read back, never over another run's."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.checks import Unverified
from conformance.cli import outcome
from conformance.client import Client
from conformance.contract import load_contract
from conformance.exchange import Exchange, Request, Response
from conformance.ledger import Ledger, LedgerUnwritable, begin, resume
from conformance.ledger_file import Place, read_ledger, told_by
from conformance.target import Target
from conformance.trace import Trace
from conformance.wire import Connections

TOKEN: Final = "token-0123456789"  # noqa: S105  # no real secret
TARGET: Final = replace(
    Target("http://127.0.0.1:1", "s1", (), None, None, None),
    token=TOKEN,
    token_env="TOKEN_OF_THE_TEST",  # noqa: S106  # a name
)
Begun = Callable[[Path], Ledger]
RUN: Final = (
    '{"kind": "run", "ledger_version": 1, "namespace": "ap-0123abcd", "url": "http://127.0.0.1:1",'
    ' "scope": "s1", "kit": "1", "contract": "1", "began": "2026-01-01T00:00:00Z"}\n'
)


@pytest.fixture
def begun() -> Iterator[Begun]:
    """Begin ledgers: begun(path)."""
    with ExitStack() as stack:
        yield lambda path: stack.enter_context(closing(begin(path, TARGET, "1.0")))


def create(**body: object) -> Request:
    return Request("POST", f"{TARGET.url}/api/scopes/s1/members", (), json.dumps(body).encode())


def asks(ledger: Ledger, scope: str = "s1", **body: object) -> Request:
    request = create(**body)
    ledger.asked("createMember", {"scopeId": scope}, request)
    return request


def answers(ledger: Ledger, request: Request, **body: object) -> None:
    response = Response(202, {}, json.dumps(body).encode())
    path = {"scopeId": "s1"}
    ledger.answered(Exchange(1, "", "", "createMember", path, request, response, 0.0, 0.0))


def test_what_was_asked_for_is_read_back_the_last_first(begun: Begun, tmp_path: Path) -> None:
    ledger = begun(tmp_path / "l.jsonl")
    names = [f"{ledger.heading.namespace}-{number}" for number in range(3)]
    for name in names:
        asks(ledger, memberId=name)
    ledger.asked("putScopeBinding", {"scopeId": "s1"}, create(serviceId="s"))
    ledger.asked("invokeMember", {"scopeId": "s1"}, create())
    asks(ledger, "s2", memberId=names[0])

    told = read_ledger(ledger.path)

    assert told.heading == ledger.heading
    assert told.members == (
        Place("s2", names[0]),
        *(Place("s1", one) for one in reversed(names)),
    )
    assert (told.services, told.foreign, told.scopes) == (("s",), (), ("s1", "s2"))
    assert (told.asked, told.settled) == (5, False)


def test_an_id_of_the_servers_making_is_written_once_it_is_named(
    begun: Begun, tmp_path: Path
) -> None:
    ledger = begun(tmp_path / "l.jsonl")
    own = f"{ledger.heading.namespace}-1"
    answers(ledger, asks(ledger, displayName="x"), target={"memberId": "m-1"})
    answers(ledger, asks(ledger, memberId=own), memberId=own)
    answers(ledger, asks(ledger, memberId="somebody's"), memberId="somebody's")
    asks(ledger, memberId="refused")

    told = read_ledger(ledger.path)

    assert told.members == (Place("s1", own), Place("s1", "m-1"))
    assert told.foreign == (Place("s1", "somebody's"),)
    assert told.asked == 4


def test_a_name_that_is_no_text_spoils_no_ledger(begun: Begun, tmp_path: Path) -> None:
    ledger = begun(tmp_path / "l.jsonl")
    own = f"{ledger.heading.namespace}-\ud800"
    answers(ledger, asks(ledger, memberId=own), memberId=own)

    assert set(read_ledger(ledger.path).members) == {Place("s1", f"{ledger.heading.namespace}-?")}


def test_every_line_is_on_the_disk_before_its_request_can_be_sent(
    begun: Begun, tmp_path: Path
) -> None:
    ledger = begun(tmp_path / "l.jsonl")
    asks(ledger, memberId="one")

    assert '"id": "one"' in ledger.path.read_text("utf-8")


def test_what_cannot_be_written_down_is_not_sent(
    begun: Begun, tmp_path: Path, sick_server: Callable[..., str]
) -> None:
    target, trace, ledger = (
        replace(TARGET, url=sick_server("echoes")),
        Trace(),
        begun(tmp_path / "l"),
    )
    ledger.close()
    body = {"displayName": "x", "implementationKind": "script"}

    with closing(Connections()) as connections:
        client = Client(load_contract(), target, trace, "a test", connections, ledger=ledger)
        with pytest.raises(Unverified, match="cannot be written"):
            client.create_member(body)

    assert len(trace) == 0


def test_no_ledger_holds_a_token(begun: Begun, tmp_path: Path) -> None:
    ledger = begun(tmp_path / "l.jsonl")
    answers(ledger, asks(ledger, memberId=f"{ledger.heading.namespace}-1"), memberId=f"m-{TOKEN}")
    answers(ledger, asks(ledger, memberId="somebody's"), memberId=f"n-{TOKEN}")
    ledger.placed("left", "s1", f"m-{TOKEN}")

    assert ledger.path.read_text("utf-8").count("$TOKEN_OF_THE_TEST") == 3
    assert TOKEN not in ledger.path.read_text("utf-8")


@given(st.lists(st.text()))
def test_any_name_of_the_run_that_was_asked_for_is_read_back(ends: list[str]) -> None:
    names = [f"ap-0123abcd{end}" for end in ends]
    lines = [
        {"kind": "asked", "operation": "createMember", "scope": "s1", "id": name} for name in names
    ]
    text = RUN + "".join(json.dumps(line) + "\n" for line in lines)

    told = told_by(text, Path("ledger.jsonl"))

    assert [one.member_id for one in told.members] == list(dict.fromkeys(reversed(names)))


def test_a_line_that_was_cut_off_is_left_out_and_written_over(tmp_path: Path) -> None:
    path = tmp_path / "l.jsonl"
    path.write_text(RUN + '{"kind": "asked", "oper', "utf-8")

    told = read_ledger(path)
    with closing(resume(path, told.heading, str)) as ledger:
        ledger.note("named", scope="s1", id="m-1")

    assert told.asked == 0
    assert read_ledger(path).members == (Place("s1", "m-1"),)


NONE: Final = {
    "nothing": "",
    "other text": "hello\n",
    "other JSON": "[]\n",
    "another beginning": '{"kind": "named", "scope": "s1", "id": "m"}\n',
    "another version": RUN.replace('"ledger_version": 1', '"ledger_version": 2'),
    "a kind that is none": RUN + '{"kind": "made", "scope": "s1", "id": "m"}\n',
    "bytes": "\udcff",
}


@pytest.mark.parametrize("text", NONE.values(), ids=NONE.keys())
def test_what_is_no_ledger_is_neither_cleaned_nor_written_over(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "l.jsonl"
    path.write_text(text, "utf-8", "surrogateescape")

    assert outcome(["clean", str(path)]) == 2
    assert f"{path} is no ledger of a run" in capsys.readouterr().err
    with pytest.raises(LedgerUnwritable, match="Name another file"):
        begin(path, TARGET, "1.0")
    assert path.read_text("utf-8", "surrogateescape") == text


def test_a_ledger_that_is_not_there_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert outcome(["clean", str(tmp_path / "l.jsonl")]) == 2
    assert "l.jsonl cannot be read: No such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("cleaned", "stays"),
    [
        ((), True),
        ((("removed", 1), ("left", 1), ("deletes", True)), True),
        ((("removed", 2), ("left", 0), ("deletes", True)), False),
        ((("removed", 0), ("left", 2), ("deletes", False)), False),
    ],
    ids=["a killed run", "something is left", "nothing is left", "no delete is offered"],
)
def test_an_earlier_ledger_stays_as_long_as_something_can_be_done_by_it(
    begun: Begun, tmp_path: Path, cleaned: tuple[tuple[str, Any], ...], *, stays: bool
) -> None:
    path = tmp_path / "ledger.jsonl"
    earlier = begun(path)
    asks(earlier, memberId="one")
    if cleaned:
        earlier.note("cleaned", at="2026-01-01T00:00:00Z", **dict(cleaned))
    earlier.close()

    later = begun(path)

    moved = tmp_path / f"ledger-{earlier.heading.namespace}.jsonl"
    assert read_ledger(path).heading == later.heading
    assert moved.exists() == stays
    assert not stays or read_ledger(moved).heading == earlier.heading


def test_the_ledger_of_a_run_under_way_is_left_to_it(begun: Begun, tmp_path: Path) -> None:
    under_way = begun(tmp_path / "ledger.jsonl")

    with pytest.raises(LedgerUnwritable, match="Another run is under way"):
        begun(tmp_path / "ledger.jsonl")

    assert read_ledger(tmp_path / "ledger.jsonl").heading == under_way.heading
    assert list(tmp_path.iterdir()) == [under_way.path]


def test_a_run_beside_one_that_is_under_way_is_refused_and_takes_nothing_away(
    begun: Begun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begun(tmp_path / "ledger.jsonl")
    (tmp_path / "report.json").write_text("earlier", encoding="utf-8")

    code = outcome(["run", "http://127.0.0.1:1", "--scope", "s1", "--report-dir", str(tmp_path)])

    assert code == 2
    assert "ackproof: Another run is under way" in capsys.readouterr().err
    assert (tmp_path / "report.json").read_text("utf-8") == "earlier"


@pytest.mark.parametrize("option", ["--ledger", "--report-dir"])
def test_a_ledger_that_cannot_be_written_ends_a_run_before_anything_is_sent(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "place"
    (place / "ledger.jsonl").mkdir(parents=True)
    where = str(place / "ledger.jsonl") if option == "--ledger" else str(place)

    code = outcome(["run", "http://127.0.0.1:1", "--scope", "s1", option, where])

    assert code == 2  # and not 3, as for a server that is asked and does not answer
    assert "cannot be written" in capsys.readouterr().err


def test_a_state_directory_that_cannot_be_written_does_so_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))

    assert outcome(["run", "http://127.0.0.1:1", "--scope", "s1"]) == 2
    assert "name another file (--ledger)" in capsys.readouterr().err
