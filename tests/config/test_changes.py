"""What a reload says that changed, what it goes by at once, and what waits for a restart."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from pydantic import BaseModel

from config.applying import AT_ONCE, AT_START, applicable
from config.changes import changes_between
from config.files import ConfigFiles
from config.settings import Settings
from tests.config.written import OWN_CARD, loaded, nothing_published

KEY, OTHER_KEY, WORD = "sk-one-111", "sk-two-222", "xyzzy-333"


def every_setting(model: type[BaseModel] = Settings, prefix: str = "") -> Iterator[str]:
    """Yield the dotted path of every setting."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from every_setting(kind, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def changed(
    folder: Path, before: str, after: str, environ: Mapping[str, str] | None = None
) -> list[str]:
    """Return what is said when one file takes the place of another."""
    old, new = loaded(folder, before, environ), loaded(folder, after, environ)
    return [str(each) for each in changes_between(old, new)]


def test_of_every_setting_it_is_decided_whether_it_needs_a_restart() -> None:
    assert not AT_ONCE & AT_START
    assert set(every_setting()) == AT_ONCE | AT_START


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("{}", "routing: {preset: best}", ["routing.preset: balanced -> best"]),
        (
            "routing: {value_usd: {thrifty: 0.001}, max_usd_per_answer: null}",
            "{cache: {enabled: false}, routing: {max_usd_per_answer: 0.5}}",
            [
                "routing.value_usd.thrifty: 0.001 -> 0.002",
                "routing.max_usd_per_answer: none -> 0.5",
                "cache.enabled: true -> false",
            ],
        ),
        ("{}", "system_prompt: Be brief.", ["system_prompt: changed"]),
        (
            "discord: {always_answer: ['10001', '10002']}",
            "discord: {always_answer: ['10002', '10003']}",
            ["discord.always_answer: -10001 +10003"],
        ),
        ("slack: {prompts: [a, b]}", "slack: {prompts: [b]}", ["slack.prompts: [a, b] -> [b]"]),
    ],
)
def test_a_change_is_told_by_its_place_with_old_and_new(
    tmp_path: Path, before: str, after: str, said: list[str]
) -> None:
    assert changed(tmp_path, before, after) == said


def test_cards_are_told_by_their_names(tmp_path: Path) -> None:
    dearer = OWN_CARD.replace("output_price: 2", "output_price: 2.5\n    cached_input_price: 0.1")
    dearer = dearer.replace("{general: 0.5}", "{general: 0.5, code: 0.75}")

    assert changed(tmp_path, OWN_CARD, dearer) == [
        "models.own.cached_input_price: none -> 0.1",
        "models.own.output_price: 2 -> 2.5",
        "models.own.quality.code: added",
    ]
    assert changed(tmp_path, "{}", OWN_CARD) == ["models.own: added"]
    assert changed(tmp_path, OWN_CARD, "{}") == ["models.own: removed"]


def test_rules_are_told_by_their_names_and_so_is_their_order(tmp_path: Path) -> None:
    first = "{name: no vendor, deny: {hosting: vendor}}"
    second = "{name: open-first, prefer: {weights: open}}"
    third = "{name: cheap, ceiling: 0.1}"
    wider = "{name: no vendor, when: {places: [c1]}, allow: {weights: open}}"

    assert changed(tmp_path, f"rules: [{first}, {second}]", f"rules: [{third}, {wider}]") == [
        'rules."no vendor".when.places: +c1',
        'rules."no vendor".allow: none -> (weights open)',
        'rules."no vendor".deny: (hosting vendor) -> none',
        "rules.open-first: removed",
        "rules.cheap: added",
    ]
    assert changed(tmp_path, f"rules: [{first}, {second}]", f"rules: [{second}, {first}]") == [
        "rules: in another order: open-first, no vendor"
    ]


def test_limits_are_told_by_what_they_limit(tmp_path: Path) -> None:
    before = "quotas: {limits: [{of: asker, usd: 1, per: day}, {of: everyone, at_once: 4}]}"
    after = (
        "quotas: {limits: [{of: asker, usd: 2, per: day}, "
        "{of: place, ids: [c1], tenant: discord, requests: 5, per: hour}]}"
    )

    assert changed(tmp_path, before, after) == [
        'quotas.limits."asker, usd per day".usd: 1 -> 2',
        'quotas.limits."everyone, at_once": removed',
        'quotas.limits."place c1 in discord, requests per hour": added',
    ]


def test_no_secret_is_ever_shown(tmp_path: Path) -> None:
    def file(key: str) -> str:
        (tmp_path / "key").write_text(key, encoding="utf-8")
        (tmp_path / "word").write_text(f"{WORD}{key}", encoding="utf-8")
        return f"""{OWN_CARD}
    api_key: file:key
    api_base: https://u:{key}@far.example/v1
    needs: [file:key]
    parameters: {{extra_headers: {{token: file:key, literal: {key}}}}}
    licence: file:word
discord: {{token: file:key}}
store: {{url: "redis://:{key}@localhost"}}
rules: [{{name: r, when: {{words: [file:word], places: ["c{key[3:6]}"]}}, ceiling: 1}}]
"""

    files = ConfigFiles(tmp_path / "pointsman.yaml", {}, nothing_published)
    versions = []
    for key in (KEY, OTHER_KEY):
        (tmp_path / "pointsman.yaml").write_text(file(key), encoding="utf-8")
        versions.append(files.load())
    said = [str(each) for each in changes_between(versions[0], versions[1], files.hidden)]

    assert [each for each in said if KEY in each or OTHER_KEY in each or WORD in each] == []
    assert said == [
        "store.url: changed",
        "discord.token: changed",
        "models.own.api_key: changed",
        "models.own.api_base: changed",
        "models.own.needs: changed",
        "models.own.parameters: changed",
        "models.own.licence: changed",
        "rules.r.when.places: -cone +ctwo",
        "rules.r.when.words: -… +…",
    ]


@pytest.mark.parametrize(
    ("before", "after", "said"), [("", KEY, "set"), (KEY, "", "no longer set")]
)
def test_of_a_secret_it_is_told_whether_it_is_there(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    text = f"{OWN_CARD}    api_key: env:KEY\n"
    old, new = (loaded(tmp_path, text, {"KEY": key}) for key in (before, after))

    assert [str(each) for each in changes_between(old, new)] == [f"models.own.api_key: {said}"]


def test_what_needs_a_restart_stays_and_the_rest_is_gone_by(tmp_path: Path) -> None:
    running = loaded(tmp_path, "{discord: {edit_every_s: 2}, store: {timeout_s: 1}}")
    wanted = loaded(
        tmp_path,
        "{discord: {edit_every_s: 3, message_content: true}, store: {timeout_s: 2}, "
        "slack: {install: {client_id: '7'}}, local_model: {context_tokens: 4096}, "
        "quotas: {lease_s: 60}}",
    )

    chosen = applicable(running, wanted)
    waiting = [each.path for each in changes_between(running, wanted) if each.needs_restart]

    assert [str(each) for each in changes_between(running, chosen)] == [
        "discord.edit_every_s: 2.0 -> 3.0"
    ]
    assert waiting == [
        "store.timeout_s",
        "quotas.lease_s",
        "local_model.context_tokens",
        "discord.message_content",
        "slack.install.client_id",
    ]
    assert applicable(running, running) == running
