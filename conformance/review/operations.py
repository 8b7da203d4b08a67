"""Which operation of one side is which of the other, and what differs between them."""

from typing import Final

from conformance.review.changes import Reach
from conformance.review.comparison import Comparison
from conformance.review.content import compare_bodies, is_true
from conformance.review.held_by_all import HeldByAll
from conformance.review.nodes import Node
from conformance.review.pairs import Pair, shared
from conformance.review.parameters import parameters
from conformance.review.placed import (
    METHODS,
    OPPOSITE,
    TEMPLATE,
    Kind,
    Placed,
    Root,
    by_template,
    members,
    methods,
    named,
    reach_of,
)
from conformance.review.renaming import rename
from conformance.review.responses import responses
from conformance.review.values import flags, others, texts, whole

ITEM: Final = frozenset(
    {*METHODS, "additionalOperations", "summary", "description", "servers", "parameters", "$ref"}
)


class Operations:
    """Finds the parts of all operations that stand for each other."""

    def __init__(self, sides: Comparison) -> None:
        """Compare what holds for all operations first."""
        self.sides = sides
        self.roots: list[Root] = []
        self._held_by_all = HeldByAll(sides)

    def walk(self) -> list[Root]:
        """Return every part of every operation."""
        base, head = self.sides.base.root, self.sides.head.root
        self._paths(base.get("paths"), head.get("paths"), Kind("operation", "to-server"))
        here, there = (members(node.get("webhooks")) for node in (base, head))
        for name in dict.fromkeys([*here, *there]):
            kind = Kind("webhook", "from-server", f"webhook {name}")
            items = [[side[name]] if name in side else [] for side in (here, there)]
            self._items(items[0], items[1], "", kind)
        return self.roots

    def _paths(self, base: Node | None, head: Node | None, kind: Kind) -> None:
        here, there = by_template(base), by_template(head)
        for template in dict.fromkeys([*here, *there]):
            ones, others_ = here.get(template, []), there.get(template, [])
            self._items(ones, others_, "", kind)

    def _items(self, ones: list[Node], others_: list[Node], path: str, kind: Kind) -> None:
        """Compare the path items of one template: by their spelling, then in their order."""
        here, there = list(ones), list(others_)
        for same in (True, False):
            for one in list(here):
                found = [other for other in there if other.key == one.key or not same][:1]
                if found:
                    here.remove(one)
                    there.remove(found[0])
                    self._item(one, found[0], path, kind)
        for one in here:
            self._alone(one, path, kind, gone=True)
        for other in there:
            self._alone(other, path, kind, gone=False)

    def _alone(self, node: Node, path: str, kind: Kind, *, gone: bool) -> None:
        side = self.sides.base if gone else self.sides.head
        item = side.follow(node)
        for method, operation in methods(item):
            self._lonely(Placed(operation, path or str(node.key), item), method, kind, gone=gone)
        pair = Pair()
        pair.see(node, item)
        if not dict(methods(item)):
            both = (node, None) if gone else (None, node)
            whole(pair, "not-judged", "path without operations", *both)
        self.roots.append(Root(pair, Reach(named(kind, "", path or str(node.key)))))

    def _lonely(self, placed: Placed, method: str, kind: Kind, *, gone: bool) -> None:
        pair = Pair()
        reach = reach_of(kind, method, placed)
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
        here, there = dict(methods(base)), dict(methods(head))
        for method in dict.fromkeys([*here, *there]):
            both = (here.get(method), there.get(method))
            if both[0] is not None and both[1] is not None:
                placed = (Placed(both[0], before, base), Placed(both[1], after, head))
                self._operation(method, kind, *placed)
                self.roots.append(Root(pair, reach_of(kind, method, placed[1])))
            elif both[0] is not None:
                self._lonely(Placed(both[0], before, base), method, kind, gone=True)
            elif both[1] is not None:
                self._lonely(Placed(both[1], after, head), method, kind, gone=False)
        if not here and not there:
            self.roots.append(Root(pair, Reach(named(kind, "", after))))

    def _operation(self, method: str, kind: Kind, one: Placed, other: Placed) -> None:
        reach = reach_of(kind, method, other)
        self.roots += self._held_by_all.roots(one, other, reach)
        if self._untouched(one, other):
            pair = Pair()
            pair.see(one.node, other.node)
            for side in (one, other):
                pair.see(side.item.get("parameters"))
            self.roots.append(Root(pair, reach))
            return
        pair = Pair()
        self.roots.append(Root(pair, reach))
        _words(pair, one.node, other.node)
        self.roots += parameters(self.sides, one, other, reach)
        self._body(pair, one.node, other.node, reach)
        self.roots += responses(self.sides, one.node, other.node, reach)
        self._callbacks(pair, one.node, other.node, reach)

    def _untouched(self, one: Placed, other: Placed) -> bool:
        lists = one.item.get("parameters"), other.item.get("parameters")
        if (lists[0] is None) != (lists[1] is None):
            return False
        if lists[0] and lists[1] and not self.sides.unchanged(lists[0], lists[1]):
            return False
        renamed_ = TEMPLATE.findall(one.path) != TEMPLATE.findall(other.path)
        return not renamed_ and self.sides.unchanged(one.node, other.node)

    def _root(self, pair: Pair, reach: Reach) -> None:
        self.roots.append(Root(pair, reach))

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

    def _callbacks(self, pair: Pair, base: Node, head: Node, reach: Reach) -> None:
        here, there = members(base.get("callbacks")), members(head.get("callbacks"))
        pair.see_empty(base.get("callbacks"), head.get("callbacks"))
        for name in dict.fromkeys([*here, *there]):
            kind = Kind("callback", OPPOSITE[reach.flow], f"{reach.operation} callback {name}")
            if name not in here or name not in there:
                gone = name in here
                self._lonely_callback((here if gone else there)[name], kind, gone=gone)
                continue
            base_items = members(self.sides.base.follow(here[name]))
            head_items = members(self.sides.head.follow(there[name]))
            self._urls(name, base_items, head_items, kind)
            self._extensions(reach, base_items, head_items)

    def _urls(self, name: str, base: dict[str, Node], head: dict[str, Node], kind: Kind) -> None:
        """Compare where a callback goes; an only one that is gone and an only new one are one."""
        here, there = (
            {url: item for url, item in side.items() if not url.startswith("x-")}
            for side in (base, head)
        )
        for url in shared(here, there):
            self._item(here.pop(url), there.pop(url), "", kind)
        if len(here) == len(there) == 1:
            (was, one), (url, other) = *here.items(), *there.items()
            told = Pair()
            what = f"callback `{name}` goes to {url} instead of {was}"
            rename(told, "callback-url-changed", what, one, other)
            self._each_method(told, url, self.sides.head.follow(other), kind)
            self._item(one, other, url, kind)
            return
        for one in here.values():
            self._alone(one, "", kind, gone=True)
        for other in there.values():
            self._alone(other, "", kind, gone=False)

    def _lonely_callback(self, node: Node, kind: Kind, *, gone: bool) -> None:
        pair = Pair()
        rule = "callback-removed" if gone else "callback-added"
        what = f"callback `{node.key}` is {'gone' if gone else 'new'}"
        pair.tell(rule, what, *((node, None) if gone else (None, node)))
        side = self.sides.base if gone else self.sides.head
        for path, item in members(side.follow(node)).items():
            self._each_method(pair, path, side.follow(item), kind)

    def _each_method(self, pair: Pair, path: str, item: Node, kind: Kind) -> None:
        for method, operation in methods(item):
            self._root(pair, reach_of(kind, method, Placed(operation, path, item)))

    def _extensions(self, reach: Reach, base: dict[str, Node], head: dict[str, Node]) -> None:
        pair = Pair()
        for name in dict.fromkeys(name for name in (*base, *head) if name.startswith("x-")):
            whole(pair, "not-judged", name, base.get(name), head.get(name))
        self._root(pair, reach)


def _names_of_template(pair: Pair, one: Node, other: Node) -> None:
    """Tell the parameters of a path that have another name in it."""
    before, after = TEMPLATE.findall(str(one.key)), TEMPLATE.findall(str(other.key))
    names = [(was, now) for was, now in zip(before, after, strict=False) if was != now]
    if names:
        what = ", ".join(f"path parameter `{was}` became `{now}`" for was, now in names)
        values = tuple(", ".join(side) for side in zip(*names, strict=True))
        pair.note("path-parameter-renamed", what, one, other, (values[0], values[1]))


def _words(pair: Pair, base: Node, head: Node) -> None:
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


def _tags(pair: Pair, before: Node | None, after: Node | None) -> None:
    pair.see(before, after)
    here, there = (
        {one.digest for one in node.elements()} if node else set() for node in (before, after)
    )
    if here != there:
        pair.tell("tags-changed", "tags changed", before, after)
