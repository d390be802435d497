"""What a producer account holds: the role that the central notifier assumes, and the topic that carries its mails."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components import policies
from settings.regions import partition_of
from settings.stacks import ProducerSettings

ROLE_NAME = "ProducerWorkflowRole"
"""Part of the contract: the central stack names it in its policies."""

TOPIC_NAME = "DataLakeSharingApproval"
"""Part of the contract: the central stack publishes to it by name."""

NOTIFIER_ROLE_NAME = "LakeshareNotifier"
"""Part of the contract: the role of the central account that the producer trusts."""


class ProducerApprovalKit(pulumi.ComponentResource):
    """Makes the role `ProducerWorkflowRole`, the topic `DataLakeSharingApproval` and the approvers' subscriptions.

    The role trusts one role of the central account and may do two things to one topic. Each approver confirms the
    subscription by mail; subscriptions that somebody made by hand are left alone.

    To adopt the old system's role and topic is to import them: both are what they were, but for what is to differ.

    Args:
        name: prefix of the logical names.
        args: the settings of a producer stack.
        opts: the parent or provider.
    """

    topic_arn: pulumi.Output[str]
    """ARN of the topic."""

    role_arn: pulumi.Output[str]
    """ARN of the role."""

    stack_outputs: dict[str, pulumi.Output[str]]
    """What the stack exports."""

    def __init__(self, name: str, args: ProducerSettings, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:ProducerApprovalKit", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        partition = aws.get_partition_output(opts=pulumi.InvokeOptions(parent=self)).partition
        place = policies.Place(partition=partition, region=args.region, account_id=args.account_id)
        topic = aws.sns.Topic(
            f"{name}-topic",
            name=TOPIC_NAME,
            # The key that AWS keeps for SNS: whoever publishes needs no permission on it.
            kms_master_key_id="alias/aws/sns",
            opts=_imported(own, _topic_arn(args)) if args.adopt else own,
        )
        role = aws.iam.Role(
            f"{name}-role",
            name=ROLE_NAME,
            description="Lakeshare: lets the central account mail the approvers of this account's data",
            assume_role_policy=policies.trust_role(
                account=place.root_arn(args.central_account_id),
                role=place.role_arn(args.central_account_id, NOTIFIER_ROLE_NAME),
                external_id=_external_id(args),
            ),
            # An adopted role has the old system's policy too, which must not keep it from being deleted.
            force_detach_policies=True,
            opts=_imported(own, ROLE_NAME) if args.adopt else own,
        )
        aws.iam.RolePolicy(
            f"{name}-policy",
            role=role.name,
            policy=policies.document([policies.allow(["sns:ListSubscriptionsByTopic", "sns:Publish"], topic.arn)]),
            opts=own,
        )
        for address in args.approver_emails:
            aws.sns.TopicSubscription(
                f"{name}-approver-{address.lower()}", topic=topic.arn, protocol="email", endpoint=address, opts=own
            )
        self.topic_arn = topic.arn
        self.role_arn = role.arn
        self.stack_outputs = {"ApprovalSnsTopicArn": self.topic_arn, "ProducerWorkflowRoleArn": self.role_arn}
        self.register_outputs({"topicArn": self.topic_arn, "roleArn": self.role_arn})


def _imported(opts: pulumi.ResourceOptions, id_: str) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(import_=id_))


def _topic_arn(args: ProducerSettings) -> str:
    # The provider knows the partition for certain, but only as an output, and an import takes a text.
    return f"arn:{partition_of(args.region)}:sns:{args.region}:{args.account_id}:{TOPIC_NAME}"


def _external_id(args: ProducerSettings) -> pulumi.Input[str] | None:
    if args.external_id is None or not args.secret_external_id:
        return args.external_id
    return pulumi.Output.secret(args.external_id)
