"""URLs that a server gave: resolved, in one spelling, and at which origin."""

import re
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from conformance.exchange import Exchange

VALUE: Final = r"(?:\"((?:[^\"\\]|\\.)*)\"|([^\s;,\"]*))"
PARAMETER: Final = rf"\s*;\s*([^\s=;,]+)(?:\s*=\s*{VALUE})?"
LINK: Final = re.compile(rf"<(?P<target>[^>]*)>(?P<parameters>(?:{PARAMETER})*)")
DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def resolved(url: str, given_in: Exchange) -> SplitResult | None:
    """Resolve a URL against the request that it answered; None if it is none."""
    try:
        parts = urlsplit(urljoin(given_in.request.url, url))
        _ = parts.port  # read here, since a port that is no number shows only when it is read
    except ValueError:
        return None
    return parts


def origin_of(parts: SplitResult) -> tuple[str, str | None, int | None]:
    """Return scheme, host and port, the scheme's own port where none is written."""
    return parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme)


def below_base(parts: SplitResult, bases: Sequence[str]) -> str:
    """Return the path of a URL below the base URL of its origin, or below the first of all."""
    known = [urlsplit(one) for one in bases]
    try:
        same = [one.path for one in known if origin_of(one) == origin_of(parts)]
    except ValueError:
        same = []
    for prefix in (*sorted(same, key=len, reverse=True), known[0].path):
        if prefix.strip("/") and parts.path.startswith(prefix.rstrip("/") + "/"):
            return parts.path[len(prefix.rstrip("/")) :]
    return parts.path


def links(answer: Exchange, relation: str) -> list[str]:
    """Return the targets that an answer's Link header gives for a relation, as RFC 8288 has it."""
    found = LINK.finditer(answer.header("link") or "")
    return [link["target"] for link in found if relation in _relations(link["parameters"])]


def _relations(parameters: str) -> list[str]:
    """Return the relation types of a link; of several `rel`, the first counts."""
    given = re.findall(PARAMETER, parameters)
    named = (quoted or bare for name, quoted, bare in given if name.lower() == "rel")
    return next(named, "").lower().split()


def absolute(url: str, given_in: Exchange, origins: Iterable[str] = ()) -> str:
    """Resolve a URL against the request that it answered, in one spelling; other text stays.

    A URL at one of the `origins` is taken to be at the first of them.
    """
    parts = resolved(url, given_in)
    if parts is None:
        return url
    known = [urlsplit(one) for one in origins]
    if origin_of(parts) in {origin_of(one) for one in known}:
        parts = parts._replace(scheme=known[0].scheme, netloc=known[0].netloc)
    path = "/".join(quote(unquote(segment), safe=":@") for segment in parts.path.split("/"))
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc.lower()}{path}{query}"
