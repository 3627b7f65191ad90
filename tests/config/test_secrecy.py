"""No secret shows: not in a repr, not in an error, not in a traceback that prints locals."""

from pathlib import Path
from traceback import TracebackException

import pytest

from config.errors import ConfigError
from config.loading import load
from tests.config.written import OWN_CARD, loaded, nothing_published

LITERAL, IN_ENVIRONMENT, IN_FILE = "sk-literal-111", "sk-environ-222", "sk-file-333"
SECRETS = (LITERAL, IN_ENVIRONMENT, IN_FILE)
ENVIRON = {"KEY": IN_ENVIRONMENT, "REDIS_URL": f"redis://u:{IN_ENVIRONMENT}@localhost"}

EVERYWHERE = f"""{OWN_CARD}
    api_key: {LITERAL}
    needs: [{LITERAL}, env:KEY, file:key]
    api_base: http://{LITERAL}@far.example
    retires_on: {LITERAL}
    first_token_s: env:KEY
    enabled: file:key
    capabilities: [{LITERAL}, env:KEY]
    parameters: {{timeout: {LITERAL}}}
    check: {{url: {LITERAL}, header: [env:KEY]}}
routing: {{preset: {LITERAL}, max_output_tokens: {LITERAL}, value_usd: {LITERAL}}}
store: {{hash_tag: "{LITERAL} x", timeout_s: file:key}}
rules: [{{name: r, deny: {{names: [{LITERAL}, env:KEY], weights: {LITERAL}}}}}]
"""


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(EVERYWHERE, id="wrong values"),
        pytest.param(f"api_key: {LITERAL}\n\tx: 1", id="a tab"),
        pytest.param(f"a: *{LITERAL}", id="an alias"),
        pytest.param(f"a: !{LITERAL} x\nb: @{LITERAL}", id="a tag"),
        pytest.param(f'a: "\\{LITERAL}', id="an open quote"),
        pytest.param(f"- {LITERAL}", id="a list"),
    ],
)
def test_an_error_shows_no_value_even_with_its_locals(tmp_path: Path, text: str) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(text, encoding="utf-8")
    (tmp_path / "key").write_text(IN_FILE, encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        load(path, ENVIRON, nothing_published)

    error = caught.value
    assert error.__traceback__ is not None
    inside = error.__traceback__.tb_next  # without this test's own locals
    traceback = TracebackException(type(error), error, inside, capture_locals=True)
    shown = "".join(traceback.format()) + str(error) + repr(error) + repr(error.problems)
    assert "ConfigError" in shown
    assert [secret for secret in SECRETS if secret in shown] == []
    assert (error.__cause__, error.__context__) == (None, None)


def test_settings_show_references_only(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(IN_FILE, encoding="utf-8")
    text = f"""{OWN_CARD}
    api_key: env:KEY
    needs: [file:key]
    api_base: https://{LITERAL}@far.example
"""

    settings = loaded(tmp_path, text, ENVIRON)

    shown = f"{settings} {settings!r} {settings.model_dump()} {settings.model_dump_json()}"
    assert "env:KEY" in shown
    assert "file:key" in shown
    assert [secret for secret in SECRETS if secret in shown] == []
