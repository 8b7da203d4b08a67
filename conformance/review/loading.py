"""The two sides of a review, from files, folders and git revisions."""

import os
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from conformance.review import git
from conformance.review.collector import collector_at_rest
from conformance.review.commits import commit_of, merge_base, named, uncommitted
from conformance.review.disk import Disk, repository_of, whole_path
from conformance.review.documents import Documents, Source
from conformance.review.nodes import Node
from conformance.review.references import Links, link
from conformance.review.refused import (
    ReferenceRefused,
    RevisionUnreadable,
    SideInvalid,
    SideUnreadable,
)
from conformance.review.revisions import SHORT, Revision
from conformance.review.sides import Side
from conformance.review.validity import minor_version, problems
from conformance.review.yaml_text import FAST

OPENAPI_NAMES: Final = ("openapi.yaml", "openapi.yml", "openapi.json")
CATALOGUE_ENDINGS: Final = (".yaml", ".yml", ".json")
MOST_TOLD: Final = 10


@dataclass(frozen=True, slots=True)
class Where:
    """What is the same for both sides of a review.

    Attributes:
        repository: the git repository that revisions are of.
        contract: path of the contract within it, where a side names none.
        external: whether a reference may lead to files outside of the contract, on the disk.
        tolerate_invalid: whether an invalid document is reviewed all the same, and told.

    """

    repository: Path = Path()
    contract: str = "spec"
    external: bool = False
    tolerate_invalid: bool = False


def load_side(given: str, where: Where) -> Side:
    """Read what a side is given as: a file, a folder, `REVISION` or `REVISION:path`, in this order.

    Raises:
        SideRefused: it cannot be read, or is no valid contract.

    """
    if os.path.exists(given):  # noqa: PTH110  # Path.exists raises for what is no path at all
        return _on_disk(given, Path(given), where)
    revision, colon, inside = given.partition(":")
    try:
        commit = commit_of(where.repository, revision)
    except RevisionUnreadable as problem:
        raise RevisionUnreadable(f"{given} is no file and no folder; {problem}") from problem
    return _of_commit(named(given, commit), commit, inside if colon else where.contract, where)


def working_tree(where: Where) -> Side:
    """Read the contract of the work tree.

    Raises:
        SideRefused: it cannot be read, or is no valid contract.

    """
    root = repository_of(where.repository)
    if root is None:
        raise RevisionUnreadable(
            f"{where.repository.absolute()} lies in no git repository. Give a file or a folder, "
            "or name the repository: --repository PATH."
        )
    changed = uncommitted(root, where.contract)
    notice = (f"Not committed in the working tree: {', '.join(changed)}.",) if changed else ()
    name = "working tree, not all committed" if changed else "working tree"
    side = _load(name, Disk(root, root, outside=where.external), where.contract, where)
    return replace(side, notices=notice + side.notices)


def merge_base_side(where: Where, branch: str = "", tip: str = "HEAD") -> Side:
    """Read the contract as it was where a tip left a branch.

    Args:
        where: what is the same for both sides.
        branch: its name, or another revision; empty for the default branch.
        tip: a revision.

    Raises:
        SideRefused: there is no such commit, it cannot be read, or is no valid contract.

    """
    commit, other = merge_base(where.repository, branch, tip)
    named_so = commit.startswith(other)
    name = commit[:SHORT] if named_so else f"{commit[:SHORT]} (merge-base with {other})"
    return _of_commit(name, commit, where.contract, where)


def shown_path(path: Path) -> tuple[Path, str] | None:
    """Return the repository that a path lies in, and the path within it; None outside of any."""
    root = repository_of(path)
    if root is None:
        return None
    return root, whole_path(path).relative_to(root).as_posix()


def _on_disk(given: str, path: Path, where: Where) -> Side:
    inside = shown_path(path)
    if inside is not None:
        root, shown = inside
        return _load(given, Disk(root, root, outside=where.external), shown, where)
    if path.is_dir():
        return _load(given, Disk(path, path, outside=where.external), ".", where)
    return _load(given, Disk(Path(), path.parent, outside=where.external), given, where)


def _of_commit(name: str, commit: str, path: str, where: Where) -> Side:
    with Revision(where.repository, commit) as source:
        side = _load(name, source, posixpath.normpath(path or "."), where)
    return replace(side, commit=commit)


def changed_since(path: Path, base: Side) -> bool:
    """Tell whether a file on the disk is another than at the commit of a side, or new since.

    False where the side is no commit of the repository that the file lies in.

    Raises:
        SideRefused: it cannot be read there.

    """
    inside = shown_path(path) if base.commit else None
    if inside is None:
        return False
    root, shown = inside
    if git.ask(root, "cat-file", "-e", f"{base.commit}^{{commit}}") is None:
        return False
    with Revision(root, base.commit) as source:
        was = source.read(shown)
    return was is None or was != path.read_bytes()


def _load(name: str, source: Source, contract: str, where: Where) -> Side:
    with collector_at_rest():
        return _loaded(name, source, contract, where)


def _loaded(name: str, source: Source, contract: str, where: Where) -> Side:
    documents = Documents(source)
    names = source.names(contract)
    root = _root(name, documents, contract, names)
    minor = minor_version(root)
    folder = contract if names is not None else None
    schemas = dict(_neighbours(documents, folder, "schemas", (".schema.json",)))
    links = link(documents, root, schemas.values(), beside=minor > 0)
    told = [] if FAST else ["PyYAML has no C parser here, so reading takes ten times as long."]
    told += _checked(root, links, where)
    return Side(
        name=name,
        root=root,
        catalogue=_catalogue(documents, folder),
        schemas=schemas,
        plan=None if folder is None else documents.find(_joined(folder, "plan.json")),
        files={root.file: root} | documents.found(),
        notices=tuple(told),
        targets=links.targets,
    )


def _root(name: str, documents: Documents, contract: str, names: tuple[str, ...] | None) -> Node:
    if names is None:
        root = documents.find(contract)
        if root is None:
            raise SideUnreadable(
                f"{name} has no {contract}. Name where the contract lies: --contract PATH."
            )
        return root
    found = [one for one in OPENAPI_NAMES if one in names]
    if len(found) != 1:
        met = " and ".join(found) or "none of them"
        raise SideUnreadable(
            f"{_folder(name, contract)} holds {met}; a contract has one of "
            f"{', '.join(OPENAPI_NAMES)}. Name the file itself."
        )
    root = documents.find(_joined(contract, found[0]))
    if root is None:
        raise SideUnreadable(f"{_folder(name, contract)} has {found[0]}, which is no file.")
    return root


def _folder(name: str, contract: str) -> str:
    return f"The folder {name}" if contract in {name, "."} else f"The folder {contract} of {name}"


def _checked(root: Node, links: Links, where: Where) -> list[str]:
    """Return what is wrong and tolerated.

    Raises:
        SideInvalid: something is wrong.

    """
    wrong = [
        *problems(root, links.entries, links.schemas),
        *(sentence for _, sentence in sorted(links.broken.items())),
    ]
    refused = [sentence for _, sentence in sorted(links.refused.items())]
    if refused and not where.tolerate_invalid:
        raise ReferenceRefused(_first(refused))
    if wrong and not where.tolerate_invalid:
        raise SideInvalid(_first(wrong))
    return [*refused, *wrong]


def _first(sentences: list[str]) -> str:
    more = len(sentences) - MOST_TOLD
    return "\n".join(sentences[:MOST_TOLD] + ([f"... and {more} more."] if more > 0 else []))


def _catalogue(documents: Documents, folder: str | None) -> dict[str, Node]:
    entries: dict[str, Node] = {}
    for path, document in _neighbours(documents, folder, "requirements", CATALOGUE_ENDINGS):
        if not document.is_mapping:
            raise SideInvalid(
                f"{path}:{document.line}: a catalogue is a mapping of ids to entries."
            )
        for name, entry in document.items():
            if name in entries:
                raise SideInvalid(
                    f"{entry.place}: the requirement {name} is at {entries[name].place} already."
                )
            entries[name] = entry
    return entries


def _neighbours(
    documents: Documents, folder: str | None, inside: str, endings: tuple[str, ...]
) -> Iterator[tuple[str, Node]]:
    """Go through the files of a folder beside the document, by shown path."""
    if folder is None:
        return
    place = _joined(folder, inside)
    for name in documents.source.names(place) or ():
        if name.endswith(endings):
            document = documents.find(_joined(place, name))
            if document is not None:
                yield document.file, document


def _joined(folder: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(folder, name))
