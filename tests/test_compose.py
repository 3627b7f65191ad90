"""docker-compose.yml and bot/Dockerfile, read as an engine would and held against the program."""

import json
import re
import shlex
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli import main
from bot.setting_up.answers import SECRETS, secrets_of_compose
from config.loading import load
from tests.config.written import nothing_published
from tests.pages import PAGES, ROOT, text_of
from tests.supply.image import steps_of

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "bot" / "Dockerfile").read_text(encoding="utf-8")
BOTS = ("bot", "worker")

each_service = pytest.mark.parametrize("name", SERVICES)


@each_service
def test_a_service_may_do_little_and_take_little(name: str) -> None:
    service = SERVICES[name]

    limits = service["deploy"]["resources"]["limits"]
    assert {"cpus", "memory", "pids"} <= limits.keys()
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("privileged")
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    assert service["restart"] == "unless-stopped"


@each_service
def test_a_service_tells_whether_it_is_well(name: str) -> None:
    assert "healthcheck" in SERVICES[name] or ("HEALTHCHECK" in DOCKERFILE and name in BOTS)


@each_service
def test_a_service_can_be_scaled_or_listens_on_this_machine_alone(name: str) -> None:
    service = SERVICES[name]

    assert "container_name" not in service
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert name not in BOTS or "ports" not in service


@each_service
def test_an_image_has_a_version(name: str) -> None:
    image = SERVICES[name]["image"]

    assert image == "pointsman:local" or re.search(r":v?\d+\.\d+", image), image


@each_service
def test_whatever_a_service_names_is_declared(name: str) -> None:
    service = SERVICES[name]

    assert set(service.get("secrets", ())) <= COMPOSE["secrets"].keys()
    assert set(service.get("networks", ())) <= COMPOSE["networks"].keys()
    assert set(service.get("depends_on", ())) <= SERVICES.keys()
    for volume in service.get("volumes", ()):
        if isinstance(volume, str):
            assert volume.partition(":")[0] in COMPOSE["volumes"]
        else:
            assert (volume["type"], volume["read_only"]) == ("bind", True)
            source = volume["source"].removeprefix("./")
            assert source in {"pointsman.yaml", SECRETS} or (ROOT / source).exists()


def test_no_secret_is_in_the_environment_and_each_is_made_by_init() -> None:
    files = {each["file"] for each in COMPOSE["secrets"].values()}

    assert files <= {f"./{SECRETS}/{name}" for name in secrets_of_compose()}
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            is_secret = re.search(r"PASSWORD|TOKEN|SECRET|KEY|REDIS_URL", variable)
            assert not is_secret or "_FILE" in variable, name
            assert "secrets/" not in value or value.rpartition("/")[2] in secrets_of_compose()


def test_the_bots_get_the_store_and_the_secrets_from_what_init_writes(tmp_path: Path) -> None:
    """Mounts become symlinks, the container's folder one of ours; then the program reads it."""
    code = main(
        ["--config", str(tmp_path / "pointsman.yaml"), "init", "--terminal-only", "--no-check"]
    )
    bot = SERVICES["bot"]
    inside = tmp_path / "inside"
    for volume in bot["volumes"]:
        if isinstance(volume, dict):
            place = inside / volume["target"].lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(tmp_path / volume["source"])
    environ = {
        name: f"{inside}{value}" if value.startswith("/") else ""
        for name, value in bot["environment"].items()
    }

    settings = load(inside / "etc" / "pointsman" / "pointsman.yaml", environ, nothing_published)

    password = (tmp_path / SECRETS / "redis_password").read_text().strip()
    url = settings.store.url
    assert code == 0
    assert url is not None
    assert url.reveal() == f"redis://:{password}@redis:6379/0"


@pytest.mark.parametrize("name", BOTS)
def test_the_command_of_a_bot_is_one_of_the_program(name: str) -> None:
    entrypoint = json.loads(re.findall(r"^ENTRYPOINT (.+)$", DOCKERFILE, re.MULTILINE)[-1])

    shown = subprocess.run(
        [sys.executable, "-m", "bot", *SERVICES[name]["command"], "--help"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert entrypoint == ["pointsman"]
    assert (shown.returncode, "--shards" in shown.stdout) == (0, True)


def test_answers_have_the_time_to_end_that_the_settings_give() -> None:
    grace_s = load(None, {}, nothing_published).intake.grace_s

    assert all(int(SERVICES[name]["stop_grace_period"].rstrip("s")) > grace_s for name in BOTS)


def test_redis_gets_its_password_where_no_list_of_processes_shows_it() -> None:
    script = SERVICES["redis"]["command"][0].replace("$$", "$")

    starts = script[script.index("exec ") :]
    assert "requirepass" not in starts
    assert "$(" not in starts
    assert "--appendonly yes" in script
    assert "umask 077" in script


def test_the_image_is_locked_unprivileged_and_builds_from_what_it_may_see() -> None:
    steps = steps_of(DOCKERFILE)
    installs = [each for each in steps if " install " in each]
    seen = (ROOT / "bot" / "Dockerfile.dockerignore").read_text(encoding="utf-8")

    assert len(installs) == 3
    assert all("--no-deps" in each for each in installs)
    assert sum("--require-hashes" in each for each in installs) == 2
    assert all("--compile" in each for each in installs if "/opt/pointsman" in each)
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", DOCKERFILE.rpartition("\nFROM ")[2], re.MULTILINE)
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        for source in shlex.split(line)[:-1]:
            assert (ROOT / source).exists()
            assert f"!{source.partition('/')[0]}\n" in seen


COMPOSED = re.findall(
    r"(?:^|`)[^`\n]*?(docker compose [^`#\n]+)", "\n".join(map(text_of, PAGES)), re.MULTILINE
)


@pytest.mark.parametrize("line", COMPOSED)
def test_what_the_pages_do_with_compose_names_services_and_profiles_there_are(line: str) -> None:
    words = shlex.split(line)[2:]

    profiles = {each for service in SERVICES.values() for each in service.get("profiles", ())}
    options = dict(pairwise(words))
    if "--profile" in options:
        assert options["--profile"] in profiles
    if "--scale" in options:
        assert options["--scale"].partition("=")[0] in SERVICES
    if words[0] == "exec":
        assert words[1] in SERVICES
    if words[0] in {"kill", "restart"}:
        assert words[-1] in SERVICES
    assert {"up", "exec", "logs", "kill", "restart"} & set(words)
