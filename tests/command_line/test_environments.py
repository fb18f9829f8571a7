"""Environments beside their lock files: pins that are for some Pythons only."""

from __future__ import annotations

import pytest

from millrace.environments import differing

LOCK = """
uv==0.9.1 \\
    --hash=sha256:aa
networkx==3.6.1 ; python_full_version < '3.12' \\
    --hash=sha256:bb
networkx==3.7 ; python_full_version >= '3.12' \\
    --hash=sha256:cc
"""


@pytest.mark.parametrize(
    ("installed", "wrong"),
    [
        ({"uv": "0.9.1", "networkx": "3.6.1"}, []),
        ({"uv": "0.9.1", "NetworkX": "3.7"}, []),
        ({"uv": "0.9.1"}, []),
        ({"networkx": "3.7"}, ["uv is absent"]),
        ({"uv": "0.9.1", "networkx": "3.5"}, ["networkx 3.5 instead of 3.6.1 or 3.7"]),
    ],
)
def test_any_pin_of_a_name_will_do(tmp_path, installed, wrong):
    packages = tmp_path / "environment" / "lib" / "python3.11" / "site-packages"
    for name, version in installed.items():
        noted = packages / f"{name}-{version}.dist-info"
        noted.mkdir(parents=True)
        (noted / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
    lock = tmp_path / "a.lock"
    lock.write_text(LOCK)
    assert differing(tmp_path / "environment", lock) == wrong
