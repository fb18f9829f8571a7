"""What the laptop acts on, and what it leaves out with the reason.

A resource type stands in exactly one of the two tables. A type in neither is an error, so that
nothing that is deployed can be missing on the laptop by oversight.
"""

from __future__ import annotations

from typing import Final

KEPT: Final[dict[str, tuple[str, ...]]] = {
    "AWS::ApiGatewayV2::Api": ("Name", "ProtocolType"),
    "AWS::ApiGatewayV2::Authorizer": (
        "ApiId",
        "AuthorizerPayloadFormatVersion",
        "AuthorizerResultTtlInSeconds",
        "AuthorizerType",
        "AuthorizerUri",
        "EnableSimpleResponses",
        "IdentitySource",
        "Name",
    ),
    "AWS::ApiGatewayV2::Integration": (
        "ApiId",
        "IntegrationType",
        "IntegrationUri",
        "PayloadFormatVersion",
    ),
    "AWS::ApiGatewayV2::Route": (
        "ApiId",
        "AuthorizationType",
        "AuthorizerId",
        "RouteKey",
        "Target",
    ),
    "AWS::ApiGatewayV2::Stage": ("ApiId", "AutoDeploy", "DefaultRouteSettings", "StageName"),
    "AWS::Cognito::UserPool": (
        "AccountRecoverySetting",
        "AdminCreateUserConfig",
        "AutoVerifiedAttributes",
        "EnabledMfas",
        "MfaConfiguration",
        "Policies",
        "UsernameAttributes",
        "UsernameConfiguration",
    ),
    "AWS::Cognito::UserPoolClient": (
        "AccessTokenValidity",
        "ExplicitAuthFlows",
        "GenerateSecret",
        "IdTokenValidity",
        "PreventUserExistenceErrors",
        "RefreshTokenValidity",
        "TokenValidityUnits",
        "UserPoolId",
    ),
    "AWS::DynamoDB::Table": (
        "AttributeDefinitions",
        "BillingMode",
        "GlobalSecondaryIndexes",
        "KeySchema",
        "PointInTimeRecoverySpecification",
        "StreamSpecification",
        "TimeToLiveSpecification",
    ),
    "AWS::Events::Archive": ("RetentionDays", "SourceArn"),
    "AWS::Events::EventBus": ("Name",),
    "AWS::Events::EventBusPolicy": ("EventBusName", "Statement", "StatementId"),
    "AWS::Events::Rule": (
        "EventBusName",
        "EventPattern",
        "ScheduleExpression",
        "State",
        "Targets",
    ),
    "AWS::IAM::Role": ("AssumeRolePolicyDocument", "Policies"),
    # The version that it points to is of a deployment; here it stands for the function as it is.
    "AWS::Lambda::Alias": ("FunctionName", "Name"),
    "AWS::Lambda::EventSourceMapping": (
        "BatchSize",
        "BisectBatchOnFunctionError",
        "DestinationConfig",
        "EventSourceArn",
        "FilterCriteria",
        "FunctionName",
        "FunctionResponseTypes",
        "MaximumRetryAttempts",
        "ScalingConfig",
        "StartingPosition",
    ),
    "AWS::Lambda::Function": (
        "Architectures",
        "Environment",
        "Handler",
        "LoggingConfig",
        "MemorySize",
        "ReservedConcurrentExecutions",
        "Role",
        "Runtime",
        "Timeout",
        "TracingConfig",
    ),
    "AWS::Lambda::Permission": ("Action", "FunctionName", "Principal", "SourceArn"),
    # Roles name the log that their function may write.
    "AWS::Logs::LogGroup": ("RetentionInDays",),
    "AWS::S3::Bucket": ("NotificationConfiguration", "VersioningConfiguration"),
    "AWS::S3::BucketPolicy": ("Bucket", "PolicyDocument"),
    "AWS::SES::EmailIdentity": ("EmailIdentity",),
    "AWS::SQS::Queue": (
        "FifoQueue",
        "MessageRetentionPeriod",
        "RedrivePolicy",
        "VisibilityTimeout",
    ),
    "AWS::SQS::QueuePolicy": ("PolicyDocument", "Queues"),
    "AWS::Scheduler::Schedule": (
        "Description",
        "EndDate",
        "FlexibleTimeWindow",
        "ScheduleExpression",
        "ScheduleExpressionTimezone",
        "StartDate",
        "State",
        "Target",
    ),
    "AWS::SecretsManager::Secret": ("Description", "GenerateSecretString"),
    "AWS::StepFunctions::StateMachine": (
        "DefinitionString",
        "LoggingConfiguration",
        "RoleArn",
        "StateMachineType",
        "TracingConfiguration",
    ),
}

IGNORED: Final[dict[str, str]] = {
    "AWS::CloudWatch::Alarm": "nobody is woken by a laptop; the live log shows the failure",
    "AWS::EC2::RouteTable": "no program of a laptop has any network",
    "AWS::EC2::SecurityGroup": "no program of a laptop has any network",
    "AWS::EC2::Subnet": "no program of a laptop has any network",
    "AWS::EC2::SubnetRouteTableAssociation": "no program of a laptop has any network",
    "AWS::EC2::VPC": "no program of a laptop has any network",
    "AWS::CloudWatch::Dashboard": "`make run` shows each line as it is written",
    "AWS::KMS::Key": "only what alarms say is encrypted with a key of ours",
    "AWS::Lambda::Version": "a laptop runs the sources as they stand; its id changes with them",
    "AWS::SNS::Subscription": "there are no alarms to hear of",
    "AWS::SNS::Topic": "there are no alarms to tell",
    "AWS::SNS::TopicPolicy": "there are no alarms to tell",
}
