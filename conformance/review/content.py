"""What differs between two parameters, headers, bodies, responses or links."""

from typing import Any, Final

from conformance.review.comparison import Comparison
from conformance.review.media_types import contents, examples, schema_at
from conformance.review.nodes import Node
from conformance.review.pairs import Pair, shared
from conformance.review.renaming import rename, renamed
from conformance.review.values import flags, others, texts, whole

Json = Any
STYLES: Final = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
UNSENT: Final = frozenset({"accept", "content-type", "authorization"})  # said by other means
PARAMETER: Final = frozenset(
    {"name", "in", "required", "deprecated", "description", "style", "explode", "schema", "content"}
    | {"allowReserved", "allowEmptyValue", "example", "examples", "$ref"}
)


def compare_parameters(sides: Comparison, base: Node, head: Node, pair: Pair) -> None:
    """Compare two parameters that are sent in the same place, or two headers."""
    texts(pair, "description", base.get("description"), head.get("description"))
    pair.see(*(side.get(word) for side in (base, head) for word in ("name", "in")))
    _asked(pair, "parameter" if base.get("in") else "header", base, head)
    _switches(pair, base, head)
    _style(pair, base, head)
    examples(sides, pair, base, head)
    forms = [
        next((word for word in ("schema", "content") if one.get(word)), "") for one in (base, head)
    ]
    if all(forms) and forms[0] != forms[1]:
        nodes = base.get(forms[0]), head.get(forms[1])
        what = f"`{forms[0]}` became `{forms[1]}`: the value is written another way"
        pair.tell("parameter-style-changed", what, *nodes)
    else:
        schema_at(sides, pair, "schema", (base, head))
        contents(sides, pair, base, head)
    others(pair, base, head, PARAMETER)


def _asked(pair: Pair, kind: str, base: Node, head: Node) -> None:
    rules = (f"{kind}-became-required", f"{kind}-became-optional")
    before, after = base.get("required"), head.get("required")
    pair.see(before, after)
    now = is_true(head, "required")
    if is_true(base, "required") != now:
        values = ("optional", "required") if now else ("required", "optional")
        what = f"{kind} {_title(base, kind)}became {values[1]}"
        told = tuple(f"{_named(base)}{one}" for one in values)
        pair.note(rules[not now], what, before or base, after or head, (told[0], told[1]))


def _title(node: Node, kind: str) -> str:
    name = node.get("name")
    if name is not None:
        return f"`{name.value}` "
    return f"`{node.key}` " if kind == "header" else ""


def _named(node: Node) -> str:
    """Return what tells a parameter from another at the same place of a list."""
    name = node.get("name")
    return f"{name.value}: " if name is not None else ""


def _switches(pair: Pair, base: Node, head: Node) -> None:
    rules = ("deprecated", "undeprecated")
    flags(pair, rules, "`deprecated`", base.get("deprecated"), head.get("deprecated"))
    for word in ("allowReserved", "allowEmptyValue"):
        style = ("parameter-style-changed", "parameter-style-changed")
        flags(pair, style, f"`{word}`", base.get(word), head.get(word))


def _style(pair: Pair, base: Node, head: Node) -> None:
    pair.see(*(side.get(word) for side in (base, head) for word in ("style", "explode")))
    for place, word in enumerate(("style", "explode")):
        before, after = _written(base)[place], _written(head)[place]
        if before != after:
            what = f"{word} {before} became {after}"
            written = [base.get(word), head.get(word)]
            one, other = written if any(written) else (base.get("style"), head.get("style"))
            pair.note("parameter-style-changed", what, one or base, other or head, (before, after))
            return


def _written(node: Node) -> tuple[Json, Json]:
    """Return style and explode, as they are where nothing is said."""
    place = node.get("in")
    style, explode = node.get("style"), node.get("explode")
    named = style.value if style else STYLES.get(str(place.value) if place else "header", "form")
    return named, explode.value if explode else named in ("form", "cookie")


def compare_bodies(sides: Comparison, base: Node, head: Node, pair: Pair) -> None:
    """Compare two request bodies."""
    texts(pair, "description", base.get("description"), head.get("description"))
    _asked(pair, "body", base, head)
    contents(sides, pair, base, head)
    others(pair, base, head, {"description", "required", "content", "$ref"})


def compare_responses(sides: Comparison, base: Node, head: Node, pair: Pair) -> None:
    """Compare two responses of the same status."""
    for word in ("description", "summary"):
        texts(pair, word, base.get(word), head.get(word))
    _headers(sides, pair, base, head)
    contents(sides, pair, base, head)
    _links(sides, pair, base, head)
    others(pair, base, head, {"description", "summary", "headers", "content", "links", "$ref"})


def _headers(sides: Comparison, pair: Pair, base: Node, head: Node) -> None:
    here, there = (_lower(side.get("headers")) for side in (base, head))
    pair.see_empty(base.get("headers"), head.get("headers"))
    gone = {name: here[name] for name in here if name not in there}
    new = {name: there[name] for name in there if name not in here}
    for name in shared(here, there):
        inner = sides.pair(compare_parameters, here[name], there[name])
        pair.lead(inner, f"header {here[name].key}")
    for one, other in renamed(sides, compare_parameters, gone, new):
        what = f"header {gone[one].key} became {new[other].key}"
        pair.lead(sides.pair(compare_parameters, gone[one], new[other]), f"header {new[other].key}")
        rename(pair, "header-renamed", what, gone.pop(one), new.pop(other))
    for node in gone.values():
        kind = "required-header" if is_true(sides.base.follow(node), "required") else "header"
        pair.tell(f"{kind}-removed", f"header {node.key} is gone", node, None)
    for node in new.values():
        kind = "required-header" if is_true(sides.head.follow(node), "required") else "header"
        pair.tell(f"{kind}-added", f"header {node.key} is new", None, node)


def is_true(node: Node, word: str) -> bool:
    """Tell whether a switch is set."""
    found = node.get(word)
    return found is not None and found.value is True


def _lower(node: Node | None) -> dict[str, Node]:
    found = {} if node is None else {name.lower(): child for name, child in node.items()}
    return {name: child for name, child in found.items() if name != "content-type"}


def _links(sides: Comparison, pair: Pair, base: Node, head: Node) -> None:
    here, there = (
        dict(node.items()) if node else {} for node in (base.get("links"), head.get("links"))
    )
    pair.see_empty(base.get("links"), head.get("links"))
    for name in dict.fromkeys([*here, *there]):
        if name not in there:
            pair.tell("link-removed", f"link `{name}` is gone", here[name], None)
        elif name not in here:
            pair.tell("link-added", f"link `{name}` is new", None, there[name])
        else:
            pair.lead(sides.pair(compare_links, here[name], there[name]))


def compare_links(_: Comparison, base: Node, head: Node, pair: Pair) -> None:
    """Compare where two links lead."""
    texts(pair, "description", base.get("description"), head.get("description"))
    known = {"operationRef", "operationId", "parameters", "requestBody", "server"}
    for word in sorted(known):
        whole(pair, "link-changed", word, base.get(word), head.get(word))
    others(pair, base, head, known | {"description", "$ref"})
