"""What the deployer's actions are on: ARNs, with the stack's place in braces, by what `deployer_actions` calls them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

RESOURCES: Final[Mapping[str, Sequence[str]]] = {
    # No resource level, or none that has a name before it is made.
    "any": ["*"],
    # The names that other accounts know, beside those that Pulumi gives: `lakeshare-`, the component, a random end.
    "roles": [
        "arn:{partition}:iam::{account}:role/lakeshare-*",
        "arn:{partition}:iam::{account}:role/LakeshareNotifier",
    ],
    "producer role": ["arn:{partition}:iam::{account}:role/ProducerWorkflowRole"],
    "kit role": ["arn:{partition}:iam::{account}:role/LakeshareConsumerKit"],
    "kit": ["arn:{partition}:lambda:{region}:{account}:function:LakeshareConsumerKit"],
    "links": [
        "arn:{partition}:glue:{region}:{account}:catalog",
        "arn:{partition}:glue:{region}:{account}:database/{links}",
        # Glue asks for all that is deleted with it.
        "arn:{partition}:glue:{region}:{account}:table/{links}/*",
        "arn:{partition}:glue:{region}:{account}:userDefinedFunction/{links}/*",
    ],
    "policies": ["arn:{partition}:iam::{account}:policy/lakeshare-*"],
    "topic": ["arn:{partition}:sns:{region}:{account}:DataLakeSharingApproval"],
    "tables": ["arn:{partition}:dynamodb:{region}:{account}:table/lakeshare-*"],
    "functions": ["arn:{partition}:lambda:{region}:{account}:function:lakeshare-*"],
    "layers": ["arn:{partition}:lambda:{region}:{account}:layer:lakeshare-*"],
    "log groups": [
        "arn:{partition}:logs:{region}:{account}:log-group:lakeshare-*",
        "arn:{partition}:logs:{region}:{account}:log-group:/aws/vendedlogs/states/lakeshare-*",
    ],
    "machines": ["arn:{partition}:states:{region}:{account}:stateMachine:lakeshare-*"],
    "rules": ["arn:{partition}:events:{region}:{account}:rule/lakeshare-*"],
    "alarms": ["arn:{partition}:cloudwatch:{region}:{account}:alarm:lakeshare-*"],
    "dashboards": ["arn:{partition}:cloudwatch::{account}:dashboard/lakeshare-*"],
    "catalogue": [
        "arn:{partition}:glue:{region}:{account}:catalog",
        "arn:{partition}:glue:{region}:{account}:database/*",
        "arn:{partition}:glue:{region}:{account}:table/*/*",
    ],
    # API Gateway gives the ids.
    "apis": ["arn:{partition}:apigateway:{region}::/apis", "arn:{partition}:apigateway:{region}::/apis/*"],
    "api tags": ["arn:{partition}:apigateway:{region}::/tags/*"],
    "buckets": ["arn:{partition}:s3:::lakeshare-*"],
    "objects": ["arn:{partition}:s3:::lakeshare-*/*"],
    # CloudFront and Cognito give the ids.
    "distributions": ["arn:{partition}:cloudfront::{account}:distribution/*"],
    "access controls": ["arn:{partition}:cloudfront::{account}:origin-access-control/*"],
    "headers policies": ["arn:{partition}:cloudfront::{account}:response-headers-policy/*"],
    "page functions": ["arn:{partition}:cloudfront::{account}:function/lakeshare-*"],
    "user pools": ["arn:{partition}:cognito-idp:{region}:{account}:userpool/*"],
    "identity pools": ["arn:{partition}:cognito-identity:{region}:{account}:identitypool/*"],
}
