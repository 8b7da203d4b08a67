"""A file of a contract becomes nodes that know their lines, or one sentence says why not."""

import codecs
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.review.building import DEEPEST
from conformance.review.nodes import Json, Node
from conformance.review.reading import MOST_BYTES, read_node
from conformance.review.refused import SideUnreadable

# JSON takes no half of a pair; YAML has no such characters, or takes them for line ends.
TEXTS = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff\ufffe\uffff"
    )
)
SCALARS = st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.booleans()
VALUES = st.recursive(
    SCALARS | st.none() | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)


def yaml_of(text: str) -> Json:
    return read_node(text.encode(), "a.yaml").data


def every(node: Node) -> list[Node]:
    below = [child for _, child in node.items()] + list(node.elements())
    return [node, *(one for child in below for one in every(child))]


@given(VALUES)
def test_json_is_read_as_the_standard_library_reads_it(value: Json) -> None:
    for text in (json.dumps(value), json.dumps(value, indent=1, ensure_ascii=False)):
        assert read_node(text.encode(), "a.json").data == json.loads(text)


@given(VALUES)
def test_json_is_the_same_value_when_it_is_read_as_yaml(value: Json) -> None:
    text = json.dumps(value, indent=1, ensure_ascii=False)
    as_json, as_yaml = (read_node(text.encode(), name) for name in ("a.json", "a.yaml"))

    assert as_yaml.data == as_json.data
    assert as_yaml.digest == as_json.digest
    assert [one.line for one in every(as_yaml)] == [one.line for one in every(as_json)]


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    content = text.encode("utf-8", "surrogatepass")
    for name in ("a.json", "a.yaml", "a"):
        try:
            read_node(content, name)
        except SideUnreadable as problem:
            assert str(problem).startswith(name)  # noqa: PT017  # most texts are fine


def test_a_value_knows_its_line_and_pointer() -> None:
    root = read_node(
        b"# first\npaths:\n  /a~b:\n    get:\n    - x\n    - {y: 1,\n       z: 2}\n", "f"
    )
    paths = root.value["paths"]
    last = paths.value["/a~b"].value["get"].value[1].value["z"]

    assert (paths.line, str(last.place), last.pointer) == (2, "f:7", "/paths/~1a~0b/get/1/z")


def test_scalars_are_those_of_the_core_schema_of_yaml_1_2() -> None:
    assert yaml_of(
        "[null, ~, True, false, yes, no, on, 12, -3, 0o14, 0x1F, 1e3, .5, 1., 012, 1_000, "
        "2001-12-14, 12:30:45, <<, =, '1', \"true\", !!str 1, !!int '7', !!float 1, ! 5]"
    ) == [
        *(None, None, True, False, "yes", "no", "on", 12, -3, 12, 31, 1000.0, 0.5, 1.0),
        *(12, "1_000", "2001-12-14", "12:30:45", "<<", "=", "1", "true", "1", 7, 1.0, "5"),
    ]


def test_a_key_is_its_own_text() -> None:
    assert list(yaml_of("{200: a, yes: b, 1.0: c, null: d, '': e, ~: f, '<<': g}")) == [
        *("200", "yes", "1.0", "null", "", "~", "<<")
    ]


def test_an_alias_is_the_value_that_it_names() -> None:
    root = read_node(b"a: &x {k: 1}\nb: *x\nc: [*x, &y 2, *y]\n", "a.yaml")

    assert root.value["b"].digest == root.value["a"].digest
    assert (root.value["b"].line, root.value["b"].pointer) == (2, "/b")
    assert root.data["c"] == [{"k": 1}, 2, 2]


def test_a_merge_key_adds_what_the_mapping_lacks() -> None:
    text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {x: 9, <<: [*a, *b]}\nd: {<<: *b, <<: *a}\n"

    assert yaml_of(text)["c"] == {"x": 9, "y": 2, "z": 4}
    assert yaml_of(text)["d"] == {"y": 3, "z": 4, "x": 1}


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + "a: é".encode(),
        codecs.BOM_UTF16_LE + "a: é".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "a: é".encode("utf-16-be"),
        codecs.BOM_UTF32_LE + "a: é".encode("utf-32-le"),
    ],
    ids=["utf-8", "utf-16-le", "utf-16-be", "utf-32-le"],
)
def test_a_byte_order_mark_says_the_encoding(content: bytes) -> None:
    assert read_node(content, "a.yaml").data == {"a": "é"}


@pytest.mark.parametrize(
    ("name", "text"),
    [("a", '{"a": "\\/"}'), ("a.JSON", '{"a": "\\/"}'), ("a", 'a: "/"'), ("a.yml", "{a: /}")],
    ids=["json-by-its-brace", "json-by-its-name", "yaml-by-its-key", "yaml-by-its-name"],
)
def test_the_name_or_the_first_character_decides_on_yaml_or_json(name: str, text: str) -> None:
    assert read_node(text.encode(), name).data == {"a": "/"}


def test_a_surrogate_pair_is_one_character() -> None:
    assert read_node(b'["\\ud83d\\ude00", "\\/"]', "a.json").data == ["\U0001f600", "/"]


def laughs(levels: int, width: int) -> str:
    lines = ["l0: &l0 [" + ", ".join(["lol"] * width) + "]"]
    lines += [
        f"l{level}: &l{level} [" + ", ".join([f"*l{level - 1}"] * width) + "]"
        for level in range(1, levels)
    ]
    return "\n".join(lines)


# One row: an id, the file's name, its content, what the sentence begins with.
REFUSED: list[tuple[str, str, bytes, str]] = [
    ("empty", "a.yaml", b"", "a.yaml is empty; expected a document"),
    ("comments", "a.yaml", b"# nothing\n", "a.yaml is empty; expected a document"),
    ("empty-json", "a.json", b" ", "a.json:1:2: this is no JSON: expected a value, met the end"),
    ("tab", "a.yaml", b"a:\n\tb: 1\n", "a.yaml:2:1: this is no YAML: found character that cannot"),
    ("bracket", "a.yaml", b"a: [1, 2\nb: 3\n", "a.yaml:2:2: this is no YAML: did not find"),
    ("two-colons", "a.yaml", b"a: b: c\n", "a.yaml:1:5: this is no YAML: mapping values"),
    ("key-twice", "a.yaml", b"a: 1\nb: 2\na: 3\n", 'a.yaml:3:1: the key "a" was given in line 1'),
    (
        "key-as-text",
        "a.yaml",
        b"200: 1\n'200': 2\n",
        'a.yaml:2:1: the key "200" was given in line 1',
    ),
    ("mapping-as-key", "a.yaml", b"? {a: 1}\n: 2\n", "a.yaml:1:3: a mapping or a list as a key"),
    ("alias-as-key", "a.yaml", b"a: &x b\n*x : 2\n", "a.yaml:2:1: an alias as a key"),
    ("two-documents", "a.yaml", b"a: 1\n---\nb: 2\n", "a.yaml:2:1: a second document begins"),
    ("unknown-alias", "a.yaml", b"a: *x\n", "a.yaml:1:4: the alias *x names no anchor"),
    (
        "alias-of-itself",
        "a.yaml",
        b"a: &x\n  b: *x\n",
        "a.yaml:2:6: an alias names the value that it",
    ),
    (
        "merge-of-itself",
        "a.yaml",
        b"a: &x\n  <<: *x\n",
        "a.yaml:2:7: an alias names the value that",
    ),
    (
        "merge-of-a-text",
        "a.yaml",
        b"a:\n  <<: text\n",
        "a.yaml:2:1: << takes an alias of a mapping",
    ),
    ("own-tag", "a.yaml", b"a: !env X\n", 'a.yaml:1:4: the tag "!env" has no meaning for "X"'),
    ("own-tag-of-mapping", "a.yaml", b"a: !x {}\n", 'a.yaml:1:4: the tag "!x" has no meaning in a'),
    ("binary-tag", "a.yaml", b"a: !!binary aGk=\n", 'a.yaml:1:4: the tag "tag:yaml.org,2002:bin'),
    ("python-tag", "a.yaml", b"!!python/object/apply:os.system [ls]", "a.yaml:1:1: the tag "),
    ("infinite", "a.yaml", b"a: .inf\n", "a.yaml:1:4: .inf has no value in JSON"),
    ("too-large-a-number", "a.yaml", b"a: 1e999\n", 'a.yaml:1:4: the number "1e999" is larger'),
    (
        "digits",
        "a.yaml",
        b"a: " + b"9" * 5000,
        "a.yaml:1:4: a number of more than 1,000 characters",
    ),
    ("nul", "a.yaml", b"\x7fELF\0\0", "a.yaml:1:5: a NUL, which no text has"),
    ("control", "a.yaml", b"a: 1\nb: \x01\n", "a.yaml:2:4: this is no YAML: a control character"),
    ("latin-1", "a.yaml", b"a: 1\nb: \xe9\n", "a.yaml:2:4: this is no text in UTF-8"),
    ("png", "a.yaml", b"\x89PNG\r\n", "a.yaml:1:1: this is no text in UTF-8"),
    ("deep", "a.yaml", b"[" * 100_000, f"a.yaml:1:{DEEPEST + 1}: more than 200 levels"),
    (
        "deep-json",
        "a.json",
        b'{"a":' * 100_000,
        f"a.json:1:{DEEPEST * 5 + 1}: more than 200 levels",
    ),
    ("billion-laughs", "a.yaml", laughs(10, 10).encode(), "a.yaml:6:1: more than 500,000 values"),
    (
        "50-mb",
        "a.yaml",
        b"x" * 50_000_000,
        "a.yaml has 50 MB; a file of a contract has at most 20 MB",
    ),
    ("comma", "a.json", b'{"a": 1,\n "b": 2,\n}', "a.json:3:1: this is no JSON: expected a key in"),
    (
        "no-comma",
        "a.json",
        b'{"a": 1\n "b": 2}',
        "a.json:2:2: this is no JSON: expected a comma or }",
    ),
    ("no-colon", "a.json", b'{"a" 1}', 'a.json:1:6: this is no JSON: expected a colon, met "1"'),
    ("comment", "a.json", b"{} // x", "a.json:1:4: this is no JSON: expected the end of the file"),
    ("nan", "a.json", b'{"a": NaN}', 'a.json:1:7: this is no JSON: expected a value, met "NaN"'),
    ("minus-infinity", "a.json", b"[-Infinity]", "a.json:1:2: this is no JSON: expected a value"),
    ("leading-zero", "a.json", b"[01]", 'a.json:1:2: this is no JSON: expected a value, met "01"'),
    ("huge", "a.json", b"[1e999]", 'a.json:1:2: the number "1e999" is larger than any'),
    (
        "key-twice-json",
        "a.json",
        b'{"a": 1,\n "a": 2}',
        'a.json:2:2: the key "a" was given in line 1',
    ),
    (
        "open-string",
        "a.json",
        b'["abc',
        "a.json:1:2: this is no JSON: Unterminated string starting.",
    ),
    ("line-end", "a.json", b'["a\nb"]', "a.json:1:4: this is no JSON: Invalid control character."),
    ("half-a-pair", "a.json", b'["\\ud800"]', "a.json:1:2: half of a surrogate pair"),
]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [row[1:] for row in REFUSED],
    ids=[row[0] for row in REFUSED],
)
def test_what_is_no_contract_is_refused_at_its_place(
    name: str, content: bytes, sentence: str
) -> None:
    with pytest.raises(SideUnreadable) as refused:
        read_node(content, name)

    assert str(refused.value).startswith(sentence)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("name", ["a.json", "a.yaml"])
def test_a_file_of_very_many_values_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.review.building.MOST_VALUES", 1_000)

    assert read_node(b"[" + b"1,\n" * 998 + b"1]", name).data
    with pytest.raises(SideUnreadable, match=rf"{name}:\d+:1: more than 1,000 values"):
        read_node(b"[" + b"1,\n" * 1_000 + b"1]", name)


def test_the_longest_file_of_laughs_is_never_written_out() -> None:
    tracemalloc.start()
    with pytest.raises(SideUnreadable):
        read_node(laughs(1000, 10).encode(), "a.yaml")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 5_000_000


def test_values_at_the_limits_are_read() -> None:
    assert read_node(b"[" * DEEPEST + b"]" * DEEPEST, "a.json").data
    assert len(read_node(b'["' + b"x" * (MOST_BYTES - 4) + b'"]', "a.json").data[0]) > 1
