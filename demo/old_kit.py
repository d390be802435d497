"""A stand-in for the old producer kit, which the demo's central stack has to get along with."""

import json
from collections.abc import Mapping

from demo.people import CENTRAL, PRODUCERS
from localmesh.setup import Clients


def install(clients: Clients) -> None:
    """Makes what the old producer kit made, where Lakeshare has to get along with it.

    Its role trusts the whole central account, asks for no external id, and may publish but not list who is subscribed.

    Args:
        clients: gives boto3 clients.
    """
    for producer in PRODUCERS:
        if not producer.legacy_kit:
            continue
        sns, iam = clients("sns", producer.id), clients("iam", producer.id)
        topic = sns.create_topic(Name="DataLakeSharingApproval")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=producer.approver)
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{CENTRAL}:root"}}
        publish = {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic}
        iam.create_role(RoleName="ProducerWorkflowRole", AssumeRolePolicyDocument=_document(trust))
        iam.put_role_policy(
            RoleName="ProducerWorkflowRole", PolicyName="InlinePolicy", PolicyDocument=_document(publish)
        )


def _document(statement: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
