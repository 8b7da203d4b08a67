"""The page of the rules of a review, made from their table."""

from collections.abc import Iterable, Iterator

from site_markdown import code, codes, page, plain, table

from conformance.review.clauses import CLAUSES
from conformance.review.policy import DEFAULT_CLAUSES
from conformance.review.rules import GUARANTEES, OPERATIONS, SCHEMAS, Labels, Rule

HEADS = ("rule", "fires where", "clients send it", "the server sends it", "opposite")
INTRODUCTION = """\
Each change is told under one rule. The review names it, an approval names it, and `[[rules]]`
of `review.toml` can give its changes other labels. The labels, first that for clients and then that
for servers, follow from who sends what was changed: webhooks and callbacks go the other way. Where
both send it, the worse label holds."""
SECTIONS = {
    "Guarantees": (GUARANTEES, "What a client may believe of a write, requirements and proofs."),
    "Operations": (OPERATIONS, "Operations, parameters, bodies, answers, headers, security."),
    "Schemas": (SCHEMAS, "The values that are sent."),
}


def rules() -> str:
    """Tell every rule, and every clause that a policy can hold against a change."""
    told = (_section(title, *one) for title, one in SECTIONS.items())
    made = "Made from `conformance/review/rules.py` and `conformance/review/clauses.py`."
    return page("The rules of a review", INTRODUCTION, made, *told, *_clauses())


def _section(title: str, found: Iterable[Rule], about: str) -> str:
    has_guarantee = title == "Guarantees"
    heads = (*HEADS, "guarantee") if has_guarantee else HEADS
    rows = (_row(one)[: len(heads)] for one in found)
    return f"## {title} {{ #{title.lower()} }}\n\n{about}\n\n{table(heads, rows)}"


def _row(rule: Rule) -> tuple[str, ...]:
    opposite = code(rule.mirror) if rule.mirror else f"none: {plain(rule.no_mirror)}"
    return (
        f'<span id="{rule.id}">{code(rule.id)}</span>',
        plain(rule.title),
        _labels(rule.to_server),
        _labels(rule.from_server),
        "itself" if rule.mirror == rule.id else opposite,
        rule.guarantee,
    )


def _labels(labels: Labels) -> str:
    return ", ".join(labels)


def _clauses() -> Iterator[str]:
    rows = [(code(name), plain(does)) for name, (_, does, _) in CLAUSES.items()]
    rows.append((code("version=too-small"), "needs a version that the head does not have"))
    yield "## Clauses of a policy { #clauses }"
    yield f"`gate.fail-on` lists some of them; without it they are {codes(DEFAULT_CLAUSES)}."
    yield table(("clause", "fails where a change"), rows)
