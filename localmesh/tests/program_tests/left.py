"""What is left in an account, of the services that the programs here use."""

from __future__ import annotations

from typing import Any

from localmesh.provider import Endpoint


def left_in(endpoint: Endpoint) -> list[str]:
    """Name everything that the account holds."""

    def client(service: str) -> Any:
        return endpoint.client(service, "us-east-1")

    return [
        *(f"table {name}" for name in client("dynamodb").list_tables()["TableNames"]),
        *(f"bucket {one['Name']}" for one in client("s3").list_buckets()["Buckets"]),
        *(f"role {one['RoleName']}" for one in client("iam").list_roles()["Roles"]),
        *(f"function {one['FunctionName']}" for one in client("lambda").list_functions()["Functions"]),
        *(f"log group {one['logGroupName']}" for one in client("logs").describe_log_groups()["logGroups"]),
        *(f"API {one['Name']}" for one in client("apigatewayv2").get_apis()["Items"]),
        *(f"topic {one['TopicArn']}" for one in client("sns").list_topics()["Topics"]),
        *(f"subscription {one['SubscriptionArn']}" for one in client("sns").list_subscriptions()["Subscriptions"]),
    ]
