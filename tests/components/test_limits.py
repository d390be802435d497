"""What settings lets through, the plug-in takes: each check against the limits of where its value ends up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.event_rules import rate
from localmesh.provider.constraints import faults
from localmesh.provider.limits import COMMON, LIMITS
from settings import checks, portal_checks, tag_checks
from settings.checks import LOG_RETENTION_DAYS

ACCOUNT = "123456789012"
WORDS = st.text(alphabet="aZ9._-@+=:/% #é日\t", min_size=1, max_size=140)


def arn(service: str, resource: str, region: str = "[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}") -> st.SearchStrategy[str]:
    return st.from_regex(rf"arn:aws[a-z-]{{0,6}}:{service}:({region}|nowhere):{ACCOUNT}:{resource}", fullmatch=True)


Placed = Callable[[Any], dict[str, Any]]


def at(path: str, *, of_list: bool = False, within: str = "{}") -> Placed:
    """Put a value where the program puts it."""
    first, *rest = path.split(".")

    def placed(value: Any) -> dict[str, Any]:
        value = within.format(value) if isinstance(value, str) else value
        value = [value] if of_list else value
        for name in reversed(rest):
            value = {name: value}
        return {first: value}

    return placed


CASES: list[tuple[Callable[[object], object], st.SearchStrategy[Any], str, Placed]] = [
    (checks.stack_name, WORDS, "aws:lambda/layerVersion:LayerVersion", at("layerName", within="lakeshare-{}")),
    (checks.stack_name, WORDS, "aws:cloudwatch/dashboard:Dashboard", at("dashboardName", within="lakeshare-{}")),
    (checks.stack_name, WORDS, "aws:cognito/identityPool:IdentityPool", at("identityPoolName", within="lakeshare-{}")),
    (checks.email, st.emails(), "aws:sns/topicSubscription:TopicSubscription", at("endpoint")),
    (checks.email, st.emails(), "aws:cognito/user:User", at("attributes.email")),
    (portal_checks.username, WORDS, "aws:cognito/user:User", at("username")),
    (portal_checks.group_name, WORDS, "aws:cognito/userGroup:UserGroup", at("name")),
    (portal_checks.domain_prefix, WORDS, "aws:cognito/userPoolDomain:UserPoolDomain", at("domain")),
    (portal_checks.provider_name, WORDS, "aws:cognito/identityProvider:IdentityProvider", at("providerName")),
    (
        portal_checks.https_url,
        st.from_regex(r"https?://[a-z.]{1,20}(/[!-~]{0,9})?", fullmatch=True),
        "aws:cognito/identityProvider:IdentityProvider",
        at("providerDetails.oidc_issuer"),
    ),
    (tag_checks.tag_value, WORDS, "", at("tags.team")),
    (checks.region, st.from_regex(r"[a-z]{2,5}(-[a-z]+){0,2}-[0-9]{1,2}", fullmatch=True), "", at("region")),
    (
        checks.topic_arn,
        arn("sns", "[A-Za-z0-9_-]{1,20}"),
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        at("alarmActions", of_list=True),
    ),
    (
        portal_checks.certificate_arn,
        arn("acm", "certificate/[a-z0-9-]{1,20}", "us-east-1"),
        "aws:cloudfront/distribution:Distribution",
        at("viewerCertificate.acmCertificateArn"),
    ),
    (
        portal_checks.web_acl_arn,
        arn("wafv2", "global/webacl/[A-Za-z0-9_-]{1,20}/[0-9a-f-]{36}", "us-east-1"),
        "aws:cloudfront/distribution:Distribution",
        at("webAclId"),
    ),
    (
        portal_checks.host_name,
        st.from_regex(r"[a-z0-9]{1,5}(\.[a-z0-9-]{1,8}){0,3}\.[a-z]{2,4}", fullmatch=True),
        "aws:cloudfront/distribution:Distribution",
        at("aliases", of_list=True),
    ),
    (checks.account_id, st.from_regex(r"[0-9]{11,13}"), "aws:lakeformation/permissions:Permissions", at("catalogId")),
    (checks.database_name, WORDS, "aws:lakeformation/permissions:Permissions", at("database.name")),
    (tag_checks.lf_tag_key, WORDS, "aws:lakeformation/permissions:Permissions", at("lfTag.key")),
    (
        checks.log_retention_days,
        st.sampled_from(LOG_RETENTION_DAYS),
        "aws:cloudwatch/logGroup:LogGroup",
        at("retentionInDays"),
    ),
    (
        checks.positive,
        st.integers(-1, 1000),
        "aws:lambda/function:Function",
        at("reservedConcurrentExecutions"),
    ),
    (
        checks.whole_minutes,
        st.from_regex(r"[0-9]{1,3}[smhd]", fullmatch=True),
        "aws:cloudwatch/eventRule:EventRule",
        lambda minutes: {"scheduleExpression": rate(minutes)},
    ),
]


@pytest.mark.parametrize(
    ("check", "values", "token", "placed"),
    CASES,
    ids=[f"{token}-{number}" for number, (_, _, token, _) in enumerate(CASES)],
)
def test_what_settings_takes_the_plug_in_takes(
    check: Callable[[object], object], values: st.SearchStrategy[Any], token: str, placed: Placed
) -> None:
    limits = LIMITS[token] if token else COMMON

    @settings(deadline=None, max_examples=40)
    @given(values)
    def holds(value: object) -> None:
        try:
            taken = check(value)
        except checks.Unexpected:
            return
        assert list(faults(limits, placed(taken))) == []

    holds()
