"""The navigation of the site: what docs/site/site.toml says, completed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

HEADING = re.compile(r"^# (.+?)(?: \{.*\})?$", re.MULTILINE)
MORE = "More"
Entry = Mapping[str, Any]


class NoPage(Exception):  # noqa: N818  # the build words it
    """A line of the navigation names a page that is not there; the message says which."""


def completed(nav: Sequence[Entry], pages: Mapping[str, str]) -> list[Any]:
    """Spell out `folder/*`, and put pages that no line names at the end, under "More".

    Pages below repository/ are reached by links; they need no line.

    Raises:
        NoPage: a line names a page that is not there.

    """
    whole = [_spelt(entry, pages) for entry in nav]
    named = set(_places(whole))
    missing = sorted(named - set(pages))
    if missing:
        raise NoPage(f"docs/site/site.toml names {', '.join(missing)}, and there is no such page.")
    left = unnamed(named, pages)
    return [*whole, {MORE: [_titled(place, pages) for place in left]}] if left else whole


def unnamed(named: set[str], pages: Mapping[str, str]) -> list[str]:
    """Give the places of the pages that the navigation should name and does not."""
    return sorted(one for one in pages if one not in named and not one.startswith("repository/"))


def _spelt(entry: Entry, pages: Mapping[str, str]) -> dict[str, Any]:
    ((title, value),) = entry.items()
    if isinstance(value, str):
        folder = value.removesuffix("*")
        return {title: value if folder == value else _folder(folder, pages)}
    return {title: [_spelt(one, pages) for one in value]}


def _folder(folder: str, pages: Mapping[str, str]) -> list[Any]:
    """List the pages of a folder in order of name, its index first."""
    index = f"{folder}index.md"
    places = sorted(one for one in pages if one.startswith(folder))
    return [_titled(one, pages) for one in sorted(places, key=lambda one: one != index)]


def _titled(place: str, pages: Mapping[str, str]) -> dict[str, str]:
    heading = HEADING.search(pages[place])
    return {heading[1] if heading else place: place}


def _places(nav: Sequence[Entry]) -> Iterator[str]:
    for entry in nav:
        for value in entry.values():
            yield from [value] if isinstance(value, str) else _places(value)
