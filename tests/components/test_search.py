"""Search: a bucket that nobody is served from, the clock that has the index made, and nothing without a portal."""

from __future__ import annotations

import json

from components.search_index import KEY
from handlers.aws import search_index
from tests.components.program import Program

NAME = "lakeshare-portal-search"


def test_the_index_lies_apart_from_the_page(portal: Program) -> None:
    closed = portal.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", f"{NAME}-closed").inputs
    assert closed.pop("bucket") == f"{NAME}-bucket-id"
    assert set(closed.values()) == {True}
    assert len(closed) == 4
    (statement,) = json.loads(portal.one("aws:s3/bucketPolicy:BucketPolicy", f"{NAME}-policy").inputs["policy"])[
        "Statement"
    ]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    origins = portal.one("aws:cloudfront/distribution:Distribution").inputs["origins"]
    assert not [each for each in origins if NAME in each["domainName"]]


def test_the_clock_has_it_made_every_half_hour(portal: Program) -> None:
    rule = portal.one("aws:cloudwatch/eventRule:EventRule", f"{NAME}-clock").inputs
    assert rule["scheduleExpression"] == "rate(30 minutes)"
    target = portal.one("aws:cloudwatch/eventTarget:EventTarget", f"{NAME}-clock-target").inputs
    assert target["arn"].endswith(":function:lakeshare-portal-index-catalogue-function")
    permission = portal.one("aws:lambda/permission:Permission", f"{NAME}-clock-permission").inputs
    source = f"arn:aws:events:eu-central-1:123456789012:rule/{NAME}-clock"
    assert (permission["principal"], permission["sourceArn"]) == ("events.amazonaws.com", source)
    assert KEY == search_index.KEY


def test_without_a_portal_there_is_none_of_it(central: Program) -> None:
    assert not [made.name for made in central.resources if "search" in made.name or "index-catalogue" in made.name]
