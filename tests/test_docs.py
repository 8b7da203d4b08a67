"""The documents tell the truth: quotes, output, commands, links and counts."""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from hand_made_runs import RUNS
from shown_output import COMMAND, DOCUMENTS, ROOT, WALKED, fences, missing

from conformance.cli import ackproof
from conformance.command_run import reported
from conformance.contract import load_contract
from conformance.judge import EXIT_MEANINGS, EXIT_ORDER, Exit
from conformance.ledger import NAME as LEDGER
from conformance.plan import make_plan
from conformance.target_file import load_target
from reference_server.cli import main as server

ACKPROOF = str(Path(sys.executable).parent / "ackproof")
QUOTED = re.compile(r"`([\w/.-]+)`:$")


def quotes() -> Iterator[tuple[str, str, str]]:
    for language in ("python", "yaml"):
        for name, before, content in fences(language):
            source = QUOTED.search(before)
            if source:
                yield name, source[1], content


def commands() -> set[tuple[str, str]]:
    """Give every `ackproof` command that a document names, with the document."""
    found = set()
    for name, text in DOCUMENTS.items():
        inline = re.findall(r"`(?:\.venv/bin/)?ackproof ([^`]+)`", text)
        shell = re.findall(r"^\$ (?:\.venv/bin/)?ackproof ([^#\n]+)", text, re.MULTILINE)
        found |= {(name, " ".join(command.split())) for command in inline + shell}
    return found


def transcripts() -> Iterator[tuple[str, str, str]]:
    """Yield each command that a document shows with output, the fault it meets, the output."""
    for name, _, content in fences("console"):
        planted = re.search(r"ackproof serve .*--fault (\S+)", content)
        for command, output in COMMAND.findall(content) * (WALKED not in DOCUMENTS[name]):
            if output.strip():
                yield command, planted[1] if planted else "", output


@pytest.mark.parametrize(("document", "source", "block"), tuple(quotes()))
def test_a_quoted_block_stands_in_the_named_file(document: str, source: str, block: str) -> None:
    assert block in (ROOT / source).read_text(encoding="utf-8"), f"{document} misquotes {source}"


def test_the_tutorial_quotes_what_each_of_its_steps_needs() -> None:
    tutorial = "docs/writing-a-check.md"
    quoted = [source for name, source, _ in quotes() if name == tutorial]
    blocks = [name for language in ("python", "yaml") for name, _, _ in fences(language)]

    assert {path.split("/")[0] for path in quoted} == {"spec", "conformance", "reference_server"}
    assert len(quoted) == blocks.count(tutorial)


@pytest.mark.parametrize(("command", "fault", "output"), tuple(transcripts()))
def test_a_command_prints_what_the_document_shows(
    command: str, fault: str, output: str, reference_server: Callable[..., str]
) -> None:
    url = reference_server("--fault", fault) if fault else ""
    words = [url if word.startswith("http://") else word for word in shlex.split(command)]

    done = subprocess.run(
        [ACKPROOF, *words[1:]], capture_output=True, text=True, check=False, timeout=60
    )

    assert missing(output, done.stdout) == "", done.stdout + done.stderr


@pytest.mark.parametrize(("document", "command"), sorted(commands()))
def test_a_command_of_a_document_exists(document: str, command: str) -> None:
    words = shlex.split(command)
    name = words[0] if not words[0].startswith("-") else ""
    chosen = {"": ackproof, "serve": server}.get(name) or ackproof.commands[name]
    if name and isinstance(chosen, click.Group) and len(words) > 1:
        chosen = chosen.commands[words[1]]
    known = {option for one in chosen.params for option in (*one.opts, *one.secondary_opts)}
    used = {word for word in words if word.startswith("-")}

    assert isinstance(chosen, click.Command), document
    assert used <= known | {"-h", "--help"}, document


def test_every_test_that_a_document_names_exists() -> None:
    record = ROOT / "docs/decisions/0052-twenty-five-features.md"
    text = "\n".join((*DOCUMENTS.values(), record.read_text("utf-8")))
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", text)

    assert named
    assert [
        f"{file}::{name}"
        for file, name in named
        if f"\ndef {name}(" not in (ROOT / "tests" / file).read_text("utf-8")
    ] == []


def test_every_make_target_of_the_documents_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    known = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    text = "\n".join(DOCUMENTS.values())

    assert set(re.findall(r"(?:`|^\$ )make ([a-z][a-z-]*)", text, re.MULTILINE)) <= known


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_relative_link_leads_to_a_file(document: str) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", DOCUMENTS[document])
    missing = [
        link
        for link in links
        if "://" not in link and not (ROOT / document).parent.joinpath(link).exists()
    ]

    assert not missing


TARGETS = [content for _, before, content in fences("toml") if "`review.toml`" not in before]


@pytest.mark.parametrize("block", TARGETS)
def test_a_target_file_of_the_readme_is_one(block: str, tmp_path: Path) -> None:
    path = tmp_path / "conformance.toml"
    path.write_text(block, encoding="utf-8")
    (tmp_path / "waivers.toml").touch()

    tokens = {"ACKPROOF_TOKEN": "secret", "ACKPROOF_OTHER_TOKEN": "other", "DATABASE_URL": "db"}
    target = load_target(path, {}, tokens)

    assert target.scope


def test_the_readme_counts_what_is_judged_and_planned() -> None:
    requirements = load_contract().requirements.values()
    planned = sum(requirement.planned for requirement in requirements)
    text = " ".join(DOCUMENTS["README.md"].split())

    assert f"{len(requirements)} requirements" in text
    assert f"{len(requirements) - planned} of them are judged" in text
    assert f"The other {planned} are `planned`" in text
    assert f"{planned} of the 226 requirements are planned" in DOCUMENTS["docs/architecture.md"]


def test_the_documents_say_which_profiles_can_be_held() -> None:
    requirements = load_contract().requirements.values()
    waiting = {
        profile
        for one in requirements
        if one.planned and one.level == "MUST"
        for profile in one.profiles
    }
    held = set(load_contract().profiles) - waiting
    for name in ("README.md", "docs/claim-a-profile.md"):
        told = re.search(r"What can be held today(?::\s|\n\n)([^.]+)\.", DOCUMENTS[name])

        assert told, name
        assert set(re.findall(r"`([\w-]+)`", told[1])) == held, name


def test_a_run_keeps_to_the_limits_of_the_readme() -> None:
    told = re.search(
        r"fewer than (\d+) writes, which make fewer than (\d+)", DOCUMENTS["README.md"]
    )
    target = load_target(None, {"url": "http://127.0.0.1:1", "scope": "s1"})
    plan = make_plan(load_contract(), target)

    assert told
    assert 0.8 * int(told[1]) < plan.writes < int(told[1])
    assert 0.8 * int(told[2]) < plan.leaves < int(told[2])


def test_the_readme_names_the_files_that_a_run_writes(tmp_path: Path) -> None:
    told = re.search(r"`--report-dir DIR` writes:\n\n((?:\|.*\n)+)", DOCUMENTS["README.md"])
    reported(RUNS["broken"], tmp_path)

    assert told
    named = set(re.findall(r"^\| `([^`]+)` \|", told[1], re.MULTILINE))
    assert named - {LEDGER} == {one.name for one in tmp_path.iterdir()}


def test_the_exit_codes_mean_the_same_wherever_they_are_told() -> None:
    readme = DOCUMENTS["README.md"]
    told = re.findall(r"^\| (\d+) \| (.+) \|$", readme, re.MULTILINE)
    helped = " ".join(str(ackproof.help).split()).rpartition("Exit codes: ")[2].rstrip(".")
    meanings = {str(int(code)): meaning for code, meaning in EXIT_MEANINGS.items()}

    assert dict(told) == meanings
    assert helped == ", ".join(f"{code} {meaning}" for code, meaning in meanings.items())
    assert f"the order is {', '.join(str(int(one)) for one in EXIT_ORDER)}." in readme
    assert set(EXIT_MEANINGS) == set(EXIT_ORDER) == set(Exit)
