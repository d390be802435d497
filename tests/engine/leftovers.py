"""What is left in an account: every service that the program uses is listed, as no one list has them all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from localmesh.provider import Endpoint

from .deployers import NAME


def _items(answer: dict[str, Any]) -> list[Any]:
    """What CloudFront lists."""
    (listed,) = (value for key, value in answer.items() if key.endswith("List"))
    return listed.get("Items", [])


def _links(glue: Any) -> list[Any]:
    """The databases of links, and those that are links, among all others."""
    return [one for one in glue.get_databases()["DatabaseList"] if one["Name"].startswith("lakeshare")]


def _grants_to_roles(lake: Any) -> list[Any]:
    grants = lake.list_permissions()["PrincipalResourcePermissions"]
    return [one for one in grants if one["Principal"]["DataLakePrincipalIdentifier"].startswith("arn:")]


_Listed = tuple[str, str, Callable[[Any], list[Any]], str]

_LISTS: tuple[_Listed, ...] = (
    ("table", "dynamodb", lambda aws: aws.list_tables()["TableNames"], ""),
    ("role", "iam", lambda aws: [one for one in aws.list_roles()["Roles"] if one["RoleName"] != NAME], "RoleName"),
    ("policy", "iam", lambda aws: aws.list_policies(Scope="Local")["Policies"], "Arn"),
    ("function", "lambda", lambda aws: aws.list_functions()["Functions"], "FunctionName"),
    ("layer", "lambda", lambda aws: aws.list_layers()["Layers"], "LayerName"),
    ("log group", "logs", lambda aws: aws.describe_log_groups()["logGroups"], "logGroupName"),
    ("alarm", "cloudwatch", lambda aws: aws.describe_alarms()["MetricAlarms"], "AlarmName"),
    ("dashboard", "cloudwatch", lambda aws: aws.list_dashboards()["DashboardEntries"], "DashboardName"),
    ("rule", "events", lambda aws: aws.list_rules()["Rules"], "Name"),
    ("state machine", "stepfunctions", lambda aws: aws.list_state_machines()["stateMachines"], "name"),
    ("API", "apigatewayv2", lambda aws: aws.get_apis()["Items"], "Name"),
    ("topic", "sns", lambda aws: aws.list_topics()["Topics"], "TopicArn"),
    ("subscription", "sns", lambda aws: aws.list_subscriptions()["Subscriptions"], "SubscriptionArn"),
    ("database", "glue", _links, "Name"),
    ("grant", "lakeformation", _grants_to_roles, "Resource"),
    # The portal's.
    ("bucket", "s3", lambda aws: aws.list_buckets()["Buckets"], "Name"),
    ("distribution", "cloudfront", lambda aws: _items(aws.list_distributions()), "Id"),
    ("origin access control", "cloudfront", lambda aws: _items(aws.list_origin_access_controls()), "Id"),
    ("headers policy", "cloudfront", lambda aws: _items(aws.list_response_headers_policies(Type="custom")), ""),
    ("page function", "cloudfront", lambda aws: _items(aws.list_functions()), "Name"),
    ("user pool", "cognito-idp", lambda aws: aws.list_user_pools(MaxResults=60)["UserPools"], "Name"),
    ("identity pool", "cognito-identity", lambda aws: aws.list_identity_pools(MaxResults=60)["IdentityPools"], ""),
)
"""Kind, service, what it has of that kind, and the field that names one of them."""


def left_in(endpoint: Endpoint) -> list[str]:
    """Name everything of the program's services that the account holds.

    What AWS itself brings does not count, nor who deploys, nor what consumers were granted: that outlives the stacks.
    """
    return [
        f"{kind} {one[name] if name else one}"
        for kind, service, listed, name in _LISTS
        for one in listed(endpoint.client(service, "us-east-1"))
    ]
