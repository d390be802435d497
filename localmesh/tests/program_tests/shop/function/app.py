"""Takes orders: writes them down, files a receipt, and tells the warehouse, which is in another account."""

import json
import os

import boto3


def handler(event, context):
    """Answers ``POST /orders`` and ``GET /orders/{id}``."""
    table = boto3.client("dynamodb")
    if event["routeKey"] == "GET /orders/{id}":
        key = {"id": {"S": event["pathParameters"]["id"]}}
        found = table.get_item(TableName=os.environ["TABLE"], Key=key).get("Item")
        return answer(200, {"what": found["what"].get("S")}) if found else answer(404, {"message": "no such order"})
    what = json.loads(event["body"])["what"]
    order = context.aws_request_id
    table.put_item(TableName=os.environ["TABLE"], Item={"id": {"S": order}, "what": {"S": what}})
    boto3.client("s3").put_object(Bucket=os.environ["BUCKET"], Key=f"{order}.txt", Body=what.encode())
    role = boto3.client("sts").assume_role(RoleArn=os.environ["ROLE"], RoleSessionName="shop")["Credentials"]
    warehouse = boto3.client(
        "sns",
        aws_access_key_id=role["AccessKeyId"],
        aws_secret_access_key=role["SecretAccessKey"],
        aws_session_token=role["SessionToken"],
    )
    warehouse.publish(TopicArn=os.environ["TOPIC"], Subject="An order", Message=f"Send {what}, order {order}")
    return answer(201, {"id": order})


def answer(status, body):
    """What the API passes on."""
    return {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}
