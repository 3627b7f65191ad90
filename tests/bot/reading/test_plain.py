import pytest

from bot.reading.outcomes import ReadText
from bot.reading.plain import read_plain

WORDS = "Größe: 5 €"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_text_is_read_in_the_encoding_it_is_written_in(encoding: str) -> None:
    assert read_plain("a.txt", WORDS.encode(encoding), 100) == ReadText("a.txt", WORDS)


def test_text_of_an_unknown_encoding_is_read_with_a_warning() -> None:
    read = read_plain("a.txt", "Größe".encode("latin-1"), 100)

    assert read == ReadText("a.txt", "Größe", "it is not UTF-8: some letters may be wrong")


def test_broken_utf_16_is_read_as_far_as_it_goes() -> None:
    read = read_plain("a.txt", "ab".encode("utf-16")[:-1], 100)

    assert (read.text[0], read.note) == ("a", "some characters are broken")


def test_lines_end_in_one_way_and_control_characters_are_gone() -> None:
    read = read_plain("a.log", b"\x1b[1mone\x1b[0m\r\ntwo\rthree\x07\x00\tfour\n", 100)

    assert read.text == "[1mone[0m\ntwo\nthree\tfour\n"


def test_a_long_text_ends_at_a_line_and_says_how_much_is_missing() -> None:
    content = ("0123456789\n" * 1000).encode()

    read = read_plain("a.txt", content, 100)

    assert read.text == "\n".join(["0123456789"] * 9)
    assert read.note == "only the first 98 of 11,000 characters"


def test_a_text_of_one_endless_line_is_cut_within_it() -> None:
    read = read_plain("a.txt", b"x" * 5000, 100)

    assert (read.text, read.note) == ("x" * 100, "only the first 100 of 5,000 characters")


@pytest.mark.parametrize("name", ["wide.csv", "WIDE.TSV"])
def test_the_long_rows_of_a_table_are_cut_and_the_short_ones_kept(name: str) -> None:
    read = read_plain(name, b"a,b\n" + b"x" * 9000 + b"\n1,2", 50_000)

    assert read.text.split("\n") == ["a,b", "x" * 2000, "1,2"]
    assert read.note == "long rows are cut"
