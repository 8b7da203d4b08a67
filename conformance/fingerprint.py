"""What kind of finding it is: the same in every run that meets the same defect."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.generated.outcome import LaneFinding
    from conformance.judge import Finding

NAME: Final = "#"
LENGTH: Final = 16
CUT: Final = "…"
KEPT_OF_A_CUT: Final = 60
SHORTEST_NAME: Final = 2
NAMING: Final = ("Id", "Token")
STATUS_OR_NAME: Final = re.compile(
    r"(?P<before>^|→ |[:,;] |\b(?:or|and|then|status) )(?P<status>[1-5]\d\d)(?![\w.:-])"
    r"|https?://[^/\s\"']+"
    r"|(?<![\w-])[\w-]*\d[\w-]*(?:[.:+]\d[\w-]*)*"
)
LIST_OF_NAMES: Final = re.compile(r"(['\"]?#['\"]?)(?:(?:,| or| and|,? then) \1)+")


def fingerprint_of(finding: "Finding", masked: Callable[[str], str]) -> str:
    """Return 16 hexadecimal digits for the check, and for the kind of what it expected and met.

    Ids, numbers, times and the names of the run count for nothing; the status codes of the answers
    that show the finding count.

    Args:
        finding: the counterexample.
        masked: puts the variables of the tokens in their place.

    """
    texts = (masked(finding.expected), masked(finding.actual))
    return _hash([finding.check], texts, finding.exchanges)


def fingerprint_of_lane(finding: "LaneFinding") -> str:
    """Return 16 hexadecimal digits for a finding of the generated lane, by the same rule."""
    return _hash([finding.check, finding.operation], [finding.title], [finding.exchange])


def _hash(words: Iterable[str], texts: Iterable[str], exchanges: "Sequence[Exchange]") -> str:
    """Name what some words say, and what kind of thing some texts do."""
    statuses = {str(one.status) for one in exchanges}
    names = sorted(set(_names(exchanges)), key=lambda name: (-len(name), name))
    kind = [*words, *(_kind(text, names, statuses) for text in texts)]
    return hashlib.sha256(json.dumps(kind).encode()).hexdigest()[:LENGTH]


def _kind(text: str, names: Iterable[str], statuses: set[str]) -> str:
    """Put one sign in the place of everything that another run would call otherwise."""
    for name in names:
        if name in text:
            text = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", NAME, text)

    def sign(met: re.Match[str]) -> str:
        if met["status"] is None:
            return NAME
        return met[0] if met["status"] in statuses else f"{met['before']}{NAME}"

    text = LIST_OF_NAMES.sub(r"\1", STATUS_OR_NAME.sub(sign, text))
    return text[:KEPT_OF_A_CUT] if text.endswith(CUT) else text


def _names(exchanges: "Iterable[Exchange]") -> Iterator[str]:
    """Yield what the requests and answers name, where it has no digit to be known by, too."""
    for exchange in exchanges:
        named = [*exchange.parameters.values(), exchange.header("etag")]
        named += [*_named(exchange.document), *_named(exchange.given)]
        yield from (one for one in named if isinstance(one, str) and len(one) >= SHORTEST_NAME)


def _named(document: Any) -> Iterator[Any]:  # noqa: ANN401  # any JSON value
    if isinstance(document, dict):
        for key, value in document.items():
            if key.endswith(NAMING):
                yield value
            else:
                yield from _named(value)
    elif isinstance(document, list):
        for value in document:
            yield from _named(value)
