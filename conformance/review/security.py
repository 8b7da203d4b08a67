"""What differs in who is let in and where the API is."""

from typing import TYPE_CHECKING, Any, Final

from conformance.review.comparison import Comparison
from conformance.review.nodes import Node
from conformance.review.pairs import Pair, shared
from conformance.review.values import others, texts, whole

if TYPE_CHECKING:
    from conformance.review.sides import Side

Json = Any
Alternative = frozenset[tuple[str, str]]  # scheme and scope; the empty scope is the scheme itself


OPEN: Final[Alternative] = frozenset()


def schemes(side: "Side") -> dict[str, Node]:
    """Return the credentials that a document knows, by name."""
    components = side.root.get("components")
    found = components.get("securitySchemes") if components else None
    return dict(found.items()) if found else {}


def compare_security(sides: Comparison, base: Node, head: Node, pair: Pair) -> None:
    """Compare two lists of what is enough to be let in."""
    known = schemes(sides.base), schemes(sides.head)
    here, there = _enough(base, known), _enough(head, known[::-1])
    pair.see(base, head)
    if not (base.is_list and head.is_list):
        whole(pair, "not-judged", "security", base, head)
    gone = {one: here[one] for one in here if one not in there and OPEN not in there}
    new = {one: there[one] for one in there if one not in here and OPEN not in here}
    for one in list(gone):
        close = next((other for other in new if one < other or other < one), None)
        if close is not None and close and one:
            rule = "security-tightened" if one < close else "security-loosened"
            differing = ", ".join(sorted(_said(part) for part in one ^ close))
            word = "asked for too" if one < close else "no more asked for"
            pair.tell(rule, f"{differing} {word}", gone.pop(one), new.pop(close))
    for one, node in gone.items():
        now = None if one else head
        what = f"{_all(one)} is no more enough" if one else "a credential is asked for"
        pair.tell("security-tightened", what, node, now)
    for one, node in new.items():
        was = None if one else base
        what = f"{_all(one)} is enough" if one else "no credential is asked for"
        pair.tell("security-loosened", what, was, node)


def _enough(node: Node, known: tuple[dict[str, Node], dict[str, Node]]) -> dict[Alternative, Node]:
    found: dict[Alternative, Node] = {}
    for one in node.elements():
        parts: set[tuple[str, str]] = set()
        for name, scopes in one.items():
            shared = _shared(name, known)
            asked = scopes.elements() if scopes.is_list else [scopes]
            parts |= {(shared, ""), *((shared, str(scope.data)) for scope in asked)}
        found.setdefault(frozenset(parts), one)
    return found or {frozenset(): node}


def _shared(name: str, known: tuple[dict[str, Node], dict[str, Node]]) -> str:
    """Return a name for a credential that is equal on both sides where only its name changed."""
    here, there = known
    if name in there or name not in here:
        return name
    same = {other for other in there if there[other].digest == here[name].digest}
    return min({name, *(same - here.keys())})


def _said(part: tuple[str, str]) -> str:
    return f"scope `{part[1]}` of `{part[0]}`" if part[1] else f"`{part[0]}`"


def _all(one: Alternative) -> str:
    return " with ".join(sorted(_said(part) for part in one)) or "no credential"


def compare_schemes(_: Comparison, base: Node, head: Node, pair: Pair) -> None:
    """Compare how one credential is presented."""
    texts(pair, "description", base.get("description"), head.get("description"))
    if _type(base) != _type(head):
        pair.tell("security-scheme-changed", f"{_type(base)} became {_type(head)}", base, head)
        return
    pair.see(base.get("scheme"), head.get("scheme"))
    for word in ("type", "name", "in", "openIdConnectUrl", "oauth2MetadataUrl"):
        whole(pair, "security-scheme-changed", word, base.get(word), head.get(word))
    _flows(pair, base.get("flows"), head.get("flows"))
    whole(pair, "text-changed", "bearerFormat", base.get("bearerFormat"), head.get("bearerFormat"))
    whole(pair, "deprecated", "deprecated", base.get("deprecated"), head.get("deprecated"))
    others(pair, base, head, SCHEME)


SCHEME: Final = frozenset(
    {"type", "name", "in", "scheme", "openIdConnectUrl", "oauth2MetadataUrl", "flows"}
    | {"description", "bearerFormat", "deprecated", "$ref"}
)


def _type(scheme: Node) -> str:
    words = (scheme.get("type"), scheme.get("scheme"))
    return " ".join(str(word.value).lower() for word in words if word is not None)


def _flows(pair: Pair, base: Node | None, head: Node | None) -> None:
    here, there = (dict(node.items()) if node else {} for node in (base, head))
    gone, new = here.keys() - there.keys(), there.keys() - here.keys()
    if len(gone) == len(new) == 1:  # so there is no order
        before, after = here.pop(*gone), there.pop(*new)
        what = f"flow `{before.key}` became `{after.key}`"
        pair.tell("security-scheme-changed", what, before, after)
    for name in dict.fromkeys([*here, *there]):
        one, other = here.get(name), there.get(name)
        if one is None or other is None:
            whole(pair, "security-scheme-changed", f"flow `{name}`", one, other)
            continue
        _scopes(pair, one.get("scopes"), other.get("scopes"))
        for word in ("authorizationUrl", "tokenUrl", "refreshUrl", "deviceAuthorizationUrl"):
            whole(pair, "security-scheme-changed", word, one.get(word), other.get(word))


def _scopes(pair: Pair, base: Node | None, head: Node | None) -> None:
    here, there = (dict(node.items()) if node else {} for node in (base, head))
    pair.see_empty(base, head)
    for name in dict.fromkeys([*here, *there]):
        if name in here and name in there:
            texts(pair, f"scope `{name}`", here[name], there[name])
        else:
            whole(
                pair, "security-scheme-changed", f"scope `{name}`", here.get(name), there.get(name)
            )


def compare_servers(_: Comparison, base: Node, head: Node, pair: Pair) -> None:
    """Compare two lists of base URLs; an empty one is the place of the document itself."""
    here, there = (_urls(node) for node in (base, head))
    if not here or not there:
        pair.see(here.pop("", None), there.pop("", None))
    pair.see_empty(base, head)
    gone = [here[url] for url in here if url not in there]
    new = [there[url] for url in there if url not in here]
    for url in shared(here, there):
        _server(pair, here[url], there[url])
    if len(gone) == len(new) == 1:
        before, after = gone.pop(), new.pop()
        what = f"{_url(before)} became {_url(after)}"
        pair.tell("server-changed", what, before.get("url"), after.get("url"))
        _server(pair, before, after)
    for node in gone:
        pair.tell("server-removed", f"base URL {_url(node)} is gone", node, None)
    for node in new:
        pair.tell("server-added", f"base URL {_url(node)} is new", None, node)


def _server(pair: Pair, base: Node, head: Node) -> None:
    pair.see(base.get("url"), head.get("url"))
    for word in ("description", "name"):
        texts(pair, word, base.get(word), head.get(word))
    here, there = (
        dict(node.items()) if node else {}
        for node in (base.get("variables"), head.get("variables"))
    )
    for name in dict.fromkeys([*here, *there]):
        before, after = here.get(name), there.get(name)
        if before is not None and after is not None:
            texts(pair, "description", before.get("description"), after.get("description"))
            what = f"default of variable `{name}`"
            whole(pair, "server-changed", what, before.get("default"), after.get("default"))
            _choice(pair, name, before.get("enum"), after.get("enum"))
            others(pair, before, after, {"description", "default", "enum"})
        else:
            whole(pair, "server-changed", f"variable `{name}`", before, after)
    others(pair, base, head, {"url", "name", "description", "variables"})


def _choice(pair: Pair, name: str, before: Node | None, after: Node | None) -> None:
    pair.see(before, after)
    here, there = (
        {one.digest for one in node.elements()} if node else None for node in (before, after)
    )
    if here != there:
        pair.tell("server-changed", f"enum of variable `{name}` changed", before, after)


def _urls(node: Node) -> dict[str, Node]:
    return {_url(one).rstrip("/"): one for one in node.elements()}


def _url(node: Node) -> str:
    found = node.get("url")
    return str(found.value) if found is not None else ""
