"""A configuration is seen to change by its content, wherever that lies."""

import os
from pathlib import Path
from threading import Thread

import pytest

from config.errors import ConfigError
from config.files import ConfigFiles
from tests.config.written import OWN_CARD, nothing_published

TEXT = f"{OWN_CARD}    api_key: file:secrets/key\n"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def files(tmp_path: Path) -> ConfigFiles:
    """Return a configuration that was loaded, with a secret in a file of its own."""
    write(tmp_path / "secrets" / "key", "one")
    token = write(tmp_path / "token", "t")
    path = write(tmp_path / "pointsman.yaml", TEXT)
    files = ConfigFiles(path, {"DISCORD_TOKEN_FILE": str(token)}, nothing_published)
    files.load()
    return files


def test_what_holds_the_same_has_not_changed(files: ConfigFiles, tmp_path: Path) -> None:
    written_anew = write(tmp_path / "new.yaml", TEXT)
    written_anew.replace(tmp_path / "pointsman.yaml")

    assert files.mark() == files.loaded


def test_a_file_that_is_replaced_has_changed(files: ConfigFiles, tmp_path: Path) -> None:
    write(tmp_path / "new.yaml", f"{TEXT}#\n").replace(tmp_path / "pointsman.yaml")

    assert files.mark() != files.loaded


@pytest.mark.parametrize("name", ["secrets/key", "token"])
def test_a_secret_in_a_file_of_its_own_counts(
    files: ConfigFiles, tmp_path: Path, name: str
) -> None:
    write(tmp_path / name, "two")

    assert files.mark() != files.loaded


def test_a_folder_of_secrets_that_is_exchanged_as_a_link_counts(tmp_path: Path) -> None:
    for version in ("v1", "v2"):
        write(tmp_path / version / "key", version)
    (tmp_path / "secrets").symlink_to("v1")
    files = ConfigFiles(write(tmp_path / "pointsman.yaml", TEXT), {}, nothing_published)
    files.load()
    (tmp_path / "next").symlink_to("v2")
    (tmp_path / "next").replace(tmp_path / "secrets")

    assert files.mark() != files.loaded
    assert [card.api_key and card.api_key.reveal() for card in files.load().models][-1] == "v2"
    assert files.mark() == files.loaded


def test_a_file_that_is_gone_has_changed_and_so_has_one_that_is_back(
    files: ConfigFiles, tmp_path: Path
) -> None:
    (tmp_path / "pointsman.yaml").unlink()

    assert files.mark() != files.loaded
    with pytest.raises(ConfigError, match="there is no such file"):
        files.load()
    assert files.mark() == files.loaded
    write(tmp_path / "pointsman.yaml", TEXT)
    assert files.mark() != files.loaded


def test_a_file_that_cannot_be_understood_is_looked_at_all_the_same(
    files: ConfigFiles, tmp_path: Path
) -> None:
    write(tmp_path / "pointsman.yaml", "a: *b")

    with pytest.raises(ConfigError):
        files.load()
    assert files.mark() == files.loaded
    write(tmp_path / "pointsman.yaml", "a: *c")
    assert files.mark() != files.loaded


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such files")
def test_what_can_be_read_only_once_is_read_once(tmp_path: Path) -> None:
    path, key = tmp_path / "pointsman.yaml", tmp_path / "key"
    for each in (path, key):
        os.mkfifo(each)
    text = OWN_CARD.replace("openai/own", "openai/mine") + "    api_key: file:key\n"
    writing = [
        Thread(target=pipe.write_text, args=(content,))
        for pipe, content in ((path, text), (key, "sk"))
    ]
    for thread in writing:
        thread.start()
    files = ConfigFiles(path, {}, nothing_published)

    own = files.load().models[-1]

    assert (own.litellm_id, own.api_key and own.api_key.reveal()) == ("openai/mine", "sk")
    assert not files.may_change
    for thread in writing:
        thread.join()


def test_an_environment_that_changes_later_changes_nothing() -> None:
    environ = {"DISCORD_API_URL": "https://proxy.example"}
    files = ConfigFiles(None, environ, nothing_published)
    before = files.load()
    environ.clear()

    assert files.load() == before


def test_without_a_file_there_are_those_the_environment_names(tmp_path: Path) -> None:
    token = write(tmp_path / "token", "one")
    files = ConfigFiles(None, {"DISCORD_TOKEN_FILE": str(token)}, nothing_published)
    files.load()
    before = files.mark()
    write(token, "two")

    assert before == files.loaded
    assert files.mark() != files.loaded
