"""The doctor: what is missing is named with its mend, and the exit code says so."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path):
    """A checkout whose environments are this one's, without their packages."""
    for name in ("infra", "functions", "shared", "requirements", "cdk.json"):
        (tmp_path / name).symlink_to(ROOT / name)
    for folder in (".venv", ".venv-synth"):
        (tmp_path / folder / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    return tmp_path


def _checks(millrace, root, url, aws_url):
    result = millrace("doctor", "--root", root, "--url", url, "--aws-url", aws_url, "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == (0 if told["ok"] else 1)
    return {check["what"]: check for check in told["checks"]}


def _install(checkout, folder, lock, **instead):
    """Notes in an environment that every package of a lock file is there, or another version."""
    packages = next((checkout / folder).glob("lib/python*/site-packages"))
    for line in (ROOT / "requirements" / f"{lock}.lock").read_text().splitlines():
        if "==" not in line or line.startswith(" "):
            continue
        name, version = line.split()[0].split("==")
        noted = packages / f"{name}.dist-info"
        noted.mkdir(exist_ok=True)  # a lock file may pin a version per Python
        text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {instead.get(name, version)}\n"
        (noted / "METADATA").write_text(text)


def test_everything_there(millrace, checkout, closed_url):
    _install(checkout, ".venv", "local")
    shutil.rmtree(checkout / ".venv-synth")
    checks = _checks(millrace, checkout, closed_url, closed_url)
    assert [what for what, check in checks.items() if not check["ok"]] == []
    assert "only a changed pipeline" in checks[".venv-synth (Node and the CDK)"]["found"]
    assert "nobody uses" in checks["HTTP API"]["found"]
    said = millrace("doctor", "--root", checkout, "--url", closed_url, "--aws-url", closed_url)
    assert said.stdout.count("\n") == len(checks)


def test_an_environment_that_is_not_as_its_lock_file_says(millrace, checkout, closed_url):
    _install(checkout, ".venv", "local", typer="0.0.1")
    checks = _checks(millrace, checkout, closed_url, closed_url)
    assert "typer 0.0.1 instead of" in checks[".venv"]["found"]
    synth = checks[".venv-synth (Node and the CDK)"]
    assert "absent" in synth["found"]
    assert synth["mend"] == "run `make synth`"
    said = millrace("doctor", "--root", checkout, "--url", closed_url, "--aws-url", closed_url)
    assert "mend: run `make install`" in said.stdout


def test_no_environment_and_a_stale_blueprint(millrace, tmp_path, closed_url):
    (tmp_path / "requirements").symlink_to(ROOT / "requirements")
    checks = _checks(millrace, tmp_path, closed_url, closed_url)
    assert not checks[".venv"]["ok"]
    assert "is not there" in checks[".venv"]["found"]
    assert checks["blueprint"]["mend"] == "run `make synth`"
    assert not checks[".venv-synth (Node and the CDK)"]["ok"]


def test_a_port_that_somebody_else_uses(millrace, checkout, stranger, served):
    checks = _checks(millrace, checkout, stranger, stranger)
    assert "--port" in checks["HTTP API"]["mend"]
    assert "--aws-port" in checks["local AWS"]["mend"]
    assert (
        "Millrace answers" in _checks(millrace, checkout, served.url, stranger)["HTTP API"]["found"]
    )


def test_help_is_quick_because_it_imports_little():
    """What takes long to import is imported by the commands that need it."""
    heavy = {"boto3", "botocore", "httpx", "pydantic", "rich", "moto"}
    code = f"import sys, millrace.main; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_console_script_is_installed():
    script = Path(sys.executable).with_name("millrace")
    done = subprocess.run([script, "--help"], capture_output=True, text=True, check=True, cwd="/")
    for command in ("dev", "events", "runs", "quarantine", "trace", "new", "doctor"):
        assert f"  {command} " in done.stdout


def test_dev_is_the_platform_with_its_own_options():
    script = Path(sys.executable).with_name("millrace")
    environment = {**os.environ, "COLUMNS": "100"}
    done = subprocess.run(
        [script, "dev", "--help"], capture_output=True, text=True, check=True, cwd="/",
        env=environment,
    )  # fmt: skip
    assert "--aws-port" in done.stdout
    wrong = subprocess.run([script, "dev", "--nonsense"], capture_output=True, text=True, cwd="/")
    assert wrong.returncode == 2
    assert "--nonsense" in wrong.stderr
