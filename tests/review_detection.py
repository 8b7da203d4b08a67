"""Write docs/review-detection.md: what a review detects of the corpus (`make review-detection`).

Other tools have columns of their own, with the figures that `make review-others` put on file.
"""

import json
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from corpus_model import Case, Rewrite
from review_corpus import CASES, REWRITES, wrong_of_case, wrong_of_rewrite
from review_others import FIGURES

DOCUMENT: Final = Path(__file__).parent.parent / "docs/review-detection.md"
BESIDE_OPENAPI: Final = "Requirements and proofs"
PLACES: Final = ("request", "response", "webhook", "callback")
Told = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Others:
    """What other tools make of the corpus.

    Attributes:
        versions: of each tool.
        told: by case and tool: silent, seen, breaking, refused; a case that no tool was asked
            about is missing.

    """

    versions: dict[str, str]
    told: Told

    def of(self, name: str, tool: str) -> str:
        """Return what a tool makes of a case or a rewrite."""
        return self.told.get(name, {}).get(tool, "not asked")


def figures() -> Others:
    """Read what is on file of other tools."""
    known = json.loads(FIGURES.read_text(encoding="utf-8"))
    return Others(known["tools"], known["told"])


def document(right: Collection[str], silent: Collection[str], others: Others) -> str:
    """Write the document.

    Args:
        right: names of the cases of which our review gets nothing wrong.
        silent: names of the rewrites of which it tells nothing.
        others: what other tools make of both.

    """
    lines = [*_introduction(others), *_totals(right, others), *_rewrites(silent, others)]
    groups = dict.fromkeys(_group(case) for case in CASES)
    for group in groups:
        cases = [case for case in CASES if _group(case) == group]
        lines += ["", f"## {group}", ""]
        lines += _by_place(cases, right, others) if cases[0].place else _each(cases, right, others)
    return "\n".join(lines) + "\n"


def _group(case: Case) -> str:
    return case.group if case.at.startswith("openapi.yaml") else BESIDE_OPENAPI


def _introduction(others: Others) -> Iterator[str]:
    tools = ", ".join(f"{tool} {version}" for tool, version in others.versions.items())
    yield f"""\
# What a review detects

`make review-detection` writes this page from the labelled corpus of the tests: {len(CASES)} single
changes of a contract, and {len(REWRITES)} rewrites that change nothing. A test holds each of
them, and another holds this page.

A case is **right** if the review tells one change and no more, under the rule that is named, at
its file, pointer and line, with its labels for clients, servers and guarantee, with every operation
that it reaches and no other, and with the one who sends it.

Other tools ({tools}) were given the same OpenAPI documents by
`make review-others`. They have other questions to answer, so two things are counted: whether a tool
**tells** any change, and whether it **rates** one as breaking, or as needing a major version. It is
right to rate where the column `clients` says breaks; where only the guarantee is weakened, a tool
that knows no guarantees does well to rate it, and is not wrong if it does not."""


def _totals(right: Collection[str], others: Others) -> Iterator[str]:
    tools = list(others.versions)
    yield from ("", "## In numbers", "")
    yield _row("", "cases", "ours right", *(f"{tool} tells" for tool in tools))
    yield _row("---", *["---:"] * (2 + len(tools)))
    for group in dict.fromkeys(_group(case) for case in CASES):
        yield _total(group, [case for case in CASES if _group(case) == group], right, others)
    yield _total("**all**", CASES, right, others)
    yield ""
    yield _row(
        "of the changes of the OpenAPI document", "cases", *(f"{tool} rates" for tool in tools)
    )
    yield _row("---", *["---:"] * (1 + len(tools)))
    for title, cases in _rated():
        counts = (_count(cases, tool, ("breaking",), others) for tool in tools)
        yield _row(title, len(cases), *counts)


def _rated() -> Iterator[tuple[str, list[Case]]]:
    cases = [case for case in CASES if _group(case) != BESIDE_OPENAPI]
    yield "clients break", [case for case in cases if case.labels[0] == "breaks"]
    yield (
        "the guarantee is weakened, clients do not break",
        [one for one in cases if one.labels[0] != "breaks" and one.guarantee == "weakened"],
    )
    yield (
        "clients may break, no guarantee is weakened",
        [one for one in cases if one.labels[0] == "may-break" and one.guarantee != "weakened"],
    )
    yield (
        "neither",
        [one for one in cases if one.labels[0] == "ok" and one.guarantee != "weakened"],
    )


def _total(title: str, cases: Sequence[Case], right: Collection[str], others: Others) -> str:
    ours = sum(case.name in right for case in cases)
    told = (_count(cases, tool, ("seen", "breaking"), others) for tool in others.versions)
    return _row(title, len(cases), ours, *told)


def _count(
    cases: Sequence[Case | Rewrite], tool: str, outcomes: Collection[str], others: Others
) -> int:
    return sum(others.of(case.name, tool) in outcomes for case in cases)


def _rewrites(silent: Collection[str], others: Others) -> Iterator[str]:
    tools = list(others.versions)
    yield from ("", "## Rewrites that change nothing", "")
    yield "Each is reviewed there and back. That the version of OpenAPI is another is told, touches"
    yield "nobody and is no finding."
    yield ""
    yield _row("rewrite", "ours", *tools)
    yield _row("---", *["---"] * (1 + len(tools)))
    loud = [len(REWRITES) - len(silent)]
    loud += [_count(REWRITES, tool, ("seen", "breaking"), others) for tool in tools]
    yield _row("**findings**", *(f"**{count}**" for count in loud))
    for rewrite in REWRITES:
        ours = "silent" if rewrite.name in silent else "seen"
        yield _row(rewrite.name, ours, *(others.of(rewrite.name, tool) for tool in tools))


def _each(cases: Sequence[Case], right: Collection[str], others: Others) -> Iterator[str]:
    tools = list(others.versions)
    yield _row("change", "rule", "direction", "clients", "servers", "guarantee", "ours", *tools)
    yield _row(*["---"] * (7 + len(tools)))
    for case in cases:
        ours = "right" if case.name in right else "**wrong**"
        labels = (*case.labels, case.guarantee)
        told = (others.of(case.name, tool) for tool in tools)
        yield _row(case.name, case.rule, ", ".join(case.directions), *labels, ours, *told)


def _by_place(cases: Sequence[Case], right: Collection[str], others: Others) -> Iterator[str]:
    tools = list(others.versions)
    yield "One keyword at a time, in a request, a response, a webhook and a callback. A cell is the"
    yield "labels for clients and servers; a column of a tool, how often it tells and rates it."
    yield ""
    yield _row("change", "rule", *PLACES, "ours", *tools)
    yield _row(*["---"] * (3 + len(PLACES) + len(tools)))
    for name in dict.fromkeys(_keyword(case) for case in cases):
        rows = [case for case in cases if _keyword(case) == name]
        at = {case.place: " / ".join(case.labels) for case in rows}
        ours = f"{sum(case.name in right for case in rows)} of {len(rows)} right"
        told = (
            f"{_count(rows, tool, ('seen', 'breaking'), others)} told, "
            f"{_count(rows, tool, ('breaking',), others)} rated"
            for tool in tools
        )
        yield _row(name, rows[0].rule, *(at.get(where, "") for where in PLACES), ours, *told)


def _keyword(case: Case) -> str:
    return case.name.removesuffix(f"-in-{case.place}")


def _row(*cells: object) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def main() -> None:
    """Review the whole corpus and write the document; end with 1 if anything is wrong."""
    wrong = {case.name: wrong_of_case(case) for case in CASES}
    told = {rewrite.name: wrong_of_rewrite(rewrite) for rewrite in REWRITES}
    right, silent = ([name for name, found in one.items() if not found] for one in (wrong, told))
    DOCUMENT.write_text(document(right, silent, figures()), encoding="utf-8")
    for name, found in (wrong | told).items():
        sys.stdout.writelines(f"{name}: {sentence}\n" for sentence in found)
    sys.exit(int(len(right) + len(silent) < len(CASES) + len(REWRITES)))


if __name__ == "__main__":
    main()
