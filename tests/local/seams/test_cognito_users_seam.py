"""Users over a restart, first passwords, and mails."""

from __future__ import annotations

import pytest
from moto import mock_aws

from local import seams
from local.seams import cognito_users

PASSWORD = "Only-for-this-test-1"
POLICIES = {"PasswordPolicy": {"MinimumLength": 12}}


def pool(seamed) -> tuple[str, str]:
    users = seamed.cognito_idp
    made = users.create_user_pool(
        PoolName="p", Policies=POLICIES, UsernameAttributes=["email"]
    )["UserPool"]["Id"]  # fmt: skip
    client = users.create_user_pool_client(UserPoolId=made, ClientName="c")
    return made, client["UserPoolClient"]["ClientId"]


def start(seamed, where, flow="ADMIN_USER_PASSWORD_AUTH", **parameters):
    given = parameters or {"USERNAME": "a@x.example", "PASSWORD": PASSWORD}
    return seamed.cognito_idp.admin_initiate_auth(
        UserPoolId=where[0], ClientId=where[1], AuthFlow=flow, AuthParameters=given
    )["AuthenticationResult"]


def test_users_and_refresh_tokens_come_back(seamed):
    where = pool(seamed)
    users = seamed.cognito_idp
    name = {"UserPoolId": where[0], "Username": "a@x.example"}
    users.admin_create_user(**name, TemporaryPassword=PASSWORD)
    users.admin_set_user_password(**name, Password=PASSWORD, Permanent=True)
    refresh = start(seamed, where)["RefreshToken"]
    before = users.admin_get_user(**name)["UserAttributes"]
    saved = cognito_users.dump()
    with mock_aws():
        assert pool(seamed) == where
        cognito_users.load(saved)
        cognito_users.load({})
        assert users.admin_get_user(**name)["UserAttributes"] == before
        assert start(seamed, where)["AccessToken"]
        assert start(seamed, where, "REFRESH_TOKEN_AUTH", REFRESH_TOKEN=refresh)["AccessToken"]


def test_a_first_password_obeys_the_policy(seamed):
    where = pool(seamed)
    users = seamed.cognito_idp
    name = {"UserPoolId": where[0], "Username": "a@x.example"}
    with pytest.raises(users.exceptions.InvalidPasswordException):
        users.admin_create_user(**name, TemporaryPassword="Short-1")
    users.admin_create_user(**name, TemporaryPassword=PASSWORD)


def test_mails_are_told(seamed):
    told = []
    seams.sent_mails.install(lambda *mail: told.append(mail))
    try:
        ses = seamed.sesv2
        ses.create_email_identity(EmailIdentity="from@x.example")
        seamed.ses.verify_email_identity(EmailAddress="from@x.example")
        ses.send_email(
            FromEmailAddress="from@x.example",
            Destination={"ToAddresses": ["to@x.example"]},
            Content={"Simple": {"Subject": {"Data": "S"}, "Body": {"Text": {"Data": "B"}}}},
        )
    finally:
        seams.sent_mails.install(lambda *mail: None)
    assert told == [(["to@x.example"], "S", "B")]
