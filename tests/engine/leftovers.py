"""What is left in an account: every service that the program uses is listed, as no one list has them all."""

from __future__ import annotations

from localmesh.provider import Endpoint


def left_in(endpoint: Endpoint) -> list[str]:
    """Name everything of the program's services that the account holds.

    What AWS itself brings does not count, nor what consumers were granted: that outlives the stacks.
    """
    iam, events = endpoint.client("iam", "us-east-1"), endpoint.client("events", "us-east-1")
    alarms = endpoint.client("cloudwatch", "us-east-1")
    functions = endpoint.client("lambda", "us-east-1")
    found: list[str] = []
    found += [f"table {name}" for name in endpoint.client("dynamodb", "us-east-1").list_tables()["TableNames"]]
    found += [f"role {role['RoleName']}" for role in iam.list_roles()["Roles"]]
    found += [f"policy {policy['Arn']}" for policy in iam.list_policies(Scope="Local")["Policies"]]
    found += [f"function {one['FunctionName']}" for one in functions.list_functions()["Functions"]]
    found += [f"layer {one['LayerName']}" for one in functions.list_layers()["Layers"]]
    found += [
        f"log group {one['logGroupName']}"
        for one in endpoint.client("logs", "us-east-1").describe_log_groups()["logGroups"]
    ]
    found += [f"alarm {one['AlarmName']}" for one in alarms.describe_alarms()["MetricAlarms"]]
    found += [f"dashboard {one['DashboardName']}" for one in alarms.list_dashboards()["DashboardEntries"]]
    found += [f"rule {one['Name']}" for one in events.list_rules()["Rules"]]
    found += [
        f"state machine {one['name']}"
        for one in endpoint.client("stepfunctions", "us-east-1").list_state_machines()["stateMachines"]
    ]
    found += [f"API {one['Name']}" for one in endpoint.client("apigatewayv2", "us-east-1").get_apis()["Items"]]
    topics = endpoint.client("sns", "us-east-1")
    found += [f"topic {one['TopicArn']}" for one in topics.list_topics()["Topics"]]
    found += [f"subscription {one['SubscriptionArn']}" for one in topics.list_subscriptions()["Subscriptions"]]
    found += [
        f"grant {one['Resource']}"
        for one in endpoint.client("lakeformation", "us-east-1").list_permissions()["PrincipalResourcePermissions"]
        if one["Principal"]["DataLakePrincipalIdentifier"].startswith("arn:")
    ]
    return found + _left_of_the_portal(endpoint)


def _left_of_the_portal(endpoint: Endpoint) -> list[str]:
    pages, people = endpoint.client("cloudfront", "us-east-1"), endpoint.client("cognito-idp", "us-east-1")
    identities = endpoint.client("cognito-identity", "us-east-1")
    found = [f"bucket {one['Name']}" for one in endpoint.client("s3", "us-east-1").list_buckets()["Buckets"]]
    for kind, answer, listed in (
        ("distribution", pages.list_distributions(), "DistributionList"),
        ("origin access control", pages.list_origin_access_controls(), "OriginAccessControlList"),
        ("headers policy", pages.list_response_headers_policies(Type="custom"), "ResponseHeadersPolicyList"),
        ("page function", pages.list_functions(), "FunctionList"),
    ):
        found += [f"{kind} {one}" for one in answer[listed].get("Items", [])]
    found += [f"user pool {one['Name']}" for one in people.list_user_pools(MaxResults=60)["UserPools"]]
    pools = identities.list_identity_pools(MaxResults=60)["IdentityPools"]
    return found + [f"identity pool {one['IdentityPoolName']}" for one in pools]
