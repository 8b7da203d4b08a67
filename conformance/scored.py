"""Which requirements a version of the contract scores: `spec/scored/VERSION.txt`, an id a line."""

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

FOLDER: Final = "scored"
RELEASE: Final = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
Version = tuple[int, ...]
Lists = Mapping[str, tuple[str, ...]]


class UnusableList(Exception):  # noqa: N818  # the reader of the contract words it on
    """A list cannot be used; the message is one sentence."""


def scored_ids(folder: Path, version: str, ids: Collection[str]) -> Collection[str]:
    """Return the ids that a version scores: those of its list, and all of them without one.

    Args:
        folder: of the contract.
        version: the contract's own.
        ids: every requirement of the contract.

    Raises:
        UnusableList: it cannot be read, is empty, or names what is no requirement. A misspelt id
            would take a requirement out of the gate without a word.

    """
    path = folder / FOLDER / f"{version}.txt"
    if not path.is_file():
        return ids
    listed = _ids_in(path)
    unknown = [one for one in listed if one not in ids]
    if unknown or not listed:
        met = f"names {unknown[0]}, which is no requirement" if unknown else "names no requirement"
        raise UnusableList(f"The list of scored requirements {path} {met}.")
    return frozenset(listed)


def scored_lists(folder: Path) -> Lists:
    """Return every list of a contract by the name of its file without the suffix.

    Raises:
        UnusableList: one of them cannot be read.

    """
    paths = (folder / FOLDER).glob("*") if (folder / FOLDER).is_dir() else ()
    return {path.name.removesuffix(".txt"): _ids_in(path) for path in sorted(paths)}


def broken_lists(
    lists: Lists, version: str, frozen: Collection[str], entries: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    """Say where the lists break what record 0033 promises.

    Args:
        lists: by version.
        version: the contract's own.
        frozen: every id ever published, in order.
        entries: the catalogue, as it is written.

    """
    releases = {name: _release(name) for name in lists if _release(name)}
    yield from (f"scored/{name}: not MAJOR.MINOR.PATCH.txt" for name in lists.keys() - releases)
    for name, ids in lists.items():
        yield from (f"scored/{name} {said}" for said in _broken_list(ids, frozen, entries))
    if lists and _release(version) and version not in lists:
        yield f"scored/ has no list for {version}, so that all of it would be scored at once"
    withdrawn = {name for name, entry in entries.items() if "withdrawn" in entry}
    for earlier, later in pairwise(sorted(releases, key=releases.__getitem__)):
        lost = [one for one in lists[earlier] if one not in (*lists[later], *withdrawn)]
        yield from (f"scored/{later} leaves out {one}, which {earlier} scores" for one in lost)
        if releases[earlier][:2] == releases[later][:2]:
            new = [one for one in lists[later] if one not in lists[earlier]]
            yield from (f"scored/{later} adds {one}; a patch of {earlier} adds none" for one in new)


def _broken_list(
    ids: tuple[str, ...], frozen: Collection[str], entries: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    yield from (f"names {one}, which was never published" for one in ids if one not in frozen)
    planned = [one for one in ids if entries.get(one, {}).get("status") == "planned"]
    yield from (f"names {one}, which nothing judges yet" for one in planned)
    if not ids:
        yield "names no requirement"
    if list(ids) != [one for one in frozen if one in ids]:
        yield "is not in the order of frozen-ids.txt, each id once"


def _release(name: str) -> Version:
    """Return the numbers of a release; () for any other version."""
    met = RELEASE.fullmatch(name)
    return tuple(map(int, met.groups())) if met else ()


def _ids_in(path: Path) -> tuple[str, ...]:
    try:
        return tuple(path.read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError) as problem:
        why = f"The list of scored requirements {path} cannot be read: {problem}."
        raise UnusableList(why) from problem
