"""What every JUnit file has: suites of cases, with properties and counts."""

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from conformance.reports.printable import printable

Named = Iterable[tuple[str, str]]


def count(elements: Iterable[ET.Element], *tags: str) -> int:
    """Count the elements of some tags, wherever they stand."""
    return sum(1 for element in elements for tag in tags for _ in element.iter(tag))


def suite_of(name: str, cases: list[ET.Element], properties: Named, **more: str) -> ET.Element:
    """Make a suite; `more` are further attributes of it."""
    suite = ET.Element(
        "testsuite",
        {
            "name": name,
            "tests": f"{len(cases)}",
            "failures": f"{count(cases, 'failure')}",
            "errors": f"{count(cases, 'error')}",
            "skipped": f"{count(cases, 'skipped')}",
            **more,
        },
    )
    element = ET.SubElement(suite, "properties")
    for key, value in properties:
        ET.SubElement(element, "property", name=key, value=printable(value))
    suite.extend(cases)
    return suite


def file_of(name: str, suites: list[ET.Element], **more: str) -> str:
    """Spell a file of suites; `more` are further attributes of its root."""
    root = ET.Element(
        "testsuites",
        {
            "name": name,
            "tests": f"{count(suites, 'testcase')}",
            "failures": f"{count(suites, 'failure')}",
            "errors": f"{count(suites, 'error')}",
            **more,
        },
    )
    root.extend(suites)
    ET.indent(root)
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{ET.tostring(root, encoding='unicode')}\n"
