"""Lint of the requirement catalogue: form, ids, links to operations, totals of the profiles."""

import copy
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from conformance.lint import (
    RULES,
    Sources,
    cited_requirements,
    ids_against_frozen,
    malformed_entries,
    read_sources,
    unknown_operations,
    unlinked_operations,
)

SPEC = Path(__file__).parent.parent / "spec"
Json = Any
AREAS = """
    ack rcp sta flr err mbr lfc bnd rev epc inv run res rdy idm con pag inp iso sec htp ops str
    leg bkf dur
""".split()  # noqa: SIM905  # twenty-six words read better as text
ENTRY = Draft202012Validator(
    json.loads((SPEC / "schemas/requirement.schema.json").read_text(encoding="utf-8"))
)
FROZEN = (SPEC / "frozen-ids.txt").read_text(encoding="utf-8").splitlines()
SOURCES = read_sources(SPEC)
Catalogue = dict[str, dict[str, Any]]
Rule = Callable[[Sources], Iterator[str]]

TOTALS = {  # profile: (MUST, SHOULD, MAY)
    "core": (43, 8, 1),
    "member-first": (97, 6, 0),
    "operations": (25, 3, 0),
    "isolation": (10, 1, 0),
    "streaming": (12, 2, 0),
    "http": (6, 5, 0),
    "idempotency": (6, 1, 0),
    "legacy": (5, 2, 0),
    "registration-backfill": (9, 0, 0),
    "durability": (4, 1, 0),
}


def catalogue() -> Catalogue:
    """Return every entry, in the order of the areas and of the files."""
    return {
        name: entry
        for area in AREAS
        for name, entry in yaml.safe_load(
            (SPEC / f"requirements/{area}.yaml").read_text(encoding="utf-8")
        ).items()
    }


def annotated_requirements(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        if "x-requirement" in value:
            yield value["x-requirement"]
        for child in value.values():
            yield from annotated_requirements(child)
    elif isinstance(value, list):
        for child in value:
            yield from annotated_requirements(child)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_contract_keeps_the_rule(rule: Rule) -> None:
    assert list(rule(SOURCES)) == []


@pytest.mark.parametrize("area", AREAS)
def test_an_area_holds_its_own_ids_in_order(area: str) -> None:
    text = (SPEC / f"requirements/{area}.yaml").read_text(encoding="utf-8")
    names = re.findall(r"^([A-Z]{3}-[0-9]{2}):$", text, flags=re.MULTILINE)
    assert names == sorted(set(names))
    assert {name[:3].lower() for name in names} == {area}
    assert len(names) == len(yaml.safe_load(text))


def test_every_area_has_a_file_and_no_file_is_left_over() -> None:
    assert sorted(path.stem for path in (SPEC / "requirements").iterdir()) == sorted(AREAS)


def test_226_ids_are_frozen_and_none_twice() -> None:
    assert len(FROZEN) == len(set(FROZEN)) == 226


def test_of_five_profiles_only_what_needs_streams_is_planned() -> None:
    claimed = {"core", "member-first", "idempotency", "isolation", "http"}
    planned = {
        name
        for name, entry in catalogue().items()
        if entry.get("status") == "planned" and claimed & set(entry["profiles"])
    }
    assert planned == {"EPC-05", "FLR-10"}


@pytest.mark.parametrize(("profile", "totals"), TOTALS.items(), ids=TOTALS.keys())
def test_a_profile_has_its_totals(profile: str, totals: tuple[int, int, int]) -> None:
    levels = Counter(
        entry["level"] for entry in catalogue().values() if profile in entry["profiles"]
    )
    assert (levels["MUST"], levels["SHOULD"], levels["MAY"]) == totals


def test_the_profiles_are_those_of_the_catalogue_and_include_only_each_other() -> None:
    profiles = yaml.safe_load((SPEC / "profiles.yaml").read_text(encoding="utf-8"))
    assert set(profiles) == set(TOTALS)
    assert {one for entry in profiles.values() for one in entry["includes"]} <= set(TOTALS)


def test_schema_branches_are_annotated_with_judged_requirements() -> None:
    entries = catalogue()
    found = {
        name
        for path in (SPEC / "schemas").glob("*.json")
        for name in annotated_requirements(json.loads(path.read_text(encoding="utf-8")))
    }
    assert found == {"STA-05", "STA-10", "RCP-08", "FLR-01", "FLR-02", "RDY-06", "RDY-07"}
    assert all("status" not in entries[name] for name in found)


def test_the_readme_explains_every_closing_word() -> None:
    words = ENTRY.schema["properties"]["closed_by"]["items"]["enum"]  # type: ignore[index]
    readme = (SPEC / "README.md").read_text(encoding="utf-8")
    assert [word for word in words if f"`{word}`" not in readme] == []


def _put(name: str, **members: Json) -> Callable[[Catalogue], None]:
    return lambda entries: entries[name].update(members)


BROKEN: dict[str, tuple[Any, Callable[[Catalogue], Any], str]] = {
    "an unknown level": (malformed_entries, _put("ACK-01", level="OUGHT"), "ACK-01"),
    "an unknown profile": (malformed_entries, _put("ACK-01", profiles=["kernel"]), "ACK-01"),
    "an unknown member": (malformed_entries, _put("ACK-01", operation="createMember"), "ACK-01"),
    "planned yet closed": (malformed_entries, _put("STR-01", closed_by=["plain_json"]), "STR-01"),
    "judged on nothing": (
        malformed_entries,
        lambda entries: entries["ACK-01"].pop("operations"),
        "ACK-01",
    ),
    "an unknown closing word": (malformed_entries, _put("ACK-01", closed_by=["luck"]), "ACK-01"),
    "a published id dropped": (
        ids_against_frozen,
        lambda entries: entries.pop("STR-05"),
        "STR-05 was published",
    ),
    "an id not frozen": (
        ids_against_frozen,
        lambda entries: entries.update({"ACK-11": {}}),
        "ACK-11 is not in",
    ),
    "an id out of order": (
        ids_against_frozen,
        lambda entries: entries.update({"ACK-01": entries.pop("ACK-01")}),
        "order",
    ),
    "an unknown operation": (
        unknown_operations,
        _put("ACK-02", operations=["makeMember"]),
        "no operation makeMember",
    ),
    "an operation of no requirement": (
        unlinked_operations,
        lambda entries: entries.clear(),
        "bindMember has no",
    ),
    "an unknown id cited": (
        cited_requirements,
        _put("ACK-01", guard="See ACK-77."),
        "cites ACK-77",
    ),
}


@pytest.mark.parametrize(("rule", "change", "sentence"), BROKEN.values(), ids=BROKEN.keys())
def test_a_breach_is_reported(
    rule: Rule,
    change: Callable[[Catalogue], Any],
    sentence: str,
) -> None:
    broken = copy.deepcopy(catalogue())
    change(broken)
    assert any(sentence in one for one in rule(replace(SOURCES, entries=broken)))
