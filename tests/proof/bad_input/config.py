"""Wrong values in stack configurations, beside those that the unit tests know; what does not go together; secrets."""

from __future__ import annotations

from collections.abc import Mapping

from tests.proof.bad_input.case import Case, Config, Door
from tests.unit.configured import ONE, central, one, producer

HIDDEN = "a secret, not shown"
SECRET = "s3cret-s3cret"


def config(
    name: str,
    keys: str,
    *words: str,
    values: Mapping[str, object],
    secret: tuple[str, ...] = (),
    hidden: tuple[str, ...] = (),
    region: str | None = "eu-central-1",
) -> Case:
    """A configuration; `keys` are those that it is refused for."""
    full = sorted(key if key.startswith("aws:") else f"lakeshare:{key}" for key in keys.split())
    return Case(f"config: {name}", Door.CONFIG, Config(values, secret, region), " ".join(full), words, hidden)


VALUES = (
    config(
        "account of a placeholder",
        "accountId",
        "in place of the sample's placeholder",
        values=central(accountId="<your account>"),
    ),
    config("account with a line break", "accountId", '"123456789012\\n"', values=central(accountId="123456789012\n")),
    config(
        "account of 100,000 digits", "accountId", "...", hidden=("1" * 200,), values=central(accountId="1" * 100_000)
    ),
    config(
        "region of a producer that is none",
        "producers[0].region",
        "the name of an AWS region",
        values=one(region="eu_central_1"),
    ),
    config(
        "mail address with a line break in it",
        "approverEmails[0]",
        "a mail address",
        "\\n",
        values=producer(approverEmails=["a@x.org\nBcc: b@x.org"]),
    ),
    config(
        "mail address of 255 letters",
        "approverEmails[0]",
        "a mail address",
        values=producer(approverEmails=["a" * 64 + "@" + "b" * 60 + "." + "c" * 60 + "." + "d" * 60 + ".org" * 2]),
    ),
    config(
        "mail address of null",
        "approverEmails[1]",
        "a mail address",
        "got nothing",
        values=producer(approverEmails=["a@x.org", None]),
    ),
    config("database of null", "databases[0]", "the exact name of a database", values=central(databases=[None])),
    config(
        "consumer that is a number",
        "consumerAccounts[0]",
        "without them YAML makes a number of it",
        values=central(consumerAccounts=[999999999999]),
    ),
    config(
        "key of another service",
        "catalogKmsKeyArn",
        "the ARN of a KMS key",
        values=central(catalogKmsKeyArn="arn:aws:sns:eu-central-1:123456789012:key/x"),
    ),
    config(
        "topic of another service",
        "opsTopicArn",
        "the ARN of an SNS topic",
        values=central(opsTopicArn="arn:aws:sqs:eu-central-1:123456789012:q"),
    ),
    config(
        "topic that is first in, first out",
        "opsTopicArn",
        "the ARN of an SNS topic",
        values=central(opsTopicArn="arn:aws:sns:eu-central-1:123456789012:q.fifo"),
    ),
    config(
        "certificate of another region",
        "portalAddress.certificateArn",
        "in us-east-1",
        values=central(
            portalAddress={"hostName": "x.org", "certificateArn": "arn:aws:acm:eu-west-1:123456789012:certificate/0"}
        ),
    ),
    config(
        "timeout of half an hour in words",
        "approvalTimeout",
        'got "half an hour"',
        values=central(approvalTimeout="half an hour"),
    ),
    config("timeout of a billion days", "approvalTimeout", "to 364d", values=central(approvalTimeout="1000000000d")),
    config("timeout that is empty", "approvalTimeout", "got nothing", values=central(approvalTimeout="")),
    config("sweep that is empty", "sweepEvery", "got nothing", values=central(sweepEvery="")),
    config("sweep of 25 hours", "sweepEvery", "from 1m to 1d", values=central(sweepEvery="25h")),
    config("retention of 0 days", "logRetentionDays", "one of 1, 3, 5", "got 0", values=central(logRetentionDays=0)),
    config("retention below 0", "logRetentionDays", "got -1", values=central(logRetentionDays=-1)),
    config("retention of 30 digits", "logRetentionDays", "a whole number", values=central(logRetentionDays="9" * 30)),
    config("tag without a name", "tags.", "a tag's key", values=central(tags={"": "x"})),
    config("tag of null", "tags.team", "a tag's value", "got nothing", values=central(tags={"team": None})),
    config("tag of 257 letters", "tags.team", "at most 256", values=central(tags={"team": "x" * 257})),
    config("tag with markup", "tags.team", "a tag's value", values=central(tags={"team": "<b>"})),
    config(
        "multi-factor by another name", "portalMfa", "off or optional", 'got "sms"', values=central(portalMfa="sms")
    ),
    config(
        "prefix with amazon in it",
        "portalDomainPrefix",
        "without aws, amazon or cognito",
        values=central(portalDomainPrefix="my-amazon"),
    ),
    config(
        "provider that is called Cognito",
        "portalIdentityProvider.name",
        "not COGNITO",
        values=central(portalIdentityProvider={"name": "COGNITO", "samlMetadataUrl": "https://x.org/m"}),
    ),
    config(
        "provider without TLS",
        "portalIdentityProvider.samlMetadataUrl",
        "begins with https://",
        values=central(portalIdentityProvider={"name": "Corp", "samlMetadataUrl": "http://x.org/m"}),
    ),
    config(
        "user twice in other letters",
        "portalUsers[1].username",
        "lower-case letters",
        values=central(portalUsers=[{"username": "a", "email": "a@x.org"}, {"username": "A", "email": "b@x.org"}]),
    ),
)

TOGETHER = (
    config(
        "auditor without a group",
        "portalUsers[0].auditor",
        "a group for auditors",
        values=central(portalUsers=[{"username": "a", "email": "a@x.org", "auditor": True}]),
    ),
    config(
        "producer that is the central account",
        "producers",
        "accounts other than the central one",
        values=one(accountId="123456789012"),
    ),
    config(
        "consumer that is the central account",
        "consumerAccounts",
        "accounts other than the central one",
        values=central(consumerAccounts=["123456789012"]),
    ),
    config(
        "central account that is the producer",
        "centralAccountId",
        "other than the producer's own",
        values=producer(centralAccountId="111111111111"),
    ),
    config("producer twice", "producers[1].accountId", "not listed above", values=central(producers=[ONE, ONE])),
    config(
        "database of two producers",
        "producers[1].databases",
        "producer 111111111111 does",
        values=central(producers=[{**ONE, "databases": ["a"]}, {"accountId": "222222222222", "databases": ["a"]}]),
    ),
    config(
        "811 producers",
        "producers",
        "at most 810 producers, got 811 of them",
        values=central(producers=[{"accountId": f"{n:012d}"} for n in range(811)]),
    ),
    config("46 tags", "tags", "at most 45 tags", "got 46 tags", values=central(tags={f"t{n}": "" for n in range(46)})),
    config(
        "ten tags with the portal",
        "tags",
        "at most 9 tags",
        values=central(portal=True, portalDomainPrefix="data", tags={f"t{n}": "" for n in range(10)}),
    ),
    config(
        "both kinds of provider",
        "portalIdentityProvider.oidcIssuer",
        "a field of another name",
        values=central(
            portalIdentityProvider={"name": "Corp", "samlMetadataUrl": "https://x.org/m", "oidcIssuer": "https://x.org"}
        ),
    ),
    config(
        "every key of a producer in a central stack",
        "externalId approverEmails adopt centralAccountId",
        "has 4 faults",
        hidden=(SECRET,),
        values=central(externalId=SECRET, approverEmails=["a@x.org"], adopt=True, centralAccountId="111111111111"),
    ),
    config(
        "five faults at once",
        "accountId approvalTimeout sweepEvery databases[0] logRetentionDays",
        "has 5 faults",
        values=central(accountId="1", approvalTimeout="x", sweepEvery="x", databases=["A"], logRetentionDays=2),
    ),
    config(
        "names that were meant to be others",
        "Producers approvaltimeout",
        "did you mean producers?",
        "did you mean approvalTimeout?",
        values=central(Producers=[], approvaltimeout="7d"),
    ),
    config("role in capitals", "role", 'expected central or producer, got "PRODUCER"', values=central(role="PRODUCER")),
)

SECRETS = (
    config(
        "encrypted producers that are no JSON",
        "producers",
        HIDDEN,
        secret=("producers",),
        hidden=(SECRET,),
        values=central(producers=f'{{"x": "{SECRET}"'),
    ),
    config(
        "encrypted producer of a wrong account",
        "producers[0].accountId",
        HIDDEN,
        secret=("producers",),
        hidden=(SECRET,),
        values=central(producers=[{"accountId": SECRET}]),
    ),
    config(
        "external id with a space", "externalId", HIDDEN, hidden=(SECRET,), values=producer(externalId=f"{SECRET} x")
    ),
    config(
        "external id of a producer with a space",
        "producers[0].externalId",
        HIDDEN,
        hidden=(SECRET,),
        values=one(externalId=f"{SECRET} x"),
    ),
    config(
        "external id of 1,225 letters", "externalId", HIDDEN, hidden=("eee",), values=producer(externalId="e" * 1225)
    ),
    config(
        "encrypted mail address that is none",
        "approverEmails[0]",
        HIDDEN,
        secret=("approverEmails",),
        hidden=(SECRET,),
        values=producer(approverEmails=[SECRET]),
    ),
    config(
        "client secret with a line break",
        "portalIdentityProvider.clientSecret",
        HIDDEN,
        hidden=(SECRET,),
        values=central(
            portalIdentityProvider={
                "name": "Corp",
                "oidcIssuer": "https://x.org",
                "clientId": "x",
                "clientSecret": f"{SECRET}\n",
            }
        ),
    ),
    config(
        "encrypted tag with markup",
        "tags.team",
        HIDDEN,
        secret=("tags",),
        hidden=(SECRET,),
        values=central(tags={"team": f"<{SECRET}>"}),
    ),
)

CASES = (*VALUES, *TOGETHER, *SECRETS)
