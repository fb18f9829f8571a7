"""Cognito and the environment: what must be the same after every start."""

from __future__ import annotations

import jwt
from moto import mock_aws

PASSWORD = "Only-for-this-test-1"


def pool(seamed):
    users = seamed.cognito_idp
    made = users.create_user_pool(PoolName="p")["UserPool"]["Id"]
    client = users.create_user_pool_client(
        UserPoolId=made, ClientName="c", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    return made, client


def test_pool_and_client_are_the_same_after_a_restart(seamed):
    first = pool(seamed)
    with mock_aws():
        assert pool(seamed) == first


def test_a_token_carries_the_subject_that_was_set(seamed):
    from local.seams.cognito_subjects import set_subject

    made, client = pool(seamed)
    users = seamed.cognito_idp
    for name in ("a@x.example", "b@x.example"):
        users.admin_create_user(UserPoolId=made, Username=name)
        users.admin_set_user_password(
            UserPoolId=made, Username=name, Password=PASSWORD, Permanent=True
        )
    set_subject(made, "b@x.example", "fixed")
    answer = users.initiate_auth(
        ClientId=client, AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "b@x.example", "PASSWORD": PASSWORD},
    )["AuthenticationResult"]  # fmt: skip
    for token in (answer["AccessToken"], answer["IdToken"]):
        assert jwt.decode(token, options={"verify_signature": False})["sub"] == "fixed"
    found = users.admin_get_user(UserPoolId=made, Username="b@x.example")["UserAttributes"]
    assert {"Name": "sub", "Value": "fixed"} in found
    other = users.admin_get_user(UserPoolId=made, Username="a@x.example")["UserAttributes"]
    assert {"Name": "sub", "Value": "fixed"} not in other
