"""What AWS does with each type of resource, one file a service."""

from __future__ import annotations

from localmesh.provider.resource import ResourceType
from localmesh.provider.services import (
    apigatewayv2,
    apigatewayv2_authorizer,
    cloudfront,
    cloudfront_distribution,
    cloudwatch,
    cognito_client,
    cognito_identity,
    cognito_people,
    cognito_pool,
    dynamodb,
    events,
    glue,
    iam,
    lakeformation,
    lambda_,
    logs,
    s3,
    sfn,
    sns,
)

TYPES: dict[str, ResourceType] = {
    kind.type_name: kind
    for service in (
        *(apigatewayv2, apigatewayv2_authorizer, cloudfront, cloudfront_distribution, cloudwatch),
        *(cognito_client, cognito_identity, cognito_people, cognito_pool),
        *(dynamodb, events, glue, iam, lakeformation, lambda_, logs, s3, sfn, sns),
    )
    for kind in service.TYPES
}
"""Every resource type that the provider knows, by name."""
