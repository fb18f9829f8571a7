"""The port to the user pool, on Cognito as moto has it."""

from __future__ import annotations

import pytest

from shared.platform import aws
from shared.platform.user_pool import (
    CognitoUserPool,
    SecondFactorError,
    SignInRefusedError,
    UserExistsError,
    WeakPasswordError,
)

JO = "jo@acme.example"
PASSWORD = "Only-for-this-test-1"


@pytest.fixture
def where(seamed):
    aws.client.cache_clear()
    users = seamed.cognito_idp
    made = users.create_user_pool(
        PoolName="p",
        UsernameAttributes=["email"],
        Policies={"PasswordPolicy": {"MinimumLength": 12}},
    )["UserPool"]["Id"]
    client = users.create_user_pool_client(UserPoolId=made, ClientName="c")
    yield made, client["UserPoolClient"]["ClientId"]
    aws.client.cache_clear()


@pytest.fixture
def pool(where):
    return CognitoUserPool(*where)


def test_a_user_from_creation_to_renewal(pool):
    subject = pool.create(JO, PASSWORD)
    assert pool.find(JO) == subject
    tokens = pool.sign_in(JO, PASSWORD)
    again = pool.renew(tokens.refresh_token)
    assert again.access_token != tokens.access_token
    assert again.refresh_token == ""


def test_a_user_is_created_once_and_with_a_good_password(pool):
    with pytest.raises(WeakPasswordError):
        pool.create(JO, "Short-1")
    assert pool.find(JO) is None
    pool.create(JO, PASSWORD)
    with pytest.raises(UserExistsError):
        pool.create(JO, "Another-of-these-2")


@pytest.mark.parametrize(("email", "password"), [(JO, "wrong"), ("no@acme.example", PASSWORD)])
def test_wrong_address_or_password(pool, email, password):
    pool.create(JO, PASSWORD)
    with pytest.raises(SignInRefusedError):
        pool.sign_in(email, password)


def test_a_creation_that_broke_off_is_finished_by_the_first_sign_in(pool, where, seamed):
    seamed.cognito_idp.admin_create_user(
        UserPoolId=where[0], Username=JO, TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    assert pool.sign_in(JO, PASSWORD).refresh_token
    found = seamed.cognito_idp.admin_get_user(UserPoolId=where[0], Username=JO)
    assert found["UserStatus"] == "CONFIRMED"


def test_a_new_password(pool):
    pool.create(JO, PASSWORD)
    pool.set_password(JO, "Another-of-these-2")
    with pytest.raises(SignInRefusedError):
        pool.sign_in(JO, PASSWORD)
    assert pool.sign_in(JO, "Another-of-these-2")


def test_a_code_where_one_is_wanted(pool, seamed):
    pool.create(JO, PASSWORD)
    token = pool.sign_in(JO, PASSWORD).access_token
    users = seamed.cognito_idp
    users.associate_software_token(AccessToken=token)
    users.verify_software_token(AccessToken=token, UserCode="123456")
    wanted = {"Enabled": True, "PreferredMfa": True}
    users.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings=wanted)
    with pytest.raises(SecondFactorError):
        pool.sign_in(JO, PASSWORD)
    assert pool.sign_in(JO, PASSWORD, "123456").access_token
