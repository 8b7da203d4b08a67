"""The requirements as pages: one for each area, and one that lists them all."""

from collections.abc import Iterable, Iterator, Sequence

from site_markdown import code, codes, link, page, plain, table

from conformance.contract import AREAS, Contract, Requirement, spec_folder
from conformance.invariants import INVARIANTS
from conformance.scenarios import SCENARIOS
from reference_server.faults import FAULTS

FOLDER = "reference/requirements"
LEVELS = ("MUST", "SHOULD", "MAY")


def requirement_pages(contract: Contract) -> dict[str, str]:
    """Make the list and the page of each area, by place."""
    areas = {area: tuple(_of(contract, area)) for area in AREAS}
    return {
        f"{FOLDER}/index.md": _list(contract, areas),
        **{f"{FOLDER}/{area}.md": _area(area, found) for area, found in areas.items()},
    }


def title(area: str) -> str:
    """Say what an area is about: the first line of its file, such as `Binding a member`."""
    text = (spec_folder() / "requirements" / f"{area}.yaml").read_text(encoding="utf-8")
    return text.partition("\n")[0].removeprefix("#").strip().rstrip(".")


def _of(contract: Contract, area: str) -> Iterator[Requirement]:
    return (one for one in contract.requirements.values() if _area_of(one) == area)


def _area_of(requirement: Requirement) -> str:
    return requirement.id.partition("-")[0].lower()


def _list(contract: Contract, areas: dict[str, tuple[Requirement, ...]]) -> str:
    every = contract.requirements.values()
    planned = sum(one.planned for one in every)
    by_area = [(_area_link(area), plain(title(area)), *_counts(of)) for area, of in areas.items()]
    by_profile = [
        (code(name), codes(includes), *_counts([one for one in every if name in one.profiles]))
        for name, includes in contract.profiles.items()
    ]
    rows = [
        (_link(one), one.level, codes(one.profiles), _state(one), plain(one.text)) for one in every
    ]
    counts = (*LEVELS, "judged", "planned")
    return page(
        "All requirements",
        f"The contract has {len(every)} requirements. {len(every) - planned} of them are judged, "
        f"the other {planned} are planned: written down, and looked at by no check yet.",
        "## By area",
        table(("area", "about", *counts), by_area),
        "## By profile",
        "A profile is held when every MUST in it is, and every MUST in those that it includes.",
        table(("profile", "includes", *counts), by_profile),
        "## All of them",
        table(("id", "level", "profiles", "state", "text"), rows),
    )


def _area_link(area: str) -> str:
    return link(area, f"{area}.md")


def _link(one: Requirement) -> str:
    return link(one.id, f"{_area_of(one)}.md#{one.id.lower()}")


def _counts(found: Sequence[Requirement]) -> tuple[str, ...]:
    planned = sum(one.planned for one in found)
    levels = [sum(one.level == level for one in found) for level in LEVELS]
    return tuple(map(str, (*levels, len(found) - planned, planned)))


def _state(requirement: Requirement) -> str:
    return "planned" if requirement.planned else "judged"


def _area(area: str, found: Iterable[Requirement]) -> str:
    return page(f"{area.upper()}: {title(area)}", *map(_told, found))


def _told(requirement: Requirement) -> str:
    facts = {
        "why": plain(requirement.why),
        "operations": codes(requirement.operations) if requirement.operations else "",
        "how it may be judged": plain(requirement.check),
        "what is no violation": plain(requirement.guard),
        "closed by": codes(requirement.closed_by) if requirement.closed_by else "",
        "judged by": ", ".join(_judged_by(requirement)),
        "faults that break it": "<br>".join(_broken_by(requirement)),
        "source": plain(requirement.source),
    }
    profiles = codes(requirement.profiles)
    rows = [(name, said) for name, said in facts.items() if said]
    return "\n\n".join(
        [
            f"## {requirement.id} {{ #{requirement.id.lower()} }}",
            f"**{requirement.level}** · {profiles} · {_state(requirement)}",
            plain(requirement.text),
            table(("", ""), rows),
        ]
    )


def _judged_by(requirement: Requirement) -> Iterator[str]:
    for kind, checks in (("scenario", SCENARIOS), ("invariant", INVARIANTS)):
        for one in checks:
            if one.requirement == requirement.id:
                yield f"{kind} {code(one.name)}"


def _broken_by(requirement: Requirement) -> Iterator[str]:
    for fault in FAULTS.values():
        if requirement.id in fault.breaks:
            yield f"{code(fault.name)}: {plain(fault.summary)}"
