"""What a stack is configured to be: the only reader of the stack's configuration.

`load` reads every key of the `lakeshare` namespace once, checks all of them and returns frozen settings, or raises one
`ConfigError` that lists *every* fault, so that a person mends a stack file in one go. Pulumi.yaml describes the keys
for people and for the Pulumi CLI; a test holds the two together.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeVar, cast

import pulumi

from settings import checks
from settings.keys import CENTRAL, KEYS, PRODUCER, ROLES, STACK, ConfigError, hint, names_in_use
from settings.people import DECISIONS, check_bindings, check_deciders
from settings.portal import PortalReader, PortalSettings, own_group
from settings.regions import NO_PORTAL, partition_of

MAX_PRODUCERS: Final = 810
"""Nine managed policies with 90 role ARNs each (`components.policies`), of the ten that a role may have."""

MAX_TAGS: Final = 45
"""AWS takes 50 on a resource; the rest is for Lakeshare's own and the organization's."""

PORTAL_FUNCTIONS: Final = (
    *("requests-api", "shares-api", "decide-signed-in", "catalogue-api", "index-catalogue"),
    "findings-api",
)
"""The functions that a stack has with a portal only."""

DRIFT_FUNCTIONS: Final = ("drift", "findings-api")
"""The functions that a stack has with drift only; the second with a portal besides."""

FUNCTIONS: Final = (
    *("classify", "request-approval", "notify", "decide", "grant", "close", "revoke", "sweep", "survey"),
    "drift",
    *PORTAL_FUNCTIONS,
)
"""All functions of a central stack, by the names that its logs and alarms give them."""

MAX_TAGS_TEXT: Final = 1_000
"""Characters of `sensitiveTags`: a function's environment holds 4 KB in all."""

UNRESERVED: Final = 100
"""Lambda refuses to keep so many executions for single functions that fewer than these are left for all others."""

ANY: Final = "any"
"""What `consumerAccounts` says instead of a list where every account may be granted access."""

DIRECT_REQUESTS: Final = ("allow", "automatic", "refuse")
"""What executions may do that somebody started directly; the words are those of the handlers."""

ON_NEW_PERSONAL_DATA: Final = ("report", "revoke")
"""What becomes of a share under which personal data appears."""

_PRODUCER_FIELDS: Final = (
    "accountId",
    "externalId",
    "region",
    "name",
    "databases",
    "legacyKit",
    "defaultShare",
    "longestShare",
    "approversGroup",
    "decisions",
)


@dataclass(frozen=True, kw_only=True)
class StackSettings:
    """What both kinds of stack are told.

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


_T = TypeVar("_T")


def load() -> CentralSettings | ProducerSettings:
    """The settings of the stack that is being deployed.

    Raises:
        ConfigError: anything is wrong; it lists every fault.
    """
    reader = _Reader()
    role = reader.role()
    settings = reader.producer() if role == PRODUCER else reader.central()
    if reader.faults:
        raise ConfigError(pulumi.get_stack(), reader.faults)
    return settings


class _Reader(PortalReader):
    """What the keys of one stack say, once read and checked."""

    def role(self) -> str:
        role = str(self.values["role"])
        if role not in ROLES:
            self.fault("role", "central or producer", role)
        for name in names_in_use():
            if name not in KEYS:
                self.fault(
                    name, f"one of the keys that Pulumi.yaml describes{hint(name)}", got="a key that it does not"
                )
            elif role in ROLES and role not in KEYS[name].roles and self.values[name] != KEYS[name].default:
                self.fault(name, f"nothing: a {role} stack does not take it", self.values[name])
        return role

    def central(self) -> CentralSettings:
        self.check(STACK, pulumi.get_stack(), checks.stack_name, "")
        own = self._common()
        producers = self._producers()
        ids = {producer.account_id for producer in producers}
        if own["account_id"] and own["account_id"] in ids:
            self.fault("producers", "accounts other than the central one", own["account_id"])
        consumers = self._consumers()
        if own["account_id"] and own["account_id"] in (consumers or ()):
            self.fault("consumerAccounts", "accounts other than the central one", own["account_id"])
        lacking = NO_PORTAL.get(partition_of(own["region"]))
        if self.values["portal"] and lacking:
            self.fault("portal", f"false in {own['region']}: AWS has not all that the portal needs there", got=lacking)
        self._one_partition(own["region"], producers)
        default_share, longest_share = self._share_days(producers)
        decisions = self.checked("decisions", checks.one_of(DECISIONS), "link")
        portal = self.portal()
        check_deciders(self, producers, decisions)
        check_bindings(self, own["account_id"], consumers)
        return CentralSettings(
            **own,
            producers=producers,
            secret_producers=self.is_secret("producers"),
            consumer_accounts=consumers,
            approval_timeout_seconds=self.checked(
                "approvalTimeout", lambda value: checks.duration_seconds(value, 1, checks.MAX_APPROVAL_TIMEOUT), 0
            ),
            decisions=decisions,
            direct_requests=self.checked("directRequests", checks.one_of(DIRECT_REQUESTS), "refuse"),
            default_share_days=default_share,
            longest_share_days=longest_share,
            wildcard_on_approval=self.values["wildcardOnApproval"],
            manage_lake_formation_grants=self.values["manageLakeFormationGrants"],
            databases=self.items("databases", checks.database_name),
            catalog_kms_key_arn=self.optional("catalogKmsKeyArn", checks.kms_key_arn),
            log_retention_days=self.checked("logRetentionDays", checks.log_retention_days, 0),
            deletion_protection=self.values["deletionProtection"],
            ops_topic_arn=self.optional("opsTopicArn", checks.topic_arn),
            sweep_every_minutes=self.checked("sweepEvery", checks.whole_minutes, 0),
            sensitive_tags=self._sensitive_tags(),
            drift=self._drift(),
            reserved_concurrency=self._concurrency(),
            portal=portal,
        )

    def _share_days(self, producers: tuple[RegisteredProducer, ...]) -> tuple[int | None, int | None]:
        """How long data is shared, where a request says nothing and at most: no producer's is longer than all's."""
        default, longest = (self.optional(name, checks.whole_days) for name in ("defaultShare", "longestShare"))
        self._at_most("defaultShare", default, "longestShare", longest)
        for index, producer in enumerate(producers):
            key = f"producers[{index}]"
            own_default, own_longest = producer.default_share_days, producer.longest_share_days
            self._at_most(f"{key}.defaultShare", own_default, f"{key}.longestShare", own_longest)
            self._at_most(f"{key}.defaultShare", own_default, "the stack's defaultShare", default)
            self._at_most(f"{key}.defaultShare", own_default, "the stack's longestShare", longest)
            self._at_most(f"{key}.longestShare", own_longest, "the stack's longestShare", longest)
        return default, longest

    def _at_most(self, key: str, days: int | None, bound: str, most: int | None) -> None:
        if days is not None and most is not None and days > most:
            self.fault(key, f"at most {bound}, {most}d", got=f"{days}d")

    def _one_partition(self, region: str, producers: tuple[RegisteredProducer, ...]) -> None:
        """Nothing of one partition of AWS reaches into another."""
        own = partition_of(region)
        for index, producer in enumerate(producers):
            if region and producer.region and partition_of(producer.region) != own:
                self.fault(
                    f"producers[{index}].region", f"a region of the partition {own}, as {region} is", producer.region
                )
        for key in ("catalogKmsKeyArn", "opsTopicArn"):
            arn = str(self.values[key] or "")
            if region and arn.startswith("arn:") and arn.split(":")[1] != own:
                self.fault(key, f"an ARN of the partition {own}, as {region} is", arn)

    def _sensitive_tags(self) -> Mapping[str, tuple[str, ...] | None]:
        values = cast("dict[str, object]", self.values["sensitiveTags"])
        if len(json.dumps(values)) > MAX_TAGS_TEXT:
            expected = f"keys and values of at most {MAX_TAGS_TEXT} characters in all (Lambda limits an environment)"
            self.fault("sensitiveTags", expected, got=f"{len(json.dumps(values))} characters")
        return {
            self.check(f"sensitiveTags.{key}", key, checks.lf_tag_key, ""): self._tag_values(key, value)
            for key, value in values.items()
        }

    def _tag_values(self, key: str, value: object) -> tuple[str, ...] | None:
        if value == "any":
            return None
        if value in (None, "", []) or isinstance(value, str):
            self.fault(f"sensitiveTags.{key}", "a list of the tag's values, or any", value)
            return None
        return self.listed(f"sensitiveTags.{key}", value, checks.lf_tag_value)

    def _drift(self) -> DriftSettings | None:
        revokes = self.checked("onNewPersonalData", checks.one_of(ON_NEW_PERSONAL_DATA), "report") == "revoke"
        until = self.optional("adoptedUntil", checks.day)
        if self.values["drift"]:
            return DriftSettings(revokes_new_personal_data=revokes, adopted_until=until)
        for name in ("onNewPersonalData", "adoptedUntil"):
            if self.values[name] != KEYS[name].default:
                self.fault(name, "nothing without drift: true", self.values[name])
        return None

    def _concurrency(self) -> Mapping[str, int]:
        values = cast("dict[str, object]", self.values["reservedConcurrency"])
        account = self.checked("accountConcurrency", checks.positive, 0)
        functions = [name for name in FUNCTIONS if self._has(name)]
        for name in values.keys() - set(functions):
            expected = f"one of the stack's functions ({', '.join(functions)})"
            self.fault(f"reservedConcurrency.{name}", expected, got="a function that it does not have")
        reserved = {
            name: self.check(f"reservedConcurrency.{name}", value, checks.positive, 0)
            for name, value in values.items()
            if name in functions
        }
        free = account - sum(reserved.values())
        if reserved and account and free < UNRESERVED:
            self.fault(
                "reservedConcurrency",
                f"{UNRESERVED} of the account's {account} concurrent executions left for all other functions, as "
                "Lambda wants it (accountConcurrency says how many the account has)",
                got=f"{free} left",
            )
        return reserved

    def _has(self, function: str) -> bool:
        """Whether the stack has a function."""
        return (self.values["portal"] or function not in PORTAL_FUNCTIONS) and (
            self.values["drift"] or function not in DRIFT_FUNCTIONS
        )

    def producer(self) -> ProducerSettings:
        own = self._common()
        central = self.checked("centralAccountId", checks.account_id, "")
        if central and central == own["account_id"]:
            self.fault("centralAccountId", "an account other than the producer's own", central)
        return ProducerSettings(
            **own,
            central_account_id=central,
            external_id=self.optional("externalId", checks.external_id),
            secret_external_id=self.is_secret("externalId"),
            approver_emails=self.items("approverEmails", checks.email, same=str.lower),
            adopt=self.values["adopt"],
        )

    def _common(self) -> dict[str, Any]:
        aws = pulumi.Config("aws")
        tags = cast("dict[str, object]", self.values["tags"])
        if len(tags) > MAX_TAGS:
            self.fault(
                "tags", f"at most {MAX_TAGS} tags (AWS takes 50, Lakeshare adds its own)", got=f"{len(tags)} tags"
            )
        return {
            "account_id": self.checked("accountId", checks.account_id, ""),
            "region": self.check("aws:region", aws.get("region"), checks.region, ""),
            "profile": aws.get("profile"),
            "tags": {
                self.check(f"tags.{key}", key, checks.tag_key, ""): self.check(
                    f"tags.{key}", value, checks.tag_value, ""
                )
                for key, value in tags.items()
            },
        }

    def _consumers(self) -> tuple[str, ...] | None:
        """The accounts that may be granted access; None: any, which a stack has to say."""
        value: object = self.values["consumerAccounts"]
        if value == ANY:
            return None
        if value == [] or not isinstance(value, list):
            # A stack that does not know its role hears of that first.
            if self.values["role"] == CENTRAL:
                expected = "the accounts that may be granted access, a list of twelve digits in quotes each, or any"
                self.fault("consumerAccounts", expected, got="an empty list" if value == [] else checks.show(value))
            return ()
        return self.items("consumerAccounts", checks.account_id)

    def _producers(self) -> tuple[RegisteredProducer, ...]:
        entries = cast("list[object]", self.values["producers"])
        if len(entries) > MAX_PRODUCERS:
            self.fault("producers", f"at most {MAX_PRODUCERS} producers", got=f"{len(entries)} of them")
        producers = tuple(self._registered(f"producers[{index}]", entry) for index, entry in enumerate(entries))
        seen: set[str] = set()
        owners: dict[str, str] = {}
        for index, producer in enumerate(producers):
            if producer.account_id and producer.account_id in seen:
                self.fault(f"producers[{index}].accountId", "an account that is not listed above", producer.account_id)
            seen.add(producer.account_id)
            for database in producer.databases or ():
                owner = owners.setdefault(database, producer.account_id)
                if owner != producer.account_id and not checks.is_pattern(database):
                    expected = f"databases that no other producer owns (producer {owner} does)"
                    self.fault(f"producers[{index}].databases", expected, database)
        return producers

    def _registered(self, key: str, entry: object) -> RegisteredProducer:
        if not isinstance(entry, dict):
            self.fault(key, "a map with accountId and, if need be, " + ", ".join(_PRODUCER_FIELDS[1:]), entry)
            return RegisteredProducer(account_id="")
        values = cast("dict[str, object]", entry)
        for name in values.keys() - set(_PRODUCER_FIELDS):
            self.fault(f"{key}.{name}", f"one of {', '.join(_PRODUCER_FIELDS)}", got="a field of another name")

        def given(name: str, check: Callable[[object], _T], *, secret: bool = False) -> _T | None:
            value = values.get(name)
            return None if value is None else self.check(f"{key}.{name}", value, check, None, secret=secret)

        return RegisteredProducer(
            account_id=self.check(f"{key}.accountId", values.get("accountId"), checks.account_id, ""),
            external_id=given("externalId", checks.external_id, secret=True),
            region=given("region", checks.region),
            name=given("name", checks.text),
            databases=self.listed(f"{key}.databases", values.get("databases"), checks.database_pattern) or None,
            legacy_kit=given("legacyKit", checks.boolean) or False,
            default_share_days=given("defaultShare", checks.whole_days),
            longest_share_days=given("longestShare", checks.whole_days),
            approvers_group=given("approversGroup", own_group),
            decisions=given("decisions", checks.one_of(DECISIONS)),
        )
