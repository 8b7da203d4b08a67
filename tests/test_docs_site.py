"""The documentation site: its pages are whole, its links lead somewhere, nothing is left out."""

import re
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV32SpecValidator
from site_check import elsewhere, faults_of
from site_contract import bundled
from site_nav import NoPage, completed
from site_pages import BrokenLink, gathered, linked, moved, place
from site_reference import commands, problem_codes, reference_pages, walk
from site_schema import Tables

from conformance.cli import ackproof
from conformance.contract import load_contract
from conformance.review.clauses import CLAUSES
from conformance.review.rules import GUARANTEES, OPERATIONS, RULES, SCHEMAS
from conformance.target_keys import schema

ROOT = Path(__file__).parent.parent
CONTRACT = load_contract()
PAGES = reference_pages(CONTRACT)


def test_every_page_of_docs_is_a_page_of_the_site_and_every_link_leads_to_one() -> None:
    pages = {**gathered(ROOT), **PAGES}
    documents = {path.name for path in (ROOT / "docs").glob("*.md")}

    assert documents <= set(pages)
    assert {"decisions/0001-the-vocabulary-is-the-contract.md", "changes/index.md"} <= set(pages)
    assert "repository/tests/test_whole_rules.py.md" in pages


@pytest.mark.parametrize(
    ("page", "link", "on_the_site"),
    [
        ("docs/trust.md", "decisions/0001-x.md", "decisions/0001-x.md"),
        ("docs/trust.md", "../tests/x.py#L3", "repository/tests/x.py.md#L3"),
        ("docs/decisions/0001-x.md", "../trust.md", "../trust.md"),
        ("docs/trust.md", "../spec/README.md#versions", "repository/spec/index.md#versions"),
        ("docs/trust.md", "../spec/openapi.yaml", "reference/api.md"),
        ("docs/trust.md", "../spec/requirements/rcp.yaml", "reference/requirements/rcp.md"),
        ("spec/README.md", "../docs/trust.md", "../../trust.md"),
        ("docs/trust.md", "https://example.org/a.md", "https://example.org/a.md"),
        ("docs/trust.md", "#faults", "#faults"),
    ],
)
def test_a_link_into_the_repository_leads_to_its_page(
    page: str, link: str, on_the_site: str
) -> None:
    assert moved(page, f"see [it]({link}).") == f"see [it]({on_the_site})."


def test_a_link_in_a_code_block_is_left_as_it_is() -> None:
    text = "```python\nx = y[0](../a.py)\n```\n[a](../tests)\n"

    assert moved("docs/x.md", text) == text.replace("../tests)", "repository/tests.md)")


def test_a_link_to_nothing_is_named_with_its_page() -> None:
    with pytest.raises(BrokenLink, match=r"docs/x\.md links to \.\./gone\.py"):
        list(linked(ROOT, "docs/x.md", "[a](../gone.py)"))


def test_a_readme_is_the_index_of_its_folder() -> None:
    assert place("docs/changes/README.md") == "changes/index.md"


def test_the_navigation_spells_out_folders_and_keeps_what_no_line_names() -> None:
    pages = {
        "index.md": "# Start\n",
        "d/2.md": "# Two\n",
        "d/1.md": "# One { #one }\n",
        "late.md": "# Late\n",
        "repository/x.py.md": "# x.py\n",
    }

    assert completed([{"Start": "index.md"}, {"All": "d/*"}], pages) == [
        {"Start": "index.md"},
        {"All": [{"One": "d/1.md"}, {"Two": "d/2.md"}]},
        {"More": [{"Late": "late.md"}]},
    ]


def test_a_line_of_the_navigation_without_a_page_is_refused() -> None:
    with pytest.raises(NoPage, match="gone"):
        completed([{"Gone": [{"Gone": "gone.md"}]}], {"index.md": ""})


def test_the_page_of_commands_names_every_command_and_option() -> None:
    text = commands()
    options = [
        option
        for _, command in walk(("ackproof",), ackproof)
        for one in command.params
        for option in one.opts
        if option.startswith("-")
    ]

    assert all(f"## {' '.join(path)} {{" in text for path, _ in walk(("ackproof",), ackproof))
    assert [option for option in options if option not in text] == []
    assert "--list-faults" in options
    assert "\nackproof review old.yaml new.yaml\n" in text


def test_the_page_of_the_target_file_names_every_key() -> None:
    text = PAGES["reference/target-file.md"]

    def keys(node: dict[str, object]) -> list[str]:
        inner = node.get("properties")
        own = list(inner) if isinstance(inner, dict) else []
        below = [key for one in node.values() if isinstance(one, dict) for key in keys(one)]
        return own + below

    named = set(keys(dict(schema())))
    assert {"url", "principals", "waivers", "branch"} <= named
    assert {key for key in named if not re.search(rf"[`.\[]{key}[`.\]]", text)} == set()


def test_the_page_of_rules_has_each_once_with_its_labels_and_its_opposite() -> None:
    text = PAGES["reference/review-rules.md"]
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| <span")]
    told = {cells[0].split("`")[1]: cells for cells in rows}

    assert [*told] == [one.id for one in (*GUARANTEES, *OPERATIONS, *SCHEMAS)]
    assert {*told} == {*RULES}
    for name, (_, _, to_server, from_server, opposite, *_) in told.items():
        rule = RULES[name]
        assert (to_server, from_server) == tuple(map(", ".join, (rule.to_server, rule.from_server)))
        assert opposite.rstrip(" |") in {f"`{rule.mirror}`", "itself", f"none: {rule.no_mirror}"}
    assert [one for one in (*CLAUSES, "version=too-small") if f"| `{one}` |" not in text] == []


def test_the_page_of_codes_names_every_code_of_the_contract() -> None:
    text = problem_codes(CONTRACT)
    written = (ROOT / "spec" / "openapi.yaml").read_text(encoding="utf-8")
    lists = re.findall(r"(?:'\d{3}'|failureCodes): \[([A-Z_, \n]+)\]", written)

    named = {code for found in lists for code in found.replace(",", " ").split()}
    assert len(named) > 30
    assert {code for code in named if f"`{code}`" not in text} == set()
    assert "422: every write with a receipt" in text


def test_the_pages_of_requirements_have_each_once_with_its_state_and_its_faults() -> None:
    areas = "".join(text for name, text in PAGES.items() if "requirements/" in name)

    assert [one for one in CONTRACT.requirements if areas.count(f"## {one} {{") != 1] == []
    assert "`calls-a-failed-run-ready`" in PAGES["reference/requirements/flr.md"]
    assert "planned" in PAGES["reference/requirements/str.md"]


def test_a_schema_is_told_with_types_defaults_limits_and_what_it_refers_to() -> None:
    told = {
        "required": ["a"],
        "properties": {
            "a": {"type": ["string", "null"], "pattern": "^x|y$", "description": "An *a*."},
            "b": {"type": "array", "items": {"$ref": "#/$defs/thing"}, "default": []},
            "c": {"type": "object", "properties": {"d": {"type": "integer", "minimum": 1}}},
        },
        "$defs": {"thing": {"properties": {"e": {"enum": ["f"]}}}},
    }

    text = "\n".join(Tables(told).sections())

    assert r"| `a` | string or null | required | An \*a\*. Matches `^x|y$`. |" in text
    assert "| `b` | list of [thing](#thing) | `[]` |  |" in text
    assert "| `c.d` | integer |  | At least 1. |" in text
    assert "## thing { #thing }\n\n| name | type | default | meaning |" in text
    assert '| `e` | `"f"` |' in text


def test_the_contract_as_one_document_is_valid_and_refers_to_nothing_outside() -> None:
    document = bundled(CONTRACT)

    assert list(OpenAPIV32SpecValidator(document).iter_errors()) == []
    assert "schema.json" not in str(document)
    assert document["paths"].keys() == CONTRACT.document["paths"].keys()
    assert {"$ref": "#/components/parameters/ScopeId"} in document["paths"][
        "/api/scopes/{scopeId}/members"
    ]["get"]["parameters"]
    assert document["components"]["schemas"]["OperationReceipt"]["title"] == "OperationReceipt"


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ('<a href="gone.html">', "links to gone.html"),
        ('<a href="b.html#gone">', "links to b.html#gone"),
        ('<a href="../secret.html">', "links to ../secret.html"),
        ('<img src="gone.png">', "links to gone.png"),
        ('<script src="https://cdn.example/x.js">', "loads https://cdn.example/x.js from"),
        ('<script src="//cdn.example/x.js">', "loads //cdn.example/x.js from"),
        ('<link rel="stylesheet" href="https://cdn.example/x.css">', "loads https://cdn"),
        ('<link rel="preconnect" href="https://fonts.example">', "loads https://fonts.example"),
        ('<img srcset="b.html 1x, https://cdn.example/x.png 2x">', "loads https://cdn"),
        ("<style>@import 'https://cdn.example/x.css';</style>", "loads https://cdn"),
        ('<p style="background: url(https://cdn.example/x.png)">', "loads https://cdn"),
    ],
)
def test_a_dead_link_or_a_load_from_elsewhere_is_found(
    page: str, said: str, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (tmp_path / "secret.html").touch()
    (site / "a.html").write_text(page, encoding="utf-8")
    (site / "b.html").write_text('<h1 id="there">', encoding="utf-8")

    found = list(faults_of(site))

    assert len(found) == 1
    assert said in found[0]


def test_a_style_sheet_is_looked_at_too(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("@font-face {src: url('https://f.example/x')}", "utf-8")

    assert list(faults_of(tmp_path)) == ["a.css loads https://f.example/x from elsewhere."]


def test_good_links_are_not_found_and_those_that_lead_out_are_listed(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<a href="b.html#the%20re"><a href="#top"><a id="top" href="https://example.org/">'
        '<img src="data:image/png;base64,"><link rel="canonical" href="https://example.org/">',
        encoding="utf-8",
    )
    (tmp_path / "b.html").write_text('<h1 id="the re">', encoding="utf-8")

    assert list(faults_of(tmp_path)) == []
    assert elsewhere(tmp_path) == {"https://example.org/": 2}
