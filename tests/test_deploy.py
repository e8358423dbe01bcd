"""What stands in deploy/ is what systemd, Docker and Compose take, and gives the program no more than it needs."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "coranto.service"
PROGRAM = "/usr/local/bin/coranto"
ANALYZE = shutil.which("systemd-analyze")


def directives(text):
    """Section and key -> the values given, in their order."""
    found: dict[tuple[str, str], list[str]] = {}
    section = ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            key, equals, value = line.partition("=")
            assert equals, f"no directive: {line}"
            found.setdefault((section, key), []).append(value)
    return found


def installed(folder):
    """A copy of the unit in ``folder``, whose program stands there too."""
    program = folder / "coranto"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    copy = folder / UNIT.name
    copy.write_text(UNIT.read_text("utf-8").replace(f"ExecStart={PROGRAM} ", f"ExecStart={program} "), "utf-8")
    return copy


def analyze(*arguments):
    done = subprocess.run([ANALYZE, *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Type", "notify"),
        ("NotifyAccess", "main"),
        ("WatchdogSec", "5min"),
        ("ExecStart", f"{PROGRAM} run --config /etc/coranto/settings.yaml --log-format logfmt"),
        ("ExecReload", "/bin/kill -HUP $MAINPID"),
        ("TimeoutStopSec", "10"),
        ("Restart", "on-failure"),
        ("RestartSec", "10"),
        ("RestartPreventExitStatus", "2"),
        ("User", "coranto"),
        ("StateDirectory", "coranto"),
        ("EnvironmentFile", "-/etc/coranto/environment"),
        ("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"),
        ("CapabilityBoundingSet", ""),
        ("NoNewPrivileges", "true"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "true"),
        ("PrivateTmp", "true"),
        ("MemoryDenyWriteExecute", "true"),
    ],
)
def test_the_unit_says_once_how_the_service_is_kept(key, value):
    assert directives(UNIT.read_text("utf-8"))["Service", key] == [value]


def test_the_unit_takes_system_calls_away_and_starts_at_boot():
    found = directives(UNIT.read_text("utf-8"))
    assert found["Service", "SystemCallFilter"][0] == "@system-service"
    assert all(value.startswith("~") for value in found["Service", "SystemCallFilter"][1:])
    assert found["Install", "WantedBy"] == ["multi-user.target"]


@pytest.mark.skipif(not ANALYZE, reason="systemd-analyze is not installed")
def test_systemd_takes_the_unit_without_a_word(tmp_path):
    assert analyze("verify", "--man=no", installed(tmp_path)) == (0, "")


@pytest.mark.skipif(not ANALYZE or "--offline" not in analyze("--help")[1], reason="systemd cannot judge a file")
def test_systemd_finds_the_service_little_exposed(tmp_path):
    status, said = analyze("security", "--offline=true", "--no-pager", installed(tmp_path))
    level = re.search(r"Overall exposure level for coranto\.service: ([0-9.]+)", said)
    assert level, (status, said)
    assert float(level[1]) < 3.0


def steps():
    """The instructions of the Dockerfile, each in one line."""
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [line.split(maxsplit=1) for line in "\n".join(lines).replace("\\\n", "").splitlines()]


def test_the_image_is_built_of_files_that_the_context_holds():
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    sources = [name for word, rest in steps() if word == "COPY" for name in rest.split()[:-1]]
    assert sources
    assert "*" in ignored  # and then these alone
    assert all((ROOT / name).exists() and f"!{name}" in ignored for name in sources)


def test_the_image_runs_the_program_as_nobody_special():
    last = dict(steps())  # of each word its last use
    assert last["FROM"] == "python:3.13-slim"
    assert re.fullmatch(r"[1-9][0-9]*:[1-9][0-9]*", last["USER"])
    assert (last["VOLUME"], last["STOPSIGNAL"]) == ("/site", "SIGTERM")
    assert json.loads(last["ENTRYPOINT"]) == ["coranto"]
    assert json.loads(last["CMD"])[0] == "run"


@pytest.mark.parametrize("name", ["coranto", "web"])
def test_a_container_can_do_no_more_than_it_needs(name):
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"] == ["/tmp"]
    assert service["restart"] == "unless-stopped"


def test_compose_mounts_the_site_for_the_program_and_read_only_for_the_web_server():
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    build = services["coranto"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()
    assert services["coranto"]["volumes"] == ["${SITE:-./site}:/site"]
    assert services["coranto"]["stop_grace_period"] == "10s"
    assert all(volume.endswith(":ro") for volume in services["web"]["volumes"])
    assert services["web"]["image"] == "nginx:alpine"


@pytest.mark.parametrize(
    "line",
    [
        "root /site/feeds;",
        "listen 8080;",
        "application/xml        xml;",
        "application/feed+json  json;",
        "charset utf-8;",
        "charset_types application/xml;",
        "add_header X-Content-Type-Options nosniff always;",
    ],
)
def test_the_web_server_names_the_types_that_readers_expect(line):
    assert line in (DEPLOY / "nginx.conf").read_text("utf-8")


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
def test_nginx_takes_its_configuration(tmp_path):
    conf = tmp_path / "nginx.conf"
    conf.write_text((DEPLOY / "nginx.conf").read_text("utf-8").replace("/tmp/", f"{tmp_path}/"), "utf-8")
    done = subprocess.run(["nginx", "-t", "-p", tmp_path, "-c", conf], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
