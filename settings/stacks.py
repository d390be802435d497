"""What a stack is configured to be: the settings of each kind, once read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from settings.portal import PortalSettings


@dataclass(frozen=True, kw_only=True)
class StackSettings:
    """What every kind of stack is told.

    Attributes:
        account_id: the only account that this stack may be deployed into.
        region: the region of everything in the stack (`aws:region`).
        profile: the named profile of the AWS credentials (`aws:profile`), if one is set.
        tags: tags for every resource that takes them, besides Lakeshare's own.
    """

    account_id: str
    region: str
    profile: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True)
class RegisteredProducer:
    """A producer account that the central stack may ask for approval.

    Attributes:
        account_id: twelve digits.
        external_id: what its role demands as `sts:ExternalId`, if it does.
        region: where its topic is, if not in the central stack's region.
        name: what people call it.
        databases: names, or patterns as of `fnmatch`, of the databases it owns; None: any that names it as owner.
        legacy_kit: it still runs the old producer kit, so the weaker approver check is allowed.
        default_share_days, longest_share_days: the same as the stack's, for its data, and no longer.
        approvers_group: the group of the portal's users that answers for its data, beside the topic's subscribers.
        decisions: how its approvers decide, `link` or `signed-in`; None: as the stack says.
        safe_subset: whether the columns of its tables that no flag is about may be asked for by that.
    """

    account_id: str
    external_id: str | None = field(default=None, repr=False)
    region: str | None = None
    name: str | None = None
    databases: tuple[str, ...] | None = None
    legacy_kit: bool = False
    default_share_days: int | None = None
    longest_share_days: int | None = None
    approvers_group: str | None = None
    decisions: str | None = None
    safe_subset: bool = False


@dataclass(frozen=True, kw_only=True)
class DriftSettings:
    """Whether and how the ledger is held against the lake.

    Attributes:
        revokes_new_personal_data: whether shares end under which personal data appeared that nobody approved.
        adopted_until: the last day of what is adopted; None: as long as the longest share.
    """

    revokes_new_personal_data: bool = False
    adopted_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class CentralSettings(StackSettings):
    """The central stack: see Pulumi.yaml for what each key means.

    Attributes:
        consumer_accounts: the accounts that may be granted access; None: any, as the stack says in so many words.
        consumer_kits: those of them whose stack takes up by itself what is shared.
        sensitive_tags: the keys of LF-Tags that are flags, each with the values that are; None: any value.
        reserved_concurrency: how many of the account's concurrent executions each function keeps, by its name.
        default_share_days: how many days data is shared where a request says nothing; None: `longest_share_days`.
        longest_share_days: how many days data is shared at most; None: without an end.
        direct_requests: what requests may do that nobody signed in for, one of `DIRECT_REQUESTS`.
        decisions: how owners decide, `link` or `signed-in`.
        drift: whether and how the ledger is held against the lake; None: it is not.
        secret_producers: whether `producers` holds an encrypted value, so that what is made of it is kept secret too.
        portal: the portal, if the stack has one.
    """

    producers: tuple[RegisteredProducer, ...] = ()
    consumer_accounts: tuple[str, ...] | None
    consumer_kits: tuple[str, ...] = ()
    approval_timeout_seconds: int = 7 * 86_400
    direct_requests: str = "allow"
    decisions: str = "link"
    default_share_days: int | None = None
    longest_share_days: int | None = None
    wildcard_on_approval: bool = False
    manage_lake_formation_grants: bool = False
    databases: tuple[str, ...] = ()
    catalog_kms_key_arn: str | None = None
    log_retention_days: int = 90
    deletion_protection: bool = True
    ops_topic_arn: str | None = None
    sweep_every_minutes: int = 15
    sensitive_tags: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict[str, tuple[str, ...] | None])
    reserved_concurrency: Mapping[str, int] = field(default_factory=dict[str, int])
    drift: DriftSettings | None = None
    secret_producers: bool = False
    portal: PortalSettings | None = None


@dataclass(frozen=True, kw_only=True)
class ProducerSettings(StackSettings):
    """A producer's stack.

    Attributes:
        central_account_id: the account whose notifier may assume the producer's role.
        external_id: what it must present, if anything.
        secret_external_id: whether `externalId` is encrypted, so that the trust policy is kept secret too.
        approver_emails: who gets the requests; subscriptions made by hand are left alone.
        adopt: whether role and topic are there already, made by the old system, and become the stack's.
    """

    central_account_id: str
    external_id: str | None = field(default=None, repr=False)
    secret_external_id: bool = False
    approver_emails: tuple[str, ...] = ()
    adopt: bool = False


@dataclass(frozen=True, kw_only=True)
class ConsumerSettings(StackSettings):
    """A consumer's stack.

    Attributes:
        central_account_id: the account that may have shares taken up.
        allowed_databases: names, or patterns as of `fnmatch`, of its databases that are taken up.
        allowed_roles: names of roles of the account, with their paths, that may be let read them.
        link_database: the database of links to tables, and what the names of links to databases begin with.
        adopt: whether that database is there already, and becomes the stack's.
        catalog_kms_key_arn: the key of the central account's catalogue, if that is encrypted.
    """

    central_account_id: str
    allowed_databases: tuple[str, ...]
    allowed_roles: tuple[str, ...] = ()
    link_database: str = "lakeshare"
    adopt: bool = False
    catalog_kms_key_arn: str | None = None
    log_retention_days: int = 90
