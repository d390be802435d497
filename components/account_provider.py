"""The AWS provider of a stack: one account, one region, tags on everything that takes them."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi_aws as aws

OWN_TAGS = {"application": "lakeshare"}
"""Tags that every resource bears whatever the configuration says."""


def account_provider(
    account_id: str, region: str, profile: str | None = None, tags: Mapping[str, str] | None = None
) -> aws.Provider:
    """A provider that refuses every other account before anything is made.

    Default tags that are computed need an explicit provider, and an explicit provider takes nothing from the `aws:`
    configuration by itself: hence region and profile.

    Args:
        account_id: the only account it works in.
        region: the region of everything.
        profile: the named profile of the credentials, if not the environment's.
        tags: tags beside Lakeshare's own.
    """
    return aws.Provider(
        "account",
        allowed_account_ids=[account_id],
        region=region,
        profile=profile,
        default_tags=aws.ProviderDefaultTagsArgs(tags={**(tags or {}), **OWN_TAGS}),
    )
