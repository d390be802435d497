"""The provider's own configuration: which account, which region, which tags on everything."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, cast

from botocore.exceptions import BotoCoreError, ClientError

from localmesh.provider.connection import Aws, Endpoint
from localmesh.provider.errors import CheckFailedError, ProviderError, in_words
from localmesh.provider.values import Props, is_unknown, part

PROVIDER_TYPE = "pulumi:providers:aws"

_USED = {"allowedAccountIds", "defaultTags", "forbiddenAccountIds", "region"}
# They say how to reach AWS and with what credentials, which the mesh decides.
_MESH_DECIDES = {
    *("accessKey", "endpoints", "profile", "s3UsePathStyle", "secretKey", "skipCredentialsValidation"),
    *("skipMetadataApiCheck", "skipRegionValidation", "skipRequestingAccountId", "token", "version"),
    *("maxRetries", "sharedConfigFiles", "sharedCredentialsFiles", "insecure"),
}
_REGION = "us-east-1"


@dataclass(frozen=True)
class Configuration:
    """What a provider was configured with.

    Attributes:
        region: Where regional resources are made.
        default_tags: Tags on everything that takes tags.
        allowed_account_ids: The only accounts to work in; empty for any.
        forbidden_account_ids: Accounts not to work in.
    """

    region: str = _REGION
    default_tags: dict[str, str] = field(default_factory=dict[str, str])
    allowed_account_ids: tuple[str, ...] = ()
    forbidden_account_ids: tuple[str, ...] = ()


def check_configuration(inputs: Props) -> Props:
    """Refuse what the provider does not know; give the rest back as it came.

    Raises:
        CheckFailedError: Naming every property that is not known.
    """
    unknown = sorted(inputs.keys() - _USED - _MESH_DECIDES)
    if unknown:
        raise CheckFailedError(
            PROVIDER_TYPE, tuple((name, f"expected a setting that the mesh knows, got {name}") for name in unknown)
        )
    return inputs


def read_configuration(inputs: Props) -> Configuration:
    """Read the provider's inputs. Objects and lists in them come as JSON texts, as Pulumi sends providers theirs."""
    plain = {name: _parsed(value) for name, value in check_configuration(inputs).items()}
    tags = part(plain, "defaultTags")
    return Configuration(
        region=plain.get("region") or _REGION,
        default_tags=part(tags, "tags") if not is_unknown(tags) else {},
        allowed_account_ids=_accounts(plain.get("allowedAccountIds")),
        forbidden_account_ids=_accounts(plain.get("forbiddenAccountIds")),
    )


def connect(endpoint: Endpoint, configuration: Configuration) -> Aws:
    """Find out whose the credentials are, and refuse the wrong account before anything is made.

    Raises:
        ProviderError: The credentials belong to an account that is not allowed, or AWS does not answer.
    """
    try:
        who = cast(dict[str, str], endpoint.client("sts", configuration.region).get_caller_identity())
    except (BotoCoreError, ClientError) as error:
        raise ProviderError(
            f"expected AWS at {endpoint.url} to say whose the credentials are; {in_words(error)}"
        ) from error
    account, allowed = who["Account"], configuration.allowed_account_ids
    if (allowed and account not in allowed) or account in configuration.forbidden_account_ids:
        wanted = f"one of the accounts {', '.join(allowed)}" if allowed else "another account"
        raise ProviderError(f"AWS account ID not allowed: expected credentials of {wanted}, got those of {account}")
    return Aws(endpoint, account, who["Arn"].split(":")[1], configuration.region)


def _accounts(value: Any) -> tuple[str, ...]:
    return tuple(str(account) for account in value or ())


def _parsed(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in {"{", "["}:
        return json.loads(value)
    return value
