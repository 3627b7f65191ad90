"""YAML as values that know their lines."""

import time
from pathlib import Path

import pytest

from config.yaml_lines import Block, parse, read


def parsed(text: str) -> Block:
    block, wrong = parse(text, "f")
    assert wrong == []
    assert block is not None
    return block


def wrong_with(text: str) -> list[str]:
    return [str(problem) for problem in parse(text, "f")[1]]


def test_every_key_knows_its_line() -> None:
    block = parsed("a: 1\n\n# comment\nb:\n  c: [x,\n    y]\n")

    assert block == {"a": 1, "b": {"c": ["x", "y"]}}
    assert {key: place.line for key, place in block.places.items()} == {"a": 1, "b": 4}


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "\ufeff", "null\n"])
def test_an_empty_file_is_an_empty_mapping(text: str) -> None:
    assert parsed(text) == {}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("NO", "NO", id="norway is no falsehood"),
        pytest.param("on", "on", id="on is text"),
        pytest.param("True", True, id="true is a boolean"),
        pytest.param("010", "010", id="octal stays text"),
        pytest.param("12:30", "12:30", id="sexagesimal stays text"),
        pytest.param("1_000", 1000, id="underscores group digits"),
        pytest.param("0.5", 0.5, id="a number"),
        pytest.param(".inf", ".inf", id="infinity is no number"),
        pytest.param("2026-13-45", "2026-13-45", id="dates stay text"),
        pytest.param("~", None, id="null"),
        pytest.param("'5'", "5", id="quotes make text"),
    ],
)
def test_scalars_mean_what_people_mean(text: str, value: object) -> None:
    found = parsed(f"a: {text}")["a"]

    assert (found, type(found)) == (value, type(value))


def test_merged_keys_keep_the_line_they_were_written_on_and_own_keys_win() -> None:
    block = parsed("a:\n  <<: &x\n    p: 1\n    q: 2\nb:\n  q: 3\n  <<: *x\n")

    merged = block["b"]
    assert isinstance(merged, Block)
    assert merged == {"p": 1, "q": 3}
    assert (merged.places["p"].line, merged.places["q"].line) == (3, 6)


def test_the_first_of_several_merged_mappings_wins() -> None:
    block = parsed("x: &x {p: 1}\ny: &y {p: 2, q: 2}\nz:\n  <<: [*x, *y]\n")

    assert block["z"] == {"p": 1, "q": 2}


def test_a_key_given_twice_is_told_with_both_lines() -> None:
    assert wrong_with("s:\n  a: 1\n  b: 2\n  a: 3\n") == [
        "f:4: s.a: is given twice, first on line 2"
    ]


@pytest.mark.parametrize("key", ["1", "null", "true", "[a]"])
def test_a_key_that_is_no_text_is_told(key: str) -> None:
    assert wrong_with(f"a: 1\n? {key}\n: x\n") == ["f:2: a key must be text: put it in quotes"]


@pytest.mark.parametrize("value", ["!secret x", "!!python/object:os.system x", "!!set {a}"])
def test_tags_are_refused(value: str) -> None:
    assert wrong_with(f"a: {value}") == [
        "f:1: a: tags, that is words beginning with !, mean nothing here"
    ]


def test_merging_what_is_no_mapping_is_told() -> None:
    assert wrong_with("a:\n  <<: 5\n") == ["f:2: a: `<<` takes a mapping or a list of mappings"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("a:\n\tb: 1", "f:2: a tab: indent with spaces", id="tab"),
        pytest.param("b: 1\na: b: c", "f:2: a colon where none can stand", id="colon"),
        pytest.param("a: b\n  c: 1", "f:2: a colon where none can stand", id="colon below text"),
        pytest.param("b: 1\nrules\n  - name: x", "f:2: a key without its colon", id="list below"),
        pytest.param("rules  # mine\n\n  - a: x", "f:1: a key without its colon", id="comment"),
        pytest.param("routing\n  preset: best", "f:1: a key without its colon", id="keys below"),
        pytest.param("a:\n  - rule\n    b: 1", "f:2: a key without its colon", id="in a list"),
        pytest.param('a: 1\nb: "x\nc: 1\n', "f:2: a quote is not closed", id="quote"),
        pytest.param("a: 1\nb: [1,\nc: 2", "f:2: a [ is not closed", id="bracket"),
        pytest.param("a: {b: 1\n", "f:1: a { is not closed", id="brace"),
        pytest.param("a: *pass", "f:1: an alias (*) without", id="alias"),
        pytest.param("a: @pass", "f:1: a character that needs quotes", id="at sign"),
        pytest.param("a: 1\n---\nb: 2", "f:2: a second document", id="documents"),
        pytest.param('a: "\\pass"', "f:1: a backslash that means nothing", id="escape"),
        pytest.param("a: 1\nb: \x07", "f:2: has a control character", id="control"),
        pytest.param("  a: 1\n b: 2", "f:2: this line does not fit", id="indentation"),
        pytest.param("a: !<pass x", "f:1: is not YAML", id="anything else"),
        pytest.param("- a\n- b\n", "f:1: must be keys with values", id="a list"),
        pytest.param("pass", "f:1: must be keys with values", id="a word"),
    ],
)
def test_bad_syntax_is_told_in_plain_words_without_what_it_says(text: str, told: str) -> None:
    block, (problem,) = parse(text, "f")

    assert block is None
    assert str(problem).startswith(told)
    assert "pass" not in str(problem)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            + "".join(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]\n" for n in range(9)),
            id="aliases of aliases",
        ),
        pytest.param("a: &a [*a]", id="an alias of itself"),
        pytest.param("[" * 200_000, id="brackets"),
        pytest.param("- " * 200_000, id="dashes"),
    ],
)
def test_a_bomb_is_refused_soon(text: str) -> None:
    started = time.perf_counter()

    block, told = parse(text, "f")

    assert block is None
    assert len(told) == 1
    assert time.perf_counter() - started < 5


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "utf-16").write_bytes("a: 1\n".encode("utf-16"))
    (tmp_path / "latin").write_bytes(b"a: 1\nb: \xe9\n")

    told = [str(read(tmp_path / name)[1][0]) for name in ("none", ".", "utf-16", "latin")]

    assert told == [
        f"{tmp_path}/none: there is no such file",
        f"{tmp_path}: is a folder, not a file",
        f"{tmp_path}/utf-16:1: is not UTF-8: save it as that",
        f"{tmp_path}/latin:2: is not UTF-8: save it as that",
    ]
