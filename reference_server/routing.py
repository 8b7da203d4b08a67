"""Raw path → operationId → handler.

The raw path is split on `/` before anything is decoded. A verb is taken only after an
unencoded `:` in the last segment, and only where the contract has that verb; every segment
is decoded once, as UTF-8, and a parameter is then held against its pattern. So `%3Aactivate`
never runs the verb and `a%2Finvoke%2Fb` never reaches another handler.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from reference_server import problems
from reference_server.contract import Operation

_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_LONGEST = 256


class HandlersDifferError(Exception):
    """The contract and the handlers do not name the same operations."""

    def __init__(self, without_handler: Iterable[str], without_operation: Iterable[str]) -> None:
        missing, extra = ", ".join(without_handler), ", ".join(without_operation)
        super().__init__(
            f"operations without handler: {missing or 'none'};"
            f" handlers without operation: {extra or 'none'}"
        )


@dataclass(frozen=True, slots=True)
class Segment:
    """One path segment: as sent and decoded; `text` is None if it is not percent-coded UTF-8."""

    raw: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Route:
    """An operation with its template cut into segments and a verb."""

    operation: Operation
    segments: tuple[str, ...]
    verb: str

    def parameters(self, path: tuple[Segment, ...]) -> dict[str, Segment] | None:
        """Give the parameters' segments, None where a literal segment differs."""
        if len(path) != len(self.segments):
            return None
        found: dict[str, Segment] = {}
        for template, segment in zip(self.segments, path, strict=True):
            if template.startswith("{"):
                found[template[1:-1]] = segment
            elif template != segment.text:
                return None
        return found


@dataclass(frozen=True, slots=True)
class Match:
    """The operation that a path and method name, its parameters not yet held to a pattern."""

    operation: Operation
    parameters: dict[str, Segment]


class Router:
    """The routes of a contract under a path prefix."""

    def __init__(self, operations: Iterable[Operation], prefix: str) -> None:
        self._routes = [_route(operation) for operation in operations]
        self._prefix = prefix.encode()
        self._verbs = {route.verb for route in self._routes if route.verb}

    def match(self, method: str, raw_path: bytes) -> Match:
        """Find the operation; raise 404 for an unknown path, 405 for another method."""
        if not raw_path.startswith(self._prefix + b"/"):
            raise problems.route_not_found()
        found = self._candidates(raw_path[len(self._prefix) + 1 :])
        wanted = "GET" if method == "HEAD" else method
        for route, parameters in found:
            if route.operation.method == wanted:
                return Match(route.operation, parameters)
        if not found:
            raise problems.route_not_found()
        raise problems.method_not_allowed(method, sorted(r.operation.method for r, _ in found))

    def _candidates(self, path: bytes) -> list[tuple[Route, dict[str, Segment]]]:
        *front, last = path.split(b"/")
        decoded = tuple(_segment(raw) for raw in front)
        head, colon, verb = last.rpartition(b":")
        if colon:
            name = verb.decode("ascii", "replace")
            with_verb = self._matching((*decoded, _segment(head)), name)
            if with_verb or any(self._matching((*decoded, _segment(head)), v) for v in self._verbs):
                return with_verb
        return self._matching((*decoded, _segment(last)), "")

    def _matching(
        self, path: tuple[Segment, ...], verb: str
    ) -> list[tuple[Route, dict[str, Segment]]]:
        matched = [(r, r.parameters(path)) for r in self._routes if r.verb == verb]
        return [(route, found) for route, found in matched if found is not None]


def check_handlers(operations: Mapping[str, Operation], handlers: Iterable[str]) -> None:
    """Raise HandlersDifferError unless both name the same operations."""
    wanted, offered = set(operations), set(handlers)
    if wanted != offered:
        raise HandlersDifferError(sorted(wanted - offered), sorted(offered - wanted))


def fits(operation: Operation, name: str, value: str) -> bool:
    """Say whether a decoded parameter has the form that the contract gives it."""
    pattern = operation.patterns.get(name)
    plain = value == value.strip() and 0 < len(value) <= _LONGEST
    return plain and (pattern is None or pattern.fullmatch(value) is not None)


def _route(operation: Operation) -> Route:
    *front, last = operation.path.removeprefix("/").split("/")
    head, _, verb = last.partition(":")
    return Route(operation, (*front, head), verb)


def _segment(raw: bytes) -> Segment:
    text = None
    if not _BROKEN_ESCAPE.search(raw):
        try:
            text = unquote_to_bytes(raw).decode("utf-8")
        except UnicodeDecodeError:
            text = None
    return Segment(raw.decode("latin-1"), text)
