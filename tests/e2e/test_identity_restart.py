"""Accounts outlive the platform that they were made on."""

from __future__ import annotations

import pytest
import requests

from tests.e2e.conftest import serving

pytestmark = pytest.mark.xdist_group("identity")

ACCOUNT = {"email": "jo@acme.example", "password": "Correct-horse-7"}


def test_users_and_sessions_are_there_after_a_restart(tmp_path):
    with serving(tmp_path) as platform:
        told = requests.post(f"{platform.url}/auth/register/", json=ACCOUNT, timeout=30).json()
    with serving(tmp_path) as platform:
        headers = {"Authorization": f"Bearer {told['access_token']}"}
        assert requests.get(f"{platform.url}/auth/me/", headers=headers, timeout=30).ok
        body = {"refresh_token": told["refresh_token"]}
        assert requests.post(f"{platform.url}/auth/refresh/", json=body, timeout=30).ok
        assert requests.post(f"{platform.url}/auth/login/", json=ACCOUNT, timeout=30).ok
