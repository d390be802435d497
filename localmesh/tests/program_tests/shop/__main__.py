"""A shop: a function behind an HTTP API with a table and a bucket, and in another account a topic that it tells."""

from pathlib import Path

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
WAREHOUSE = config.require("warehouseAccount")
TOPIC = f"arn:aws:sns:us-east-1:{WAREHOUSE}:orders"
ROLE = f"arn:aws:iam::{WAREHOUSE}:role/OrderTeller"


def allow(action, resource):
    """A policy with one statement."""
    return statement({"Effect": "Allow", "Action": action, "Resource": resource})


def statement(one):
    """A policy document."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [one]})


def trust(principal):
    """A trust policy."""
    return statement({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal})


def warehouse():
    """The topic, who reads it, and the role that may publish."""
    topic = aws.sns.Topic("orders", name="orders")
    aws.sns.TopicSubscription("keeper", topic=topic.arn, protocol="email", endpoint=config.require("keeper"))
    root = f"arn:aws:iam::{config.require('shop')}:root"
    role = aws.iam.Role("teller", name="OrderTeller", assume_role_policy=trust({"AWS": root}))
    aws.iam.RolePolicy("teller", role=role.name, policy=allow("sns:Publish", topic.arn))


def shop():
    """The function and all that it needs."""
    table = aws.dynamodb.Table(
        "orders", attributes=[{"name": "id", "type": "S"}], hash_key="id", billing_mode="PAY_PER_REQUEST"
    )
    bucket = aws.s3.Bucket("receipts", force_destroy=True)
    logs = aws.cloudwatch.LogGroup("orders", retention_in_days=7)
    role = aws.iam.Role("orders", assume_role_policy=trust({"Service": "lambda.amazonaws.com"}))
    for name, policy in {
        "table": allow(["dynamodb:GetItem", "dynamodb:PutItem"], table.arn),
        "bucket": allow("s3:PutObject", pulumi.Output.concat(bucket.arn, "/*")),
        "logs": allow(["logs:CreateLogStream", "logs:PutLogEvents"], pulumi.Output.concat(logs.arn, ":*")),
        "warehouse": allow("sts:AssumeRole", ROLE),
    }.items():
        aws.iam.RolePolicy(f"orders-{name}", role=role.name, policy=policy)
    source = Path(__file__).parent / "function" / "app.py"
    function = aws.lambda_.Function(
        "orders",
        code=pulumi.AssetArchive({"app.py": pulumi.FileAsset(str(source))}),
        handler="app.handler",
        runtime="python3.13",
        role=role.arn,
        timeout=20,
        logging_config={"log_format": "Text", "log_group": logs.name},
        environment={"variables": {"TABLE": table.name, "BUCKET": bucket.bucket, "ROLE": ROLE, "TOPIC": TOPIC}},
    )
    api = aws.apigatewayv2.Api("orders", protocol_type="HTTP")
    integration = aws.apigatewayv2.Integration(
        "orders",
        api_id=api.id,
        integration_type="AWS_PROXY",
        integration_uri=function.invoke_arn,
        payload_format_version="2.0",
    )
    for name, key in (("put", "POST /orders"), ("get", "GET /orders/{id}")):
        target = pulumi.Output.concat("integrations/", integration.id)
        aws.apigatewayv2.Route(name, api_id=api.id, route_key=key, target=target)
    stage = aws.apigatewayv2.Stage("orders", api_id=api.id, name="$default", auto_deploy=True)
    aws.lambda_.Permission(
        "orders",
        action="lambda:InvokeFunction",
        function=function.name,
        principal="apigateway.amazonaws.com",
        source_arn=pulumi.Output.concat(api.execution_arn, "/*/*"),
    )
    pulumi.export("url", pulumi.Output.all(api.api_endpoint, stage.id).apply(lambda both: both[0]))
    pulumi.export("table", table.name)
    pulumi.export("bucket", bucket.bucket)


{"shop": shop, "warehouse": warehouse}[config.require("part")]()
