"""A side of a review is read from files, folders and revisions, or one sentence says why not."""

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from conformance.review.loading import Where, load_side, merge_base_side, working_tree
from conformance.review.refused import (
    ReferenceRefused,
    RevisionUnreadable,
    SideInvalid,
    SideRefused,
    SideUnreadable,
)

HEAD = "openapi: 3.1.0\ninfo: {title: t, version: 1.2.3}\n"
WHOLE = HEAD + "paths: {}\n"
OLD = "openapi: 3.0.3\ninfo: {title: t, version: 1.2.3}\npaths: {}\n"
Git = Callable[..., str]


def write(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def git(at: Path) -> Git:
    """Git in a new repository, which is the working directory; its branch is main."""

    def run(*arguments: str) -> str:
        who = ("-c", "user.name=A", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false")
        done = subprocess.run(
            ["git", "-C", str(at), *who, *arguments],  # noqa: S607  # the one on the path
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    run("init", "--quiet", "--initial-branch=main")
    return run


def commit(git: Git, folder: Path, files: Mapping[str, str]) -> str:
    write(folder, files)
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message=x")
    return git("rev-parse", "HEAD")


def test_a_file_is_the_document_alone(at: Path) -> None:
    write(at, {"openapi.yaml": WHOLE, "requirements/a.yaml": "A-1: {}\n", "plan.json": "{}"})

    side = load_side("openapi.yaml", Where())

    assert (side.name, side.version, side.openapi) == ("openapi.yaml", "1.2.3", "3.1.0")
    assert (list(side.files), side.catalogue, side.plan) == (["openapi.yaml"], {}, None)
    assert side.notices == ()


def test_a_folder_brings_its_catalogue_its_schemas_and_its_plan(at: Path) -> None:
    files = {
        "c/openapi.json": '{"openapi":"3.2.0", "info":{"title":"", "version":"1"}, "paths":{}}',
        "c/requirements/a.yaml": "A-1: {level: MUST}\nA-2: {}\n",
        "c/requirements/b.yml": "B-1: {}\n",
        "c/requirements/notes.md": "none",
        "c/schemas/x.schema.json": '{"$ref": "y.schema.json#/$defs/y"}',
        "c/schemas/y.schema.json": '{"$defs": {"y": {"type": "string"}}}',
        "c/plan.json": '{"scenarios": []}',
    }
    side = load_side("c", Where(repository=write(at, files)))

    assert next(iter(side.files)) == side.root.file == "openapi.json"
    assert sorted(side.catalogue) == ["A-1", "A-2", "B-1"]
    assert str(side.catalogue["A-2"].place) == "requirements/a.yaml:2"
    assert list(side.schemas) == ["schemas/x.schema.json", "schemas/y.schema.json"]
    assert side.follow(side.schemas["schemas/x.schema.json"]).data == {"type": "string"}
    assert side.plan is not None
    assert side.plan.data == {"scenarios": []}


def test_a_path_is_shown_from_the_root_of_its_repository(
    git: Git, at: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(git, at, {"api/spec/openapi.yaml": WHOLE})
    monkeypatch.chdir(at / "api")

    shown = [
        load_side(given, Where()).root.file
        for given in ("spec", "spec/openapi.yaml", "../api/spec", "HEAD:api/spec")
    ]
    assert set(shown) == {"api/spec/openapi.yaml"}


REVISIONS = ["main", "HEAD", "main:spec", "main:./spec/openapi.yaml", "v1", "v1:spec"]


@pytest.mark.parametrize("given", REVISIONS)
def test_a_revision_is_read_as_it_was(git: Git, at: Path, given: str) -> None:
    first = commit(git, at, {"spec/openapi.yaml": WHOLE, "spec/requirements/a.yaml": "A-1: {}\n"})
    git("tag", "--annotate", "--message=x", "v1")
    write(at, {"spec/openapi.yaml": "broken: ["})

    side = load_side(given, Where())

    assert side.name == f"{first[:7]} ({given})"
    assert side.root.file == "spec/openapi.yaml"
    assert side.version == "1.2.3"


def test_a_hash_is_told_once(git: Git, at: Path) -> None:
    first = commit(git, at, {"spec/openapi.yaml": WHOLE})

    assert {load_side(given, Where()).name for given in (first, first[:9])} == {first[:7]}


def test_the_base_is_where_the_branch_began_and_not_where_main_is_now(git: Git, at: Path) -> None:
    began = commit(git, at, {"spec/openapi.yaml": WHOLE})
    git("checkout", "--quiet", "-b", "topic")
    commit(git, at, {"spec/openapi.yaml": WHOLE.replace("1.2.3", "2.0.0")})
    git("checkout", "--quiet", "main")
    commit(git, at, {"spec/openapi.yaml": WHOLE.replace("1.2.3", "1.3.0")})
    git("checkout", "--quiet", "topic")

    side = merge_base_side(Where())

    assert (side.name, side.version) == (f"{began[:7]} (merge-base with main)", "1.2.3")
    assert working_tree(Where()).version == "2.0.0"
    assert working_tree(Where()).name == "working tree"


def test_a_work_tree_says_what_is_not_committed(git: Git, at: Path) -> None:
    commit(git, at, {"spec/openapi.yaml": WHOLE, "other.txt": "a"})
    write(at, {"other.txt": "b"})
    assert working_tree(Where()).notices == ()

    write(at, {"spec/openapi.yaml": WHOLE.replace("1.2.3", "9.9.9"), "spec/plan.json": "{}"})
    side = working_tree(Where())

    assert side.name == "working tree, not all committed"
    assert side.version == "9.9.9"
    assert side.notices == (
        "Not committed in the working tree: spec/openapi.yaml, spec/plan.json.",
    )


def test_git_runs_nothing_of_the_repository_and_no_variable_leads_it_elsewhere(
    git: Git, at: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(git, at, {"spec/openapi.yaml": WHOLE})
    spy = at / ".git/spy"
    spy.write_text(f"#!/bin/sh\ntouch {at}/spied\n", "utf-8")
    spy.chmod(0o755)
    git("config", "core.fsmonitor", str(spy))
    (at / "spied").unlink(missing_ok=True)
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_PAGER", str(spy))

    assert merge_base_side(Where()).version == "1.2.3"
    assert working_tree(Where()).version == "1.2.3"
    assert not (at / "spied").exists()


SPLIT = {
    "openapi.yaml": HEAD
    + """
paths:
  /a: {$ref: 'paths/a.yaml'}
components:
  schemas:
    Named: {$ref: 'shared/common%20types.yaml#/a~1b'}
    Chain: {$ref: '#/components/schemas/Named'}
    Beside: {$ref: '#/components/schemas/Limited'}
    Limited: {$ref: '#/components/schemas/Named', maxLength: 3}
    Tree: {properties: {child: {$ref: '#/components/schemas/Tree'}}}
    Anchored: {$ref: '#here'}
    There: {$anchor: here, type: integer}
    Pet:
      oneOf: [{$ref: '#/components/schemas/Named'}]
      discriminator:
        propertyName: kind
        mapping: {named: Named, common: 'shared/common types.yaml#/a~1b'}
    Data:
      properties: {$ref: {type: string}, default: {$ref: '#/components/schemas/Named'}}
      default: {$ref: 'nowhere.yaml'}
      example: {$ref: 'https://a.example'}
      examples: [{$ref: 'nowhere.yaml'}]
      enum: [{$ref: 'nowhere.yaml'}]
      const: {$ref: 'nowhere.yaml'}
      x-data: {$ref: 'nowhere.yaml'}
""",
    "paths/a.yaml": "get: {responses: {'200': {$ref: '../shared/answers.yaml#/ok'}}}\n",
    "shared/answers.yaml": "ok: {description: fine}\n",
    "shared/common types.yaml": "a/b: {type: string}\n",
}


def test_references_lead_across_the_files_and_data_is_no_reference(at: Path) -> None:
    side = load_side(str(write(at / "c", SPLIT)), Where())
    schemas = side.root.value["components"].value["schemas"].value

    ends = {name: side.follow(schemas[name]).data for name in ("Named", "Chain", "Anchored")}
    assert ends == {
        "Named": {"type": "string"},
        "Chain": {"type": "string"},
        "Anchored": {"$anchor": "here", "type": "integer"},
    }
    item = side.follow(side.root.value["paths"].value["/a"])
    answer = item.value["get"].value["responses"].value["200"]
    assert str(side.follow(answer).place) == "shared/answers.yaml:1"
    assert list(side.files) == ["openapi.yaml", *sorted(set(SPLIT) - {"openapi.yaml"})]


def test_a_chain_stops_where_something_stands_beside_a_reference(at: Path) -> None:
    side = load_side(str(write(at / "c", SPLIT)), Where())
    schemas = side.root.value["components"].value["schemas"].value

    assert side.follow(schemas["Beside"]) is schemas["Limited"]
    assert side.follow(schemas["Limited"]).data == {"type": "string"}


def test_before_3_1_nothing_counts_beside_a_reference(at: Path) -> None:
    old = OLD + "components: {schemas: {A: {$ref: '#/components/schemas/B'}, "
    old += "B: {$ref: '#/components/schemas/C', maxLength: 3}, C: {type: string}}}\n"
    side = load_side(str(write(at / "c", {"openapi.yaml": old})), Where())

    found = side.follow(side.root.value["components"].value["schemas"].value["A"])
    assert found.data == {"type": "string"}


def test_a_mapping_names_a_schema_or_refers_to_one(at: Path) -> None:
    side = load_side(str(write(at / "c", SPLIT)), Where())
    schemas = side.root.value["components"].value["schemas"].value
    mapping = schemas["Pet"].value["discriminator"].value["mapping"].value

    assert side.mapped(mapping["named"]) is schemas["Named"]
    assert str(side.mapped(mapping["common"])) == "Node(shared/common types.yaml:1 /a~1b)"


@pytest.mark.parametrize("version", ["3.0.3", "3.1.1", "3.2.0"])
def test_the_three_versions_of_openapi_are_taken(at: Path, version: str) -> None:
    write(at, {"openapi.yaml": WHOLE.replace("3.1.0", version)})

    assert load_side("openapi.yaml", Where()).openapi == version


def test_a_document_of_webhooks_alone_is_taken(at: Path) -> None:
    write(at, {"openapi.yaml": HEAD + "webhooks: {sent: {post: {}}}\n"})

    assert load_side("openapi.yaml", Where()).root.get("paths") is None


def schemas(text: str, head: str = HEAD) -> dict[str, str]:
    return {"openapi.yaml": f"{head}components:\n  schemas:\n    {text}\n"}


def deep(text: str) -> dict[str, str]:
    return {"openapi.yaml": WHOLE + "x-deep: " + text}


# One row: an id, the files, the class, what the sentence begins with.
BAD: list[tuple[str, dict[str, str], type[SideRefused], str]] = [
    (
        "no-document",
        {"readme.md": ""},
        SideUnreadable,
        "The folder . holds none of them; a contract",
    ),
    (
        *("two-documents", {"openapi.yaml": WHOLE, "openapi.json": "{}"}, SideUnreadable),
        "The folder . holds openapi.yaml and openapi.json; a contract has one of",
    ),
    (
        "a-folder",
        {"openapi.yaml/x": ""},
        SideUnreadable,
        "openapi.yaml cannot be read: Is a directory",
    ),
    ("yaml", {"openapi.yaml": "a: ["}, SideUnreadable, "openapi.yaml:2:1: this is no YAML: "),
    (
        "list",
        {"openapi.yaml": "- a"},
        SideInvalid,
        "openapi.yaml:1: an OpenAPI document is a mapping.",
    ),
    (
        "no-version",
        {"openapi.yaml": "a: b"},
        SideInvalid,
        "openapi.yaml:1: this is no OpenAPI document",
    ),
    (
        *("swagger", {"openapi.yaml": "swagger: '2.0'"}, SideInvalid),
        'openapi.yaml:1: swagger is "2.0". A review takes OpenAPI 3.0, 3.1 and 3.2, written',
    ),
    (
        "number",
        {"openapi.yaml": "openapi: 3.1"},
        SideInvalid,
        "openapi.yaml:1: openapi is 3.1. A review",
    ),
    (
        "future",
        {"openapi.yaml": "openapi: 4.0.0"},
        SideInvalid,
        'openapi.yaml:1: openapi is "4.0.0". A',
    ),
    (
        "nothing-in-it",
        {"openapi.yaml": HEAD},
        SideInvalid,
        "openapi.yaml:1: at the top: it lacks one of",
    ),
    (
        *("lacks", {"openapi.yaml": WHOLE.replace(", version: 1.2.3", "")}, SideInvalid),
        "openapi.yaml:2: at /info: it lacks version.",
    ),
    (
        *("no-place", {"openapi.yaml": WHOLE + "path: {}\n"}, SideInvalid),
        'openapi.yaml:1: at the top: it has no place for "path".',
    ),
    (
        *("old-no-place", {"openapi.yaml": OLD + "webhooks: {}\n"}, SideInvalid),
        'openapi.yaml:1: at the top: it has no place for "webhooks".',
    ),
    (
        *("a-type", schemas("A: {properties: {b: {type: strng}}}"), SideInvalid),
        'openapi.yaml:5: at /components/schemas/A/properties/b/type: it is not one of "array"',
    ),
    (
        *("an-old-type", schemas("A: {properties: {b: {type: strng}}}", OLD), SideInvalid),
        'openapi.yaml:6: at /components/schemas/A/properties/b/type: it is not one of "array"',
    ),
    (
        *("elsewhere", SPLIT | {"shared/answers.yaml": "\nok: {content: []}\n"}, SideInvalid),
        'shared/answers.yaml:2: at /ok/content: it is not of type "object".\nshared/',
    ),
    (
        *("circle", schemas("A: {$ref: '#/components/schemas/A'}"), SideInvalid),
        'openapi.yaml:5: the reference "#/components/schemas/A" leads in a circle: openapi.yaml#',
    ),
    (
        *("nowhere", schemas("A: {$ref: '#/components/schemas/B'}"), SideInvalid),
        'openapi.yaml:5: the reference "#/components/schemas/B" leads nowhere: openapi.yaml has',
    ),
    (
        *("no-file", schemas("A: {$ref: 'b.yaml'}"), SideInvalid),
        'openapi.yaml:5: the reference "b.yaml" leads nowhere: there is no file b.yaml.',
    ),
    (
        *("no-anchor", schemas("A: {$ref: '#b'}"), SideInvalid),
        'openapi.yaml:5: the reference "#b" leads nowhere: openapi.yaml has nothing at #b.',
    ),
    (
        *("bad-file", schemas("A: {$ref: 'b.yaml'}") | {"b.yaml": "\0"}, SideUnreadable),
        "b.yaml:1:1: a NUL",
    ),
    (
        *("network", schemas("A: {$ref: 'https://a.example/b.yaml'}"), ReferenceRefused),
        'openapi.yaml:5: the reference "https://a.example/b.yaml" leads out of the contract',
    ),
    (
        *("file-url", schemas("A: {$ref: 'file:///etc/passwd'}"), ReferenceRefused),
        'openapi.yaml:5: the reference "file:///etc/passwd" leads out of the contract',
    ),
    (
        *("absolute", schemas("A: {$ref: '/etc/passwd'}"), ReferenceRefused),
        'openapi.yaml:5: the reference "/etc/passwd" is refused: /etc/passwd lies outside of',
    ),
    (
        *("outside", schemas("A: {$ref: '../../b.yaml'}"), ReferenceRefused),
        'openapi.yaml:5: the reference "../../b.yaml" is refused: ../../b.yaml lies outside of',
    ),
    (
        "catalogue",
        {"openapi.yaml": WHOLE, "requirements/a.yaml": "[]"},
        SideInvalid,
        "requirements/a.y",
    ),
    (
        *(
            "id-twice",
            {"openapi.yaml": WHOLE, "requirements/a.yaml": "A: {}", "requirements/b.yaml": "A: {}"},
        ),
        *(
            SideInvalid,
            "requirements/b.yaml:1: the requirement A is at requirements/a.yaml:1 already.",
        ),
    ),
    ("deep", deep("[" * 100_000), SideUnreadable, "openapi.yaml:4:208: more than 200 levels"),
    (
        "50-mb",
        deep("x" * 50_000_000),
        SideUnreadable,
        "openapi.yaml has 50 MB; a file of a contract",
    ),
    (
        *(
            "many-files",
            {"openapi.yaml": WHOLE}
            | {f"schemas/{n}.schema.json": '"' + "x" * 9_000_000 + '"' for n in "abc"},
        ),
        *(
            SideUnreadable,
            "The files of this side have more than 20 MB together; schemas/c.schema.json is",
        ),
    ),
]


@pytest.mark.parametrize(
    ("files", "refused", "sentence"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
def test_a_bad_contract_is_refused_on_the_disk(
    at: Path, files: dict[str, str], refused: type[SideRefused], sentence: str
) -> None:
    write(at, files)
    with pytest.raises(SideRefused) as problem:
        load_side(".", Where())

    assert str(problem.value).startswith(sentence)
    assert type(problem.value) is refused


@pytest.mark.parametrize(
    ("files", "refused", "sentence"),
    [
        (files, refused, sentence)
        for name, files, refused, sentence in BAD
        if name in {"outside", "absolute", "network", "no-file", "bad-file", "elsewhere", "50-mb"}
    ],
)
def test_a_bad_contract_is_refused_in_a_revision(
    git: Git, at: Path, files: dict[str, str], refused: type[SideRefused], sentence: str
) -> None:
    commit(git, at, files)
    with pytest.raises(SideRefused) as problem:
        load_side("main", Where(contract="."))

    assert str(problem.value).startswith(sentence)
    assert type(problem.value) is refused


CIRCLE = {
    **schemas("A: {$ref: 'b.yaml#/b'}"),
    "b.yaml": "b: {$ref: 'c.yaml#/c'}\n",
    "c.yaml": "c: {$ref: 'openapi.yaml#/components/schemas/A'}\n",
}


def test_a_circle_of_references_is_told_whole(at: Path) -> None:
    write(at, CIRCLE)
    circle = "b.yaml#/b -> c.yaml#/c -> openapi.yaml#/components/schemas/A -> b.yaml#/b"
    with pytest.raises(SideInvalid, match="leads in a circle") as problem:
        load_side("openapi.yaml", Where())

    assert str(problem.value).splitlines()[-1].endswith(f"leads in a circle: {circle}.")


def test_at_most_ten_problems_are_told(at: Path) -> None:
    write(at, schemas("\n    ".join(f"A{n}: {{type: {n}}}" for n in range(10, 35))))
    with pytest.raises(SideInvalid) as problem:
        load_side("openapi.yaml", Where())

    told = str(problem.value).splitlines()
    assert len(told) == 11
    assert told[0].startswith("openapi.yaml:5: at /components/schemas/A10/type: ")
    assert told[-1] == "... and 15 more."


@pytest.mark.parametrize("name", ["lacks", "nowhere", "network", "circle", "no-file"])
def test_what_is_invalid_can_be_tolerated_and_is_told_then(at: Path, name: str) -> None:
    files, sentence = next((row[1], row[3]) for row in BAD if row[0] == name)
    write(at, files)

    side = load_side("openapi.yaml", Where(tolerate_invalid=True))

    assert side.notices[0].startswith(sentence)
    schema = side.root.data.get("components") and side.root.value["components"].value["schemas"]
    assert not schema or side.follow(schema.value["A"]) is schema.value["A"]


def test_files_outside_are_read_if_they_are_allowed(at: Path) -> None:
    write(
        at,
        {
            "b.yaml": "type: string\n",
            "c/openapi.yaml": schemas("A: {$ref: ../b.yaml}")["openapi.yaml"],
        },
    )

    side = load_side("c", Where(external=True))

    assert list(side.files) == ["openapi.yaml", "../b.yaml"]


def test_a_link_out_of_the_contract_is_refused(
    git: Git, at: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secret = write(tmp_path_factory.mktemp("secret"), {"b.yaml": "type: string\n"})
    write(at, schemas("A: {$ref: b.yaml}\n    B: {$ref: c.yaml}") | {"in.yaml": "type: string\n"})
    (at / "c.yaml").symlink_to("in.yaml")
    (at / "b.yaml").symlink_to(secret / "b.yaml")
    commit(git, at, {})
    for given in (".", "main"):
        with pytest.raises(
            ReferenceRefused, match=r"^openapi.yaml:5: the reference \"b.yaml\"[^\n]*$"
        ):
            load_side(given, Where(contract="."))


def test_a_file_of_git_is_no_part_of_a_contract(git: Git, at: Path) -> None:
    commit(git, at, schemas("A: {$ref: .git/config}"))
    with pytest.raises(ReferenceRefused, match="is a file of git itself"):
        load_side(".", Where())


def test_a_submodule_is_told(git: Git, at: Path) -> None:
    write(at, schemas("A: {$ref: sub/b.yaml}"))
    commit(git, at, {})
    git("update-index", "--add", "--cacheinfo", f"160000,{git('rev-parse', 'HEAD')},sub")
    git("commit", "--quiet", "--message=x")
    with pytest.raises(ReferenceRefused, match="lies in the submodule sub, whose files are not in"):
        load_side("main", Where(contract="."))


def test_a_pipe_is_no_contract_and_nobody_waits_for_it(at: Path) -> None:
    os.mkfifo(at / "openapi.yaml")
    with pytest.raises(SideUnreadable, match=r"openapi.yaml is no plain file"):
        load_side("openapi.yaml", Where())


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            "nope",
            "nope is no file and no folder; nope is no revision of this git repository. Check",
        ),
        ("nope:spec", "nope:spec is no file and no folder; nope is no revision of this git"),
        ("main:nope", r"[0-9a-f]{7} \(main:nope\) has no nope. Name where the contract lies"),
        ("main:../x", "../x lies outside of the repository"),
        (
            "--output=x",
            "--output=x is no file and no folder; '--output=x' is no name of a revision",
        ),
        ("x" * 5_000, "x{5000} is no file and no folder; x{5000} is no revision of this git"),
        ("a\nb", "a\nb is no file and no folder; 'a.nb' is no name of a revision"),
    ],
)
def test_what_is_not_there_is_named(git: Git, at: Path, given: str, sentence: str) -> None:
    commit(git, at, {"spec/openapi.yaml": WHOLE})
    with pytest.raises(SideRefused, match="^" + sentence):
        load_side(given, Where())


def test_without_a_repository_a_revision_cannot_be_read(at: Path) -> None:
    with pytest.raises(
        RevisionUnreadable, match=r"^main is no file and no folder; .* cannot be used: not a git"
    ):
        load_side("main", Where())
    with pytest.raises(RevisionUnreadable, match="cannot be used: not a git repository"):
        merge_base_side(Where())
    with pytest.raises(RevisionUnreadable, match="lies in no git repository"):
        working_tree(Where(repository=at))


def test_without_git_a_revision_cannot_be_read(at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(at))
    with pytest.raises(RevisionUnreadable, match=r"git cannot be started \(No such file"):
        load_side("main", Where())


def test_a_repository_without_a_base_says_so(git: Git, at: Path) -> None:
    with pytest.raises(RevisionUnreadable, match="has no commit yet"):
        merge_base_side(Where())

    commit(git, at, {"spec/openapi.yaml": WHOLE})
    git("branch", "--move", "trunk")
    with pytest.raises(RevisionUnreadable, match=r"has no default branch .* --base REVISION"):
        merge_base_side(Where())

    git("checkout", "--quiet", "--orphan", "main")
    commit(git, at, {"spec/openapi.yaml": OLD})
    git("checkout", "--quiet", "trunk")
    with pytest.raises(RevisionUnreadable, match=r"HEAD and main of .* have no commit in common"):
        merge_base_side(Where())


def test_a_shallow_clone_says_what_to_fetch(git: Git, at: Path) -> None:
    commit(git, at, {"spec/openapi.yaml": WHOLE})
    git("branch", "topic")
    commit(git, at, {"spec/openapi.yaml": OLD})
    git("checkout", "--quiet", "topic")
    commit(git, at, {"other.txt": ""})
    git("checkout", "--quiet", "main")
    few = ("--depth=1", "--no-single-branch", "--branch=topic")
    git("clone", "--quiet", *few, f"file://{at}", "shallow")

    with pytest.raises(RevisionUnreadable, match=r"no commit in common.*fetch-depth: 0"):
        merge_base_side(Where(repository=at / "shallow"))


def test_a_partial_clone_fetches_nothing(git: Git, at: Path) -> None:
    git("config", "uploadpack.allowFilter", "true")
    commit(git, at, {"spec/openapi.yaml": WHOLE})
    commit(git, at, {"spec/openapi.yaml": OLD})
    git("clone", "--quiet", "--filter=blob:none", f"file://{at}", "partial")

    with pytest.raises(RevisionUnreadable, match="If this clone is partial, fetch it whole"):
        load_side("HEAD~1", Where(repository=at / "partial"))


def test_a_slow_reader_is_told(at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("yaml_text", "loading"):
        monkeypatch.setattr(f"conformance.review.{module}.FAST", False)
    write(at, {"openapi.yaml": WHOLE})

    side = load_side("openapi.yaml", Where())

    assert side.version == "1.2.3"
    assert side.notices == ("PyYAML has no C parser here, so reading takes ten times as long.",)


def test_nothing_is_left_running(git: Git, at: Path) -> None:
    commit(git, at, {"spec/openapi.yaml": WHOLE, "spec/b.yaml": "x" * 30_000_000})
    write(at, {})
    load_side("main", Where())
    with pytest.raises(SideUnreadable):
        load_side("main:spec/b.yaml", Where())

    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
