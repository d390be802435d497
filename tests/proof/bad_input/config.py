"""Wrong values in stack configurations, beside those that the unit tests know; what does not go together; secrets."""

from __future__ import annotations

from collections.abc import Mapping

from tests.proof.bad_input.case import Case, Config, Door
from tests.unit.configured import CENTRAL, CONSUMER, ONE, PRODUCER

HIDDEN = "a secret, not shown"
SECRET = "s3cret-s3cret"
DIGITS = "an account id: twelve digits in quotes"
CORP = {"name": "Corp", "samlMetadataUrl": "https://x.org/m"}
OPEN_ID = {"name": "Corp", "oidcIssuer": "https://x.org", "clientId": "x", "clientSecret": f"{SECRET}\n"}
USER = {"username": "a", "email": "a@x.org"}
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0a"
ARNS = "arn:aws:{}:eu-central-1:123456789012:{}".format


def config(
    keys: str,
    *words: str,
    base: Mapping[str, object] = CENTRAL,
    secret: tuple[str, ...] = (),
    hidden: tuple[str, ...] = (SECRET,),
    region: str | None = "eu-central-1",
    **values: object,
) -> Case:
    """A configuration of `values` over those of `base`; `keys` are those that it is refused for."""
    full = sorted(key if key.startswith("aws:") else f"lakeshare:{key}" for key in keys.split())
    given = Config({**base, **values}, secret, region)
    role = base.get("role", "no role")
    shown = f"{values if values else base if role == 'no role' else region}"
    return Case(f"config: {role}: {keys}: {shown[:60]}", Door.CONFIG, given, " ".join(full), words, hidden)


VALUES = (
    config("accountId", "in place of the sample's placeholder", accountId="<your account>"),
    config("accountId", '"123456789012\\n"', accountId="123456789012\n"),
    config(
        "consumerKits[0]", "one of consumerAccounts", consumerKits=["222222222222"], consumerAccounts=["111111111111"]
    ),
    config("consumerKits[0]", DIGITS, consumerKits=["*"]),
    config("allowedDatabases[0]", "the name of a database or a pattern", base=CONSUMER, allowedDatabases=["Sales"]),
    config("allowedDatabases", "the databases to take up", base=CONSUMER, allowedDatabases=[]),
    config("allowedRoles[0]", "the name of a role", base=CONSUMER, allowedRoles=["arn:aws:iam::1:role/*"]),
    config("allowedRoles[0]", "the name of a role", base=CONSUMER, allowedRoles=["*"]),
    config("linkDatabase", "a name of 1 to 64", base=CONSUMER, linkDatabase="links; drop"),
    config("linkDatabase", "a name of 1 to 64", base=CONSUMER, linkDatabase="l" * 65),
    config("catalogKmsKeyArn", "the ARN of a KMS key", base=CONSUMER, catalogKmsKeyArn="*"),
    config("accountId", "...", hidden=("1" * 200,), accountId="1" * 100_000),
    config("producers[0].region", "the name of an AWS region", producers=[{**ONE, "region": "eu_central_1"}]),
    config("approverEmails[0]", "a mail address", "\\n", base=PRODUCER, approverEmails=["a@x.org\nBcc: b@x.org"]),
    config("approverEmails[0]", "a mail address", base=PRODUCER, approverEmails=[f"{'a' * 64}@{'b.' * 93}orgs"]),
    config("approverEmails[1]", "a mail address", "got nothing", base=PRODUCER, approverEmails=["a@x.org", None]),
    config("databases[0]", "the exact name of a database", databases=[None]),
    config("consumerAccounts[0]", "without them YAML makes a number of it", consumerAccounts=[999999999999]),
    config("catalogKmsKeyArn", "the ARN of a KMS key", catalogKmsKeyArn=ARNS("sns", "key/x")),
    config("opsTopicArn", "the ARN of an SNS topic", opsTopicArn=ARNS("sqs", "q")),
    config("opsTopicArn", "the ARN of an SNS topic", opsTopicArn=ARNS("sns", "q.fifo")),
    config(
        "portalAddress.certificateArn",
        "in us-east-1",
        portalAddress={"hostName": "x.org", "certificateArn": ARNS("acm", "certificate/0")},
    ),
    config("sensitiveTags.PII", "in lower case", sensitiveTags={"PII": "any"}),
    config("sensitiveTags.pii", "a list of the tag's values, or any", sensitiveTags={"pii": "true"}),
    config("sensitiveTags.pii[0]", "a value of an LF-Tag", sensitiveTags={"pii": [True]}),
    config("reservedConcurrency.decide", "a whole number from 1 on", reservedConcurrency={"decide": -1}),
    config("reservedConcurrency.decide", "a whole number from 1 on", reservedConcurrency={"decide": True}),
    config("reservedConcurrency.Decide", "one of the stack's functions", reservedConcurrency={"Decide": 1}),
    config("reservedConcurrency", "100 of the account's 1000", "got 99 left", reservedConcurrency={"decide": 901}),
    config("accountConcurrency", "a whole number", accountConcurrency="many"),
    config("approvalTimeout", 'got "half an hour"', approvalTimeout="half an hour"),
    config("approvalTimeout", "to 364d", approvalTimeout="1000000000d"),
    config("approvalTimeout", "got nothing", approvalTimeout=""),
    config("sweepEvery", "got nothing", sweepEvery=""),
    config("sweepEvery", "from 1m to 1d", sweepEvery="25h"),
    config("logRetentionDays", "one of 1, 3, 5", "got 0", logRetentionDays=0),
    config("logRetentionDays", "got -1", logRetentionDays=-1),
    config("logRetentionDays", "a whole number", logRetentionDays="9" * 30),
    config("tags.", "a tag's key", tags={"": "x"}),
    config("tags.team", "a tag's value", "got nothing", tags={"team": None}),
    config("tags.team", "at most 256", tags={"team": "x" * 257}),
    config("tags.team", "a tag's value", tags={"team": "<b>"}),
    config("portalMfa", "off or optional", 'got "sms"', portalMfa="sms"),
    config("portalDomainPrefix", "without aws, amazon or cognito", portalDomainPrefix="my-amazon"),
    config("portalIdentityProvider.name", "not COGNITO", portalIdentityProvider={**CORP, "name": "COGNITO"}),
    config(
        "portalIdentityProvider.samlMetadataUrl",
        "begins with https://",
        portalIdentityProvider={**CORP, "samlMetadataUrl": "http://x.org/m"},
    ),
    config("portalUsers[1].username", "lower-case letters", portalUsers=[USER, {"username": "A", "email": "b@x.org"}]),
)

TOGETHER = (
    config("portalUsers[0].auditor", "a group for auditors", portalUsers=[{**USER, "auditor": True}]),
    config("producers", "accounts other than the central one", producers=[{"accountId": "123456789012"}]),
    config("consumerAccounts", "accounts other than the central one", consumerAccounts=["123456789012"]),
    config("centralAccountId", "other than the stack's own", base=PRODUCER, centralAccountId="111111111111"),
    config("producers[1].accountId", "not listed above", producers=[ONE, ONE]),
    config(
        "producers[1].databases",
        "producer 111111111111 does",
        producers=[{**ONE, "databases": ["a"]}, {"accountId": "222222222222", "databases": ["a"]}],
    ),
    config("producers", "at most 810 producers, got 811", producers=[{"accountId": f"{n:012d}"} for n in range(811)]),
    config("tags", "at most 45 tags", "got 46 tags", tags={f"t{n}": "" for n in range(46)}),
    config("tags", "at most 9 tags", portal=True, portalDomainPrefix="data", tags={f"t{n}": "" for n in range(10)}),
    config(
        "portalIdentityProvider.oidcIssuer",
        "a field of another name",
        portalIdentityProvider={**CORP, "oidcIssuer": "https://x.org"},
    ),
    config(
        "externalId approverEmails adopt centralAccountId",
        "has 4 faults",
        externalId=SECRET,
        approverEmails=["a@x.org"],
        adopt=True,
        centralAccountId="111111111111",
    ),
    config(
        "accountId approvalTimeout sweepEvery databases[0] logRetentionDays",
        "has 5 faults",
        accountId="1",
        approvalTimeout="x",
        sweepEvery="x",
        databases=["A"],
        logRetentionDays=2,
    ),
    config(
        "Producers approvaltimeout",
        "did you mean producers?",
        "did you mean approvalTimeout?",
        Producers=[],
        approvaltimeout="7d",
    ),
    config("role", 'expected central, producer or consumer, got "PRODUCER"', role="PRODUCER"),
)

SECRETS = (
    config("producers", HIDDEN, secret=("producers",), producers=f'{{"x": "{SECRET}"'),
    config("producers[0].accountId", HIDDEN, secret=("producers",), producers=[{"accountId": SECRET}]),
    config("externalId", HIDDEN, base=PRODUCER, externalId=f"{SECRET} x"),
    config("producers[0].externalId", HIDDEN, producers=[{**ONE, "externalId": f"{SECRET} x"}]),
    config("externalId", HIDDEN, hidden=("eee",), base=PRODUCER, externalId="e" * 1225),
    config("approverEmails[0]", HIDDEN, secret=("approverEmails",), base=PRODUCER, approverEmails=[SECRET]),
    config("portalIdentityProvider.clientSecret", HIDDEN, portalIdentityProvider=OPEN_ID),
    config("tags.team", HIDDEN, secret=("tags",), tags={"team": f"<{SECRET}>"}),
)

MISSING = (
    config("role accountId", "has 2 faults", "role: expected central, producer or consumer, got nothing", base={}),
    config(
        "accountId consumerAccounts",
        f"accountId: expected {DIGITS}, got nothing",
        "consumerAccounts: expected the accounts that may be granted access",
        base={},
        role="central",
    ),
    config("accountId centralAccountId", "has 2 faults", base={}, role="producer"),
    config("aws:region", "aws:region: expected the name of an AWS region", region=None),
    config("aws:region", 'got "eu-central-1a"', region="eu-central-1a"),
    config("aws:region", 'got "Frankfurt"', region="Frankfurt", base=PRODUCER),
    config("portalDomainPrefix", "portalDomainPrefix: expected the prefix", portal=True),
    config("portalUsers[0].username portalUsers[0].email", portalUsers=[{}]),
    config(
        "portalIdentityProvider.name",
        "a provider's name",
        portalIdentityProvider={"samlMetadataUrl": "https://x.org/m"},
    ),
    config(
        "portalIdentityProvider.name portalIdentityProvider.clientId portalIdentityProvider.clientSecret",
        portalIdentityProvider={"oidcIssuer": "https://x.org"},
    ),
    config("portalAddress.certificateArn", "got nothing", portalAddress={"hostName": "data.example.org"}),
    config("portalAddress.hostName", "got nothing", portalAddress={"certificateArn": CERTIFICATE}),
    config("producers[0].accountId", "got nothing", producers=[{"name": "Sales"}]),
)

CASES = (*VALUES, *TOGETHER, *SECRETS, *MISSING)
