"""What a stack is configured to be: the only reader of the stack's configuration.

`load` reads every key of the `lakeshare` namespace once, checks all of them and returns frozen settings, or raises one
`ConfigError` that lists *every* fault, so that a person mends a stack file in one go. Pulumi.yaml describes the keys
for people and for the Pulumi CLI; a test holds the two together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, cast

import pulumi

from settings import checks, tag_checks
from settings.functions import read_concurrency
from settings.keys import CENTRAL, CONSUMER, KEYS, PRODUCER, ROLES, STACK, ConfigError, hint, names_in_use
from settings.people import DECISIONS, check_bindings, check_deciders
from settings.portal import PortalReader
from settings.producers import read_producers, read_share_days
from settings.regions import NO_PORTAL, partition_of
from settings.stacks import CentralSettings, ConsumerSettings, DriftSettings, ProducerSettings, RegisteredProducer

MAX_TAGS: Final = 45
"""AWS takes 50 on a resource; the rest is for Lakeshare's own and the organization's."""

MAX_TAGS_TEXT: Final = 1_000
"""Characters of `sensitiveTags`: a function's environment holds 4 KB in all."""

MAX_ALLOWED_TEXT: Final = 1_500
"""Characters of `allowedDatabases`, and of `allowedRoles`, for the same reason."""

ANY: Final = "any"
"""What `consumerAccounts` says instead of a list where every account may be granted access."""

DIRECT_REQUESTS: Final = ("allow", "automatic", "refuse")
"""What executions may do that somebody started directly; the words are those of the handlers."""

ON_NEW_PERSONAL_DATA: Final = ("report", "revoke")
"""What becomes of a share under which personal data appears."""


def load() -> CentralSettings | ProducerSettings | ConsumerSettings:
    """The settings of the stack that is being deployed.

    Raises:
        ConfigError: anything is wrong; it lists every fault.
    """
    reader = _Reader()
    role = reader.role()
    settings = {PRODUCER: reader.producer, CONSUMER: reader.consumer}.get(role, reader.central)()
    if reader.faults:
        raise ConfigError(pulumi.get_stack(), reader.faults)
    return settings


class _Reader(PortalReader):
    """What the keys of one stack say, once read and checked."""

    def role(self) -> str:
        role = str(self.values["role"])
        if role not in ROLES:
            self.fault("role", "central, producer or consumer", role)
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
        producers = read_producers(self)
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
        default_share, longest_share = read_share_days(self, producers)
        decisions = self.checked("decisions", checks.one_of(DECISIONS), "link")
        portal = self.portal()
        check_deciders(self, producers, decisions)
        check_bindings(self, own["account_id"], consumers)
        return CentralSettings(
            **own,
            producers=producers,
            secret_producers=self.is_secret("producers"),
            consumer_accounts=consumers,
            consumer_kits=self._kits(consumers),
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
            reserved_concurrency=read_concurrency(self),
            portal=portal,
        )

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
            self.check(f"sensitiveTags.{key}", key, tag_checks.lf_tag_key, ""): self._tag_values(key, value)
            for key, value in values.items()
        }

    def _tag_values(self, key: str, value: object) -> tuple[str, ...] | None:
        if value == "any":
            return None
        if value in (None, "", []) or isinstance(value, str):
            self.fault(f"sensitiveTags.{key}", "a list of the tag's values, or any", value)
            return None
        return self.listed(f"sensitiveTags.{key}", value, tag_checks.lf_tag_value)

    def _drift(self) -> DriftSettings | None:
        revokes = self.checked("onNewPersonalData", checks.one_of(ON_NEW_PERSONAL_DATA), "report") == "revoke"
        until = self.optional("adoptedUntil", checks.day)
        if self.values["drift"]:
            return DriftSettings(revokes_new_personal_data=revokes, adopted_until=until)
        for name in ("onNewPersonalData", "adoptedUntil"):
            if self.values[name] != KEYS[name].default:
                self.fault(name, "nothing without drift: true", self.values[name])
        return None

    def producer(self) -> ProducerSettings:
        own = self._common()
        return ProducerSettings(
            **own,
            central_account_id=self._central_of(own["account_id"]),
            external_id=self.optional("externalId", checks.external_id),
            secret_external_id=self.is_secret("externalId"),
            approver_emails=self.items("approverEmails", checks.email, same=str.lower),
            adopt=self.values["adopt"],
        )

    def consumer(self) -> ConsumerSettings:
        own = self._common()
        databases = self.items("allowedDatabases", checks.database_pattern)
        roles = self.items("allowedRoles", checks.role_name)
        if not self.values["allowedDatabases"]:
            self.fault("allowedDatabases", 'the databases to take up, a list of names or patterns ("*" for all)')
        for name, items in (("allowedDatabases", databases), ("allowedRoles", roles)):
            if (length := len(json.dumps(items))) > MAX_ALLOWED_TEXT:
                expected = f"at most {MAX_ALLOWED_TEXT} characters in all (Lambda limits an environment)"
                self.fault(name, expected, got=f"{length} characters")
        return ConsumerSettings(
            **own,
            central_account_id=self._central_of(own["account_id"]),
            allowed_databases=databases,
            allowed_roles=roles,
            link_database=self.checked("linkDatabase", checks.link_database, ""),
            adopt=self.values["adopt"],
            catalog_kms_key_arn=self.optional("catalogKmsKeyArn", checks.kms_key_arn),
            log_retention_days=self.checked("logRetentionDays", checks.log_retention_days, 0),
        )

    def _central_of(self, own: str) -> str:
        """The central account that a stack of another account names."""
        central = self.checked("centralAccountId", checks.account_id, "")
        if central and central == own:
            self.fault("centralAccountId", "an account other than the stack's own", central)
        return central

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
                self.check(f"tags.{key}", key, tag_checks.tag_key, ""): self.check(
                    f"tags.{key}", value, tag_checks.tag_value, ""
                )
                for key, value in tags.items()
            },
        }

    def _kits(self, consumers: tuple[str, ...] | None) -> tuple[str, ...]:
        """The consumers that have a stack of their own."""
        kits = self.items("consumerKits", checks.account_id)
        for index, account in enumerate(kits):
            if account and consumers is not None and account not in consumers:
                self.fault(f"consumerKits[{index}]", "one of consumerAccounts", account)
        return kits

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
