"""YAML is read and written as Kubernetes' Go tools do, and nothing makes the reader hang or crash."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pydynamo_manifests import yaml
from pydynamo_manifests.errors import InputError, YamlError
from tests.support.corpus import corpus

SCALARS = {
    "y": True, "Y": True, "yes": True, "On": True, "TRUE": True, "n": False, "No": False, "off": False,
    "yEs": "yEs", "~": None, "null": None, "Null": None, "nUll": "nUll", "": None,
    "0": 0, "-1": -1, "+7": 7, "0x1F": 31, "0b101": 5, "0o17": 15, "017": 15, "08": 8, "1_000": 1000,
    "1e5": 1e5, "1E+2": 100.0, ".5": 0.5, "+.5": 0.5, "1.": 1.0, "12e3": 12000.0, "1e400": "1e400",
    "18446744073709551615": 2**64 - 1, "18446744073709551616": float(2**64), "0x1ffffffffffffffffffff": float(0x1FFFFFFFFFFFFFFFFFFFF),
    "12:30:45": "12:30:45", "2001-01-01": "2001-01-01", "=": "=", "1.2.3": "1.2.3", "0x": "0x", "--": "--", "-": [None],
    "<": "<", "1__": 1, "e5": "e5", "0b": "0b",
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SCALARS.items())
def test_a_plain_scalar_is_what_kubectl_reads(text: str, value: object) -> None:
    (document,) = yaml.load_all(f"a: {text}" if text != "-" else "a:\n  -")

    assert document == {"a": value}
    assert type(document["a"]) is type(value)


def test_quoted_and_block_scalars_are_text() -> None:
    text = (
        "a: 'yes'\nb: \"1\"\nc: |\n  2\nd: !!str 3\ne: !!int '4'\nf: !!float 5\ng: !!bool 'on'\nh: !!null x\n"
    )

    assert yaml.load(text) == {
        "a": "yes",
        "b": "1",
        "c": "2\n",
        "d": "3",
        "e": 4,
        "f": 5.0,
        "g": True,
        "h": None,
    }


def test_keys_are_text_as_json_has_them() -> None:
    assert yaml.load("1: a\ntrue: b\n1.5: c\n'2': d\noff: e") == {
        "1": "a",
        "true": "b",
        "1.5": "c",
        "2": "d",
        "false": "e",
    }


def test_merge_keys_are_flattened_and_own_keys_win() -> None:
    text = "a: &a {x: 1, w: 1}\nb: &b {w: 2, z: 2}\nc: {<<: [*a, *b], x: 9}\nd: {<<: *b}\n"

    assert yaml.load(text)["c"] == {"x": 9, "w": 1, "z": 2}
    assert yaml.load(text)["d"] == {"w": 2, "z": 2}


REFUSED = {
    "a: 1\na: 2": (2, 1, "the key 'a' is already given on line 1"),
    "1: a\n'1': b": (2, 1, "the key '1' is already given on line 1"),
    "a: {<<: {b: 1}, <<: {c: 1}}": (1, 21, "the key '<<' is already given"),
    "a: {<<: 1}": (1, 9, "'<<' takes a mapping or a list of mappings"),
    "? [a]\n: 1": (1, 3, "a key must be text, a number or a boolean"),
    "? null\n: 1": (1, 3, "a key must be text, a number or a boolean"),
    "a: .nan": (1, 4, ".nan has no form in JSON, which the cluster reads"),
    "a: -.inf": (1, 4, "-.inf has no form in JSON, which the cluster reads"),
    "a: !!binary aGk=": (1, 4, "the tag 'tag:yaml.org,2002:binary' means nothing to Kubernetes"),
    "a: !Ref b": (1, 4, "the tag '!Ref' means nothing to Kubernetes"),
    "a: !!set {b}": (1, 4, "the tag 'tag:yaml.org,2002:set' means nothing to Kubernetes"),
    "a: !!int x": (1, 4, "'x' is no int"),
    "a: !!bool x": (1, 4, "'x' is no boolean"),
    "a: *b": (1, 4, "found undefined alias"),
    "a: &a [*a]": (1, 4, "an alias stands inside what it names"),
    "a: [": (2, 1, "while parsing a flow node, did not find expected node content"),
    "\ta: 1": (1, 1, "while scanning for the next token, found character that cannot start any token"),
    "a: \x00": (1, 4, "cannot be read as YAML: control characters are not allowed"),
}


@pytest.mark.parametrize(("text", "told"), REFUSED.items())
def test_what_kubectl_cannot_read_is_refused_with_its_place(text: str, told: tuple[int, int, str]) -> None:
    with pytest.raises(YamlError) as caught:
        yaml.load_all(text, "f.yaml")

    assert (caught.value.line, caught.value.column, caught.value.problem) == told
    assert str(caught.value) == f"f.yaml:{told[0]}:{told[1]}: {told[2]}"


LAUGHS = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))
HOSTILE = {
    "flow lists": "[" * 100_000,
    "flow maps": "{a: " * 30_000,
    "lists in a line": "- " * 50_000,
    "questions": "? " * 50_000,
    "steps": "\n".join(" " * i + "a:" for i in range(440)),
    "closed": "[" * 900 + "]" * 900,
    "quoted closers": '["]",' * 30_000,
    "many laughs": LAUGHS,
    "merged laughs": "a0: &a0 {x: 1}\n"
    + "".join(f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}]}}\n" for i in range(1, 30)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_bombs_and_towers_are_refused_at_once(name: str) -> None:
    started = time.process_time()

    with pytest.raises(YamlError, match=r"nested deeper|unfold to more|nesting depth"):
        yaml.load_all(HOSTILE[name])
    assert time.process_time() - started < 1


@pytest.mark.parametrize("text", ["9" * 100_000, "0x" + "f" * 100_000, "-" + "9" * 100_000, "1e999999999"])
def test_numbers_beyond_64_bits_stay_text(text: str) -> None:
    assert yaml.load(f"a: {text}") == {"a": text}


def test_many_aliases_of_a_real_file_are_fine() -> None:
    text = "base: &b {image: x, env: [a, b]}\n" + "".join(
        f"w{i}: {{<<: *b, name: w{i}}}\n" for i in range(500)
    )

    assert yaml.load(text)["w499"] == {"image": "x", "env": ["a", "b"], "name": "w499"}


def test_documents_are_counted_and_one_is_asked_for() -> None:
    assert yaml.load_all("") == []
    assert yaml.load_all("# nothing\n---\na: 1\n---\n") == [None, {"a": 1}, None] or yaml.load_all(
        "---\na: 1\n---\n"
    ) == [{"a": 1}, None]
    assert yaml.load("") is None
    with pytest.raises(InputError, match="f: holds 2 YAML documents where one is expected"):
        yaml.load("a: 1\n---\nb: 1", "f")


def test_positions_are_of_keys_and_items() -> None:
    text = "a: 1\nb:\n  - x\n  - {c: 2}\nd: {<<: {e: 1}}\n---\nf: 1\n"
    first, second = yaml.positions(text)

    assert first == {
        (): (1, 1), ("a",): (1, 1), ("b",): (2, 1), ("b", 0): (3, 5), ("b", 1): (4, 5), ("b", 1, "c"): (4, 6),
        ("d",): (5, 1), ("d", "e"): (5, 10),
    }  # fmt: skip
    assert second == {(): (7, 1), ("f",): (7, 1)}


def test_the_nearest_position_is_the_parent_of_what_is_missing() -> None:
    (parsed,) = yaml.parse_all("a:\n  b: [1, {c: 2}]\n  d: {<<: {e: 1}}\n")

    places = {
        ("a", "b", 1, "c"): (2, 11),
        ("a", "b", 1, "x", "y"): (2, 10),
        ("a", "b", 7): (2, 3),
        ("a", "b", "x"): (2, 3),
        ("a", "d", "e"): (3, 12),
        ("a", "b", 0, "x"): (2, 7),
        ("z",): (1, 1),
    }
    for times in (1, 10):  # few are walked to, many are looked up
        assert parsed.nearest([*places] * times) == [*places.values()] * times


def test_every_position_of_the_corpus_is_found_by_walking_too() -> None:
    for file in sorted((corpus() / "valid").rglob("*.yaml"))[::20]:
        for parsed in yaml.parse_all(file.read_text()):
            assert all(parsed.nearest([path]) == [place] for path, place in parsed.positions().items())


DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x85\u2028\u2029\ufeff\ufffe\uffff"), max_size=20)
    | st.sampled_from(sorted(SCALARS)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.sampled_from("abn1y:-# '\""), max_size=5), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


def in_64_bits(value: object) -> object:
    """Whole numbers beyond what a double holds exactly may be read as either type."""
    if isinstance(value, dict):
        return {key: in_64_bits(item) for key, item in value.items()}
    if isinstance(value, list):
        return [in_64_bits(item) for item in value]
    return float(value) if isinstance(value, int) and abs(value) > 2**53 else value


@given(DATA)
def test_what_is_written_reads_back_the_same(value: object) -> None:
    (read,) = yaml.load_all(yaml.dump(value)) or [None]

    assert in_64_bits(read) == in_64_bits(value)


def test_strings_that_look_like_something_else_are_quoted() -> None:
    for text in SCALARS:
        assert yaml.load(yaml.dump({"a": text})) == {"a": text}
        assert yaml.load(yaml.dump({text: 1})) == {text: 1}


def test_blocks_shared_objects_and_several_documents_are_written_plainly() -> None:
    shared = {"x": "a\nb\n"}

    assert yaml.dump({"a": shared, "b": shared}) == "a:\n  x: |\n    a\n    b\nb:\n  x: |\n    a\n    b\n"
    assert yaml.dump_all([{"a": 1}, {"b": 1e-7}]) == "a: 1\n---\nb: 1e-7\n"


NUMBERS = {1.0: "1", 0.00005: "0.00005", 1e-7: "1e-7", 1e21: "1e+21", 1e20: "100000000000000000000", -0.5: "-0.5", 2**70: "1.1805916207174113e+21", 3: "3", float("inf"): ".inf", float("-inf"): "-.inf"}  # fmt: skip


@pytest.mark.parametrize(("value", "text"), NUMBERS.items())
def test_numbers_are_written_as_go_does(value: float, text: str) -> None:
    assert yaml.number(value) == text


def test_not_a_number_is_written_as_yaml_has_it() -> None:
    assert yaml.number(float("nan")) == ".nan"


def test_values_merge_as_in_helm() -> None:
    base = {"a": {"b": 1, "c": 2}, "d": [1]}

    assert yaml.merge_values(base, {"a": {"b": None}, "d": [2], "e": {}}) == {
        "a": {"b": None, "c": 2},
        "d": [2],
        "e": {},
    }
    assert base == {"a": {"b": 1, "c": 2}, "d": [1]}
