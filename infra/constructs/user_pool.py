"""The user pool: who may sign in, and the one app client that they sign in with."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.config import StageConfig
from infra.constructs.tables import removal


class Users(Construct):
    """A pool of people whom our own routes add.

    It knows who someone is and nothing of tenants or roles: membership is a row of ours by
    `sub`, because an attribute could be written with the person's own token.
    """

    def __init__(self, scope: Construct, name: str, config: StageConfig) -> None:
        super().__init__(scope, name)
        self.pool = cognito.UserPool(
            self,
            "UserPool",
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            mfa=cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(sms=False, otp=True),
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_digits=True,
                require_lowercase=True,
                require_symbols=True,
                require_uppercase=True,
            ),
            deletion_protection=config.keep_data,
            removal_policy=removal(config),
        )
        self.client = cognito.UserPoolClient(
            self,
            "UserPoolClient",
            user_pool=self.pool,
            generate_secret=False,
            disable_o_auth=True,
            prevent_user_existence_errors=True,
            # Through our own route alone, so that each session has our refresh tokens and limits.
            auth_flows=cognito.AuthFlow(admin_user_password=True),
            access_token_validity=cdk.Duration.hours(1),
            id_token_validity=cdk.Duration.hours(1),
            refresh_token_validity=cdk.Duration.days(30),
        )

    @property
    def issuer(self) -> str:
        """What stands in its tokens as `iss`."""
        return f"https://cognito-idp.{cdk.Aws.REGION}.amazonaws.com/{self.pool.user_pool_id}"

    @property
    def keys_url(self) -> str:
        """Where its public keys are."""
        return f"{self.issuer}/.well-known/jwks.json"
