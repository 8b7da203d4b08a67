"""Whether a contract itself says why a requirement is new, other, or gone."""

from collections.abc import Iterable, Mapping

from conformance.review.changes import Change, How
from conformance.review.nodes import Node

Catalogue = Mapping[str, Node]


def unexplained(changes: Iterable[Change], base: Catalogue, head: Catalogue) -> frozenset[str]:
    """Return the fingerprints of the changes of requirements for which no entry says why.

    A new requirement is explained by `why` in its entry, another text by `changed` that the base
    did not have, and one that no longer holds by `withdrawn`. Where only links changed, nobody
    need say why.
    """
    return frozenset(
        change.fingerprint
        for change in changes
        if not all(_is_explained(one.id, one.how, base, head) for one in change.requirements)
    )


def _is_explained(name: str, how: How, base: Catalogue, head: Catalogue) -> bool:
    before, after = base.get(name), head.get(name)
    if how == "relinked":
        return True
    if how == "added":
        return bool(_said(after, "why"))
    withdrawn = _said(after, "withdrawn")
    if withdrawn:
        return True
    changed = _said(after, "changed")
    return how == "changed" and bool(changed) and changed != _said(before, "changed")


def _said(entry: Node | None, key: str) -> str:
    found = entry.get(key) if entry else None
    return str(found.value).strip() if found and isinstance(found.value, str) else ""
