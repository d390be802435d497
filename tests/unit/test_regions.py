"""Partitions, compared with what botocore knows of all regions."""

from __future__ import annotations

import json
from pathlib import Path

import botocore
import botocore.session
import pytest

from settings.regions import NO_PORTAL, PARTITIONS, partition_of
from tests.unit.configured import central, loaded, texts

SESSION = botocore.session.get_session()
REGIONS = {
    region: partition["id"]
    for partition in json.loads((Path(botocore.__file__).parent / "data" / "partitions.json").read_text())["partitions"]
    for region in partition["regions"]
    if not region.endswith("-global")
}


def test_the_partition_of_every_region() -> None:
    assert {region: partition_of(region) for region in REGIONS} == REGIONS
    assert {*PARTITIONS.values(), "aws"} == set(REGIONS.values())


@pytest.mark.parametrize("partition", sorted(set(REGIONS.values())))
def test_there_is_a_portal_where_all_that_it_needs_is(partition: str) -> None:
    lacks = {
        service
        for service in ("cloudfront", "cognito-idp", "cognito-identity")
        if not SESSION.get_available_regions(service, partition, allow_non_regional=True)
    }
    said = NO_PORTAL.get(partition, "")
    assert bool(lacks) == bool(said)
    assert ("CloudFront" in said) == ("cloudfront" in lacks)
    assert ("Cognito" in said) == ("cognito-idp" in lacks)


@pytest.mark.parametrize("region", ["eusc-de-east-1", "us-iso-east-1", "us-gov-west-1", "cn-north-1"])
def test_a_portal_elsewhere_is_refused_by_name(region: str) -> None:
    (fault,) = texts(central(portal=True, portalDomainPrefix="data"), region=region)
    assert fault.startswith("lakeshare:portal")
    assert f"false in {region}" in fault
    assert NO_PORTAL[partition_of(region)] in fault
    loaded(central(), region=region)
