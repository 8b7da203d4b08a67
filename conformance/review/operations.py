"""Which operation of one side is which of the other, and what differs between them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from conformance.review.changes import Flow, Reach
from conformance.review.comparison import Comparison
from conformance.review.content import (
    UNSENT,
    compare_bodies,
    compare_parameters,
    compare_responses,
    is_true,
    rename,
    renamed,
)
from conformance.review.nodes import Node
from conformance.review.pairs import Pair, shared, weight
from conformance.review.security import compare_schemes, compare_security, compare_servers, schemes
from conformance.review.values import flags, others, texts, whole

if TYPE_CHECKING:
    from conformance.review.sides import Side

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
OPPOSITE: Final[dict[Flow, Flow]] = {"to-server": "from-server", "from-server": "to-server"}
MOST_COMPARED: Final = 400
TEMPLATE: Final = re.compile(r"\{([^{}]*)\}")
ITEM: Final = frozenset(
    {*METHODS, "additionalOperations", "summary", "description", "servers", "parameters", "$ref"}
)


@dataclass(frozen=True, slots=True)
class Root:
    """A pair that is a part of one operation; `reach` says which part."""

    pair: Pair
    reach: Reach


@dataclass(frozen=True, slots=True)
class Kind:
    """Operations of one kind.

    Attributes:
        word: operation, webhook or callback: of the rules for what is new or gone.
        flow: who sends the request.
        name: what comes before method and path.

    """

    word: str
    flow: Flow
    name: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """An operation or its path item, in the path that it has."""

    node: Node
    path: str
    item: Node


class Operations:
    """Finds the parts of all operations that stand for each other."""

    def __init__(self, sides: Comparison) -> None:
        """Compare what holds for all operations first."""
        self.sides = sides
        self.roots: list[Root] = []
        self._nothing, self._no_servers = (
            tuple(
                Node([], side.root.file, side.root.line, side.root, word)
                for side in (sides.base, sides.head)
            )
            for word in ("security", "servers")
        )
        self._schemes = self._pairs_of_schemes()

    def walk(self) -> list[Root]:
        """Return every part of every operation."""
        base, head = self.sides.base.root, self.sides.head.root
        self._paths(base.get("paths"), head.get("paths"), Kind("operation", "to-server"))
        here, there = (_members(node.get("webhooks")) for node in (base, head))
        for name in dict.fromkeys([*here, *there]):
            kind = Kind("webhook", "from-server", f"webhook {name}")
            items = [[side[name]] if name in side else [] for side in (here, there)]
            self._items(items[0], items[1], "", kind)
        return self.roots

    def _paths(self, base: Node | None, head: Node | None, kind: Kind) -> None:
        here, there = _by_template(base), _by_template(head)
        for template in dict.fromkeys([*here, *there]):
            ones, others_ = here.get(template, []), there.get(template, [])
            self._items(ones, others_, "", kind)

    def _items(self, ones: list[Node], others_: list[Node], path: str, kind: Kind) -> None:
        here, there = list(ones), list(others_)
        for one in list(here):
            same = [other for other in there if other.key == one.key] or there[:1]
            if same:
                here.remove(one)
                there.remove(same[0])
                self._item(one, same[0], path, kind)
        for one in here:
            self._alone(one, path, kind, gone=True)
        for other in there:
            self._alone(other, path, kind, gone=False)

    def _alone(self, node: Node, path: str, kind: Kind, *, gone: bool) -> None:
        side = self.sides.base if gone else self.sides.head
        item = side.follow(node)
        for method, operation in _methods(item):
            self._lonely(Placed(operation, path or str(node.key), item), method, kind, gone=gone)
        pair = Pair()
        pair.see(node, item)
        if not dict(_methods(item)):
            both = (node, None) if gone else (None, node)
            whole(pair, "not-judged", "path without operations", *both)
        self.roots.append(Root(pair, Reach(_named(kind, "", path or str(node.key)))))

    def _lonely(self, placed: Placed, method: str, kind: Kind, *, gone: bool) -> None:
        pair = Pair()
        reach = _reach(kind, method, placed)
        word = "gone" if gone else "new"
        rule = f"{kind.word}-{'removed' if gone else 'added'}"
        nodes = (placed.node, None) if gone else (None, placed.node)
        pair.tell(rule, f"{reach.operation} is {word}", *nodes)
        self.roots.append(Root(pair, reach))

    def _item(self, one: Node, other: Node, path: str, kind: Kind) -> None:
        base, head = self.sides.base.follow(one), self.sides.head.follow(other)
        pair = Pair()
        for word in ("summary", "description"):
            texts(pair, word, base.get(word) or one.get(word), head.get(word) or other.get(word))
        others(pair, base, head, ITEM)
        before, after = path or str(one.key), path or str(other.key)
        if kind.word == "operation":
            _names_of_template(pair, one, other)
        here, there = dict(_methods(base)), dict(_methods(head))
        for method in dict.fromkeys([*here, *there]):
            both = (here.get(method), there.get(method))
            if both[0] is not None and both[1] is not None:
                placed = (Placed(both[0], before, base), Placed(both[1], after, head))
                self._operation(method, kind, *placed)
                self.roots.append(Root(pair, _reach(kind, method, placed[1])))
            elif both[0] is not None:
                self._lonely(Placed(both[0], before, base), method, kind, gone=True)
            elif both[1] is not None:
                self._lonely(Placed(both[1], after, head), method, kind, gone=False)
        if not here and not there:
            self.roots.append(Root(pair, Reach(_named(kind, "", after))))

    def _operation(self, method: str, kind: Kind, one: Placed, other: Placed) -> None:
        reach = _reach(kind, method, other)
        self._holding_for_all(one, other, reach)
        if self._untouched(one, other):
            pair = Pair()
            pair.see(one.node, other.node)
            for side in (one, other):
                pair.see(side.item.get("parameters"))
            self.roots.append(Root(pair, reach))
            return
        pair = Pair()
        self.roots.append(Root(pair, reach))
        self._words(pair, one.node, other.node)
        self._parameters(pair, one, other, reach)
        self._body(pair, one.node, other.node, reach)
        self._responses(pair, one.node, other.node, reach)
        self._callbacks(pair, one.node, other.node, reach)

    def _untouched(self, one: Placed, other: Placed) -> bool:
        lists = one.item.get("parameters"), other.item.get("parameters")
        if (lists[0] is None) != (lists[1] is None):
            return False
        if lists[0] and lists[1] and not self.sides.unchanged(lists[0], lists[1]):
            return False
        renamed_ = TEMPLATE.findall(one.path) != TEMPLATE.findall(other.path)
        return not renamed_ and self.sides.unchanged(one.node, other.node)

    def _holding_for_all(self, one: Placed, other: Placed, reach: Reach) -> None:
        """Compare who is let in and where, which an operation can have of the whole document."""
        sides = self.sides
        asked = [
            placed.node.get("security") or side.root.get("security") or nothing
            for placed, side, nothing in zip(
                (one, other), (sides.base, sides.head), self._nothing, strict=True
            )
        ]
        self._root(sides.pair(compare_security, asked[0], asked[1]), reach)
        names = [name for one in asked[0].elements() for name, _ in one.items()]
        for name in dict.fromkeys(names):
            if name in self._schemes:
                self._root(self._schemes[name], reach)
        where = [
            placed.node.get("servers") or placed.item.get("servers") or side.root.get("servers")
            for placed, side in zip((one, other), (sides.base, sides.head), strict=True)
        ]
        listed = [one or none for one, none in zip(where, self._no_servers, strict=True)]
        self._root(sides.pair(compare_servers, listed[0], listed[1]), reach)

    def _root(self, pair: Pair, reach: Reach) -> None:
        self.roots.append(Root(pair, reach))

    def _pairs_of_schemes(self) -> dict[str, Pair]:
        sides = self.sides
        here, there = schemes(sides.base), schemes(sides.head)
        return {
            name: sides.pair(compare_schemes, here[name], there[name])
            for name in shared(here, there)
        }

    def _words(self, pair: Pair, base: Node, head: Node) -> None:
        before, after = base.get("operationId"), head.get("operationId")
        whole(pair, "operation-id-changed", "operationId", before, after)
        for word in ("summary", "description"):
            texts(pair, word, base.get(word), head.get(word))
        one, other = base.get("externalDocs"), head.get("externalDocs")
        whole(pair, "text-changed", "externalDocs", one, other)
        rules = ("deprecated", "undeprecated")
        flags(pair, rules, "`deprecated`", base.get("deprecated"), head.get("deprecated"))
        _tags(pair, base.get("tags"), head.get("tags"))
        known = {"operationId", "summary", "description", "externalDocs", "deprecated", "tags",
                 "servers", "security", "parameters", "requestBody", "responses",
                 "callbacks"}  # fmt: skip
        others(pair, base, head, known)

    def _parameters(self, pair: Pair, one: Placed, other: Placed, reach: Reach) -> None:
        here = self._effective(one, left=True)
        there = self._effective(other, left=False)
        for side in (one.node, one.item, other.node, other.item):
            given = side.get("parameters")
            pair.see_empty(given)
        for key in shared(here, there):
            inner = self.sides.pair(compare_parameters, here[key], there[key])
            self._root(inner, replace(reach, at=_at(self.sides.head, there[key])))
        gone = {key: here[key] for key in here if key not in there}
        new = {key: there[key] for key in there if key not in here}
        self._moved(gone, new, reach)
        for node in gone.values():
            asked = is_true(self.sides.base.follow(node), "required")
            rule = "required-parameter-removed" if asked else "parameter-removed"
            at = _at(self.sides.base, node)
            self._told(rule, f"{at} parameter is gone", (node, None), replace(reach, at=at))
        for node in new.values():
            asked = is_true(self.sides.head.follow(node), "required")
            rule = "required-parameter-added" if asked else "parameter-added"
            at = _at(self.sides.head, node)
            self._told(rule, f"{at} parameter is new", (None, node), replace(reach, at=at))

    def _told(
        self, rule: str, what: str, nodes: tuple[Node | None, Node | None], reach: Reach
    ) -> None:
        pair = Pair()
        pair.tell(rule, what, *nodes)
        self._root(pair, reach)

    def _moved(
        self,
        gone: dict[tuple[str, str], Node],
        new: dict[tuple[str, str], Node],
        reach: Reach,
    ) -> None:
        """Take out what only has another place or another name."""
        few = len(gone) * len(new) <= MOST_COMPARED
        for key in list(gone):
            same = [other for other in new if other[1].lower() == key[1].lower()]
            rule = "parameter-moved"
            if not same and few:
                same = [
                    other
                    for other in new
                    if other[0] == key[0] and self._alike(gone[key], new[other])
                ]
                rule = "parameter-renamed"
            if len(same) == 1:
                one, other = gone.pop(key), new.pop(same[0])
                inner = self.sides.pair(compare_parameters, one, other)
                was, at = _at(self.sides.base, one), _at(self.sides.head, other)
                self._root(inner, replace(reach, at=at))
                moved = Pair()
                word = "name" if rule == "parameter-renamed" else "in"
                nodes = (
                    self.sides.base.follow(one).get(word),
                    self.sides.head.follow(other).get(word),
                )
                moved.tell(rule, f"{was} parameter became {at}", *nodes)
                self._root(moved, replace(reach, at=at))

    def _alike(self, one: Node, other: Node) -> bool:
        return not weight(self.sides.pair(compare_parameters, one, other))

    def _effective(self, placed: Placed, *, left: bool) -> dict[tuple[str, str], Node]:
        side = self.sides.base if left else self.sides.head
        names = TEMPLATE.findall(placed.path)
        found: dict[tuple[str, str], Node] = {}
        for owner in (placed.item, placed.node):
            given = owner.get("parameters")
            for node in given.elements() if given else ():
                parameter = side.follow(node)
                place, name = _text(parameter, "in"), _text(parameter, "name")
                if place == "header" and name.lower() in UNSENT:
                    continue
                if place == "path" and name in names:
                    name = f"{{{names.index(name)}}}"
                found[place, name.lower() if place == "header" else name] = node
        return found

    def _body(self, pair: Pair, base: Node, head: Node, reach: Reach) -> None:
        before, after = base.get("requestBody"), head.get("requestBody")
        if before is not None and after is not None:
            self._root(self.sides.pair(compare_bodies, before, after), reach)
        elif after is not None:
            asked = is_true(self.sides.head.follow(after), "required")
            rule = "required-body-added" if asked else "body-added"
            pair.tell(rule, "a request body is new", None, after)
        elif before is not None:
            pair.tell("body-removed", "the request body is gone", before, None)

    def _responses(self, pair: Pair, base: Node, head: Node, reach: Reach) -> None:
        nodes = base.get("responses"), head.get("responses")
        pair.see_empty(*nodes)
        here, there = (
            {
                name.upper() if name != "default" else name: node
                for name, node in _members(side).items()
            }
            for side in nodes
        )
        for key in [key for key in (*here, *there) if key.startswith("X-")]:
            whole(pair, "not-judged", key.lower(), here.pop(key, None), there.pop(key, None))
        answer = replace(reach, direction="response", flow=OPPOSITE[reach.flow])
        for status in shared(here, there):
            inner = self.sides.pair(compare_responses, here[status], there[status])
            self._root(inner, replace(answer, status=status))
        gone = {status: here[status] for status in here if status not in there}
        new = {status: there[status] for status in there if status not in here}
        self._ranges((gone, new), (here, there), answer)
        for one, other in self._other_status(gone, new):
            inner = self.sides.pair(compare_responses, gone[one], new[other])
            self._root(inner, replace(answer, status=other))
            told = Pair()
            said = f"response {one} became {other}"
            rename(told, "response-status-changed", said, gone.pop(one), new.pop(other))
            self._root(told, replace(answer, status=other))
        for status, node in gone.items():
            self._status("removed", status, node, answer)
        for status, node in new.items():
            self._status("added", status, node, answer)

    def _ranges(
        self,
        lone: tuple[dict[str, Node], dict[str, Node]],
        sides: tuple[dict[str, Node], dict[str, Node]],
        answer: Reach,
    ) -> None:
        """Take out the failures that the other side tells by their range, and compare with that."""
        for place, rule in enumerate(("response-merged", "response-split")):
            for status in list(lone[place]):
                around = sides[not place].get(f"{status[0]}XX")
                if around is None or status[0] not in "45" or status.endswith("XX"):
                    continue
                one = lone[place].pop(status)
                base, head = (around, one) if place else (one, around)
                reach = replace(answer, status=status)
                self._root(self.sides.pair(compare_responses, base, head), reach)
                told = Pair()
                word = "named beside" if place else "told by"
                rename(told, rule, f"response {status} is {word} {status[0]}XX", base, head)
                self._root(told, reach)

    def _status(self, what: str, status: str, node: Node, answer: Reach) -> None:
        pair = Pair()
        gone = what == "removed"
        nodes = (node, None) if gone else (None, node)
        pair.tell(f"response-{what}", f"response {status} is {'gone' if gone else 'new'}", *nodes)
        self._root(pair, replace(answer, status=status))

    def _other_status(self, gone: dict[str, Node], new: dict[str, Node]) -> list[tuple[str, str]]:
        """Pair the only success with the only other, and what has nothing but another status."""
        found: list[tuple[str, str]] = []
        wins = [[status for status in side if status.startswith("2")] for side in (gone, new)]
        if len(wins[0]) == len(wins[1]) == 1:
            found.append((wins[0][0], wins[1][0]))
        rest = [
            {status: node for status, node in side.items() if status not in pair}
            for side, pair in zip(
                (gone, new), zip(*found, strict=True) if found else ((), ()), strict=True
            )
        ]
        return found + renamed(self.sides, compare_responses, rest[0], rest[1])

    def _callbacks(self, pair: Pair, base: Node, head: Node, reach: Reach) -> None:
        here, there = _members(base.get("callbacks")), _members(head.get("callbacks"))
        pair.see_empty(base.get("callbacks"), head.get("callbacks"))
        for name in dict.fromkeys([*here, *there]):
            kind = Kind("callback", OPPOSITE[reach.flow], f"{reach.operation} callback {name}")
            if name not in here or name not in there:
                gone = name in here
                self._lonely_callback((here if gone else there)[name], kind, gone=gone)
                continue
            items = [
                list(_members(side.follow(found[name])).values())
                for side, found in ((self.sides.base, here), (self.sides.head, there))
            ]
            ones, others_ = (
                [item for item in side if not str(item.key).startswith("x-")] for side in items
            )
            if len(ones) == len(others_) == 1 and ones[0].key != others_[0].key:
                told = Pair()
                what = f"callback `{name}` goes to {others_[0].key} instead of {ones[0].key}"
                rename(told, "callback-url-changed", what, ones[0], others_[0])
                path = str(others_[0].key)
                self._each_method(told, path, self.sides.head.follow(others_[0]), kind)
                self._item(ones[0], others_[0], path, kind)
            else:
                self._items(ones, others_, "", kind)
            self._extensions(reach, items)

    def _lonely_callback(self, node: Node, kind: Kind, *, gone: bool) -> None:
        pair = Pair()
        rule = "callback-removed" if gone else "callback-added"
        what = f"callback `{node.key}` is {'gone' if gone else 'new'}"
        pair.tell(rule, what, *((node, None) if gone else (None, node)))
        side = self.sides.base if gone else self.sides.head
        for path, item in _members(side.follow(node)).items():
            self._each_method(pair, path, side.follow(item), kind)

    def _each_method(self, pair: Pair, path: str, item: Node, kind: Kind) -> None:
        for method, operation in _methods(item):
            self._root(pair, _reach(kind, method, Placed(operation, path, item)))

    def _extensions(self, reach: Reach, items: list[list[Node]]) -> None:
        pair = Pair()
        here, there = (
            {str(node.key): node for node in side if str(node.key).startswith("x-")}
            for side in items
        )
        for name in dict.fromkeys([*here, *there]):
            whole(pair, "not-judged", name, here.get(name), there.get(name))
        self._root(pair, reach)


def _members(node: Node | None) -> dict[str, Node]:
    return dict(node.items()) if node is not None else {}


def _methods(item: Node) -> Iterator[tuple[str, Node]]:
    for name, node in item.items():
        if name in METHODS:
            yield name.upper(), node
    more = item.get("additionalOperations")
    yield from more.items() if more is not None else ()


def _by_template(paths: Node | None) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for path, node in _members(paths).items():
        if path.startswith("/"):
            found.setdefault(TEMPLATE.sub("{}", path), []).append(node)
    return found


def _names_of_template(pair: Pair, one: Node, other: Node) -> None:
    """Tell the parameters of a path that have another name in it."""
    before, after = TEMPLATE.findall(str(one.key)), TEMPLATE.findall(str(other.key))
    names = [(was, now) for was, now in zip(before, after, strict=False) if was != now]
    if names:
        what = ", ".join(f"path parameter `{was}` became `{now}`" for was, now in names)
        values = tuple(", ".join(side) for side in zip(*names, strict=True))
        pair.note("path-parameter-renamed", what, one, other, (values[0], values[1]))


def _tags(pair: Pair, before: Node | None, after: Node | None) -> None:
    pair.see(before, after)
    here, there = (
        {one.digest for one in node.elements()} if node else set() for node in (before, after)
    )
    if here != there:
        pair.tell("tags-changed", "tags changed", before, after)


def _named(kind: Kind, method: str, path: str) -> str:
    if kind.word == "operation":
        return f"{method} {path}".strip()
    return f"{kind.name} {method}" + (f" {path}" if kind.word == "callback" else "")


def _reach(kind: Kind, method: str, placed: Placed) -> Reach:
    return Reach(
        _named(kind, method, placed.path), _text(placed.node, "operationId"), "request", kind.flow
    )


def _text(node: Node, word: str) -> str:
    found = node.get(word)
    return str(found.value) if found is not None else ""


def _at(side: "Side", node: Node) -> str:
    parameter = side.follow(node)
    return f"{_text(parameter, 'in')} {_text(parameter, 'name')}"
