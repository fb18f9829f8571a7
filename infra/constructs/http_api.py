"""The HTTP API: its functions, and an authorizer before everything but a few open routes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.config import StageConfig
from infra.constructs.arns import own_arn
from infra.constructs.retention import log_group
from infra.constructs.service_function import ServiceFunction
from shared.assistant.conversations import paths as chat_paths
from shared.identity import paths
from shared.pipelines import paths as pipeline_paths
from shared.workflows import paths as workflow_paths

_GUARDED: Final = {"AnyRoute": "ANY /{proxy+}", "RootRoute": "ANY /"}
_OPEN: Final = {
    "HealthRoute": "GET /health",
    "HealthSlashRoute": "GET /health/",
    "TestRoute": "GET /test",
    "TestSlashRoute": "GET /test/",
    # A browser's preflight carries no credentials; the application answers it.
    "PreflightRoute": "OPTIONS /{proxy+}",
    "RootPreflightRoute": "OPTIONS /",
}
_IDENTITY_ROOTS: Final = (paths.ROOT, paths.OLD_ROOT)
_ACCESS_LOG: Final = {
    "request": "$context.requestId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "path": "$context.path",
    "route": "$context.routeKey",
    "status": "$context.status",
    "ms": "$context.responseLatency",
    "bytes": "$context.responseLength",
    "ip": "$context.identity.sourceIp",
    "authorizer_error": "$context.authorizer.error",
    "integration_error": "$context.integrationErrorMessage",
}


class HttpApi(Construct):
    """Made in two steps, because the functions behind it are told its host name.

    Cross-origin rules are the application's, so that they are the same on a laptop.
    """

    def __init__(self, scope: Construct, name: str, config: StageConfig) -> None:
        super().__init__(scope, name)
        self._config = config
        self._guard: apigateway.CfnAuthorizer
        self._api = apigateway.CfnApi(self, "HttpApi", name="millrace", protocol_type="HTTP")

    @property
    def host(self) -> str:
        """The host name that API Gateway gives it."""
        return f"{self._api.ref}.execute-api.{cdk.Aws.REGION}.{cdk.Aws.URL_SUFFIX}"

    def serve(
        self, crm: ServiceFunction, identity: ServiceFunction, authorizer: ServiceFunction
    ) -> None:
        """Sends requests to the functions, after the authorizer where one must be asked."""
        self._add_stage()
        self._guard = self._authorizer(authorizer)
        self._permit(self, "ApiMayCallAuthorizer", authorizer, f"authorizers/{self._guard.ref}")
        self.lead(self, "Crm", crm, _crm_guarded(), _crm_open())
        self.lead(self, "Identity", identity, _identity_guarded(), _identity_open())

    def serve_workflows(self, scope: Construct, function: ServiceFunction) -> None:
        """The same for workflows, whose routes are in a stack of their own."""
        self.lead(scope, "Workflow", function, _workflow_guarded(), _workflow_open())

    def serve_chat(self, scope: Construct, function: ServiceFunction, *served: str) -> None:
        """Leads methods and paths of the assistant, e.g. `POST /chat`, to one of its functions."""
        guarded = {}
        for method, path in (one.split(" ") for one in served):
            for spelled in chat_paths.spellings(path):
                guarded[_route_id(method.capitalize(), spelled)] = f"{method} {spelled}"
        self.lead(scope, function.node.id.removesuffix("Function"), function, guarded, {})

    def lead(
        self,
        scope: Construct,
        name: str,
        function: ServiceFunction,
        guarded: Mapping[str, str],
        unguarded: Mapping[str, str],
    ) -> None:
        """Leads routes to a function; `guarded` ones only after the authorizer let them in."""
        integration = apigateway.CfnIntegration(
            scope,
            f"{name}Integration",
            api_id=self._api.ref,
            integration_type="AWS_PROXY",
            integration_uri=function.arn,
            payload_format_version="2.0",
        )
        target = f"integrations/{integration.ref}"
        custom = {"authorization_type": "CUSTOM", "authorizer_id": self._guard.ref}
        for route, key in guarded.items():
            self._route(scope, route, key, target, **custom)
        for route, key in unguarded.items():
            self._route(scope, route, key, target, authorization_type="NONE")
        self._permit(scope, f"ApiMayCall{name}", function, "*")

    def _add_stage(self) -> None:
        log = log_group(self, "HttpApiLogs", self._config)
        stage = apigateway.CfnStage
        apigateway.CfnStage(
            self,
            "HttpApiStage",
            api_id=self._api.ref,
            stage_name="$default",
            auto_deploy=True,
            default_route_settings=stage.RouteSettingsProperty(
                throttling_burst_limit=self._config.request_burst,
                throttling_rate_limit=self._config.requests_per_second,
            ),
            access_log_settings=stage.AccessLogSettingsProperty(
                destination_arn=log.log_group_arn, format=json.dumps(_ACCESS_LOG)
            ),
        )

    def _authorizer(self, function: ServiceFunction) -> apigateway.CfnAuthorizer:
        aws = cdk.Aws
        invoke = f"lambda:path/2015-03-31/functions/{function.arn}/invocations"
        return apigateway.CfnAuthorizer(
            self,
            "Authorizer",
            api_id=self._api.ref,
            name="membership",
            authorizer_type="REQUEST",
            authorizer_uri=f"arn:{aws.PARTITION}:apigateway:{aws.REGION}:{invoke}",
            authorizer_payload_format_version="2.0",
            enable_simple_responses=True,
            identity_source=["$request.header.Authorization"],
            authorizer_result_ttl_in_seconds=60,
        )

    def _route(
        self,
        scope: Construct,
        name: str,
        key: str,
        target: str,
        *,
        authorization_type: str,
        authorizer_id: str | None = None,
    ) -> None:
        apigateway.CfnRoute(
            scope,
            name,
            api_id=self._api.ref,
            route_key=key,
            target=target,
            authorization_type=authorization_type,
            authorizer_id=authorizer_id,
        )

    def _permit(self, scope: Construct, name: str, function: ServiceFunction, path: str) -> None:
        lambda_.CfnPermission(
            scope,
            name,
            action="lambda:InvokeFunction",
            function_name=function.arn,
            principal="apigateway.amazonaws.com",
            source_arn=own_arn("execute-api", f"{self._api.ref}/{path}"),
        )


def _crm_guarded() -> dict[str, str]:
    old = {_route_id("Any", path): f"ANY {path}" for path in pipeline_paths.guarded()}
    return _GUARDED | old


def _crm_open() -> dict[str, str]:
    # A public key names the tenant; the application finds it.
    spelled = [one for path in pipeline_paths.OPEN for one in pipeline_paths.spellings(path)]
    preflights = {
        _route_id("Preflight", path): f"OPTIONS {path}" for path in pipeline_paths.asked_first()
    }
    return _OPEN | {_route_id("Form", path): f"POST {path}" for path in spelled} | preflights


def _identity_guarded() -> dict[str, str]:
    roots = {_route_id("Any", root): f"ANY {root}/{{proxy+}}" for root in _IDENTITY_ROOTS}
    old = [path for path, own in paths.OLD.items() if own not in paths.OPEN]
    spelled = [spelling for path in old for spelling in (path, f"{path}/")]
    return roots | {_route_id("Get", path): f"GET {path}" for path in spelled}


def _identity_open() -> dict[str, str]:
    spelled = [spelling for path in paths.OPEN for spelling in paths.spellings(path)]
    preflights = {
        _route_id("Preflight", root): f"OPTIONS {root}/{{proxy+}}" for root in _IDENTITY_ROOTS
    }
    return {_route_id("Post", path): f"POST {path}" for path in spelled} | preflights


def _workflow_guarded() -> dict[str, str]:
    return {_route_id("Any", path): f"ANY {path}" for path in workflow_paths.templates()}


def _workflow_open() -> dict[str, str]:
    asked = {
        _route_id(f"Open{method.capitalize()}", spelled): f"{method} {spelled}"
        for method, path in workflow_paths.OPEN
        for spelled in workflow_paths.spellings(path)
    }
    return asked | {
        _route_id("Preflight", path): f"OPTIONS {path}" for path in workflow_paths.templates()
    }


def _route_id(method: str, path: str) -> str:
    """`/auth/forgot-password/` as it stands in logical ids: `AuthForgotPasswordSlash`."""
    words = re.sub(r"\W+", "/", path).split("/")
    slash = "Slash" if path.endswith("/") else ""
    return f"{method}{''.join(word.capitalize() for word in words)}{slash}Route"
