"""The index of the catalogue in a bucket: put as one object, read again only when it has changed."""

from __future__ import annotations

from io import BytesIO

import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber
from moto import mock_aws

from handlers.aws import search_index
from handlers.aws.clients import client
from handlers.aws.search_index import SECONDS_KEPT, BucketIndexes, packed
from handlers.sharing.model.errors import SearchNotReady, TryAgain
from handlers.sharing.model.search_index import IndexBuilder, SearchIndex
from tests.unit.stubs import error, stubbed

BUCKET = "index-bucket"


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has just begun."""
    monkeypatch.setattr(search_index, "_kept", {})


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds since the process began."""
    at = [0.0]
    monkeypatch.setattr(search_index, "monotonic", lambda: at[0])
    return at


def built(at: str) -> SearchIndex:
    return IndexBuilder(at).build(0)


@mock_aws
def test_a_newer_index_is_read_soon(clock: list[float]) -> None:
    client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    kept = BucketIndexes(BUCKET)
    with pytest.raises(SearchNotReady, match="within half an hour"):
        kept.latest()
    kept.put(built("1"))
    first = kept.latest()
    assert first.built_at == "1"
    kept.put(built("2"))
    assert kept.latest() is first
    clock[0] += SECONDS_KEPT
    assert kept.latest().built_at == "2"
    second = kept.latest()
    # Nothing new: the same one, as it is here.
    clock[0] += SECONDS_KEPT
    assert BucketIndexes(BUCKET).latest() is second


@pytest.mark.parametrize("code", ["NoSuchKey", "AccessDenied"])
def test_no_index_by_either_name_that_s3_has_for_it(code: str) -> None:
    with stubbed("s3") as stub:
        error(stub, "get_object", code, status=403)
        with pytest.raises(SearchNotReady):
            BucketIndexes(BUCKET).latest()


@pytest.mark.parametrize("failure", ["outage", "unreadable"])
def test_what_is_here_is_used_while_the_bucket_does_not_answer(clock: list[float], failure: str) -> None:
    index = built("1")
    search_index._kept[BUCKET] = (clock[0], '"a tag"', index)
    clock[0] += SECONDS_KEPT
    with stubbed("s3") as stub:
        fail(stub, failure)
        assert BucketIndexes(BUCKET).latest() is index
        # Not asked again at once.
        assert BucketIndexes(BUCKET).latest() is index
    search_index._kept.clear()
    with stubbed("s3") as stub:
        fail(stub, failure)
        with pytest.raises(TryAgain):
            BucketIndexes(BUCKET).latest()


def fail(stub: Stubber, failure: str) -> None:
    if failure == "outage":
        error(stub, "get_object", "SlowDown", status=503)
        return
    content = packed(built("2"))[:-5]
    stub.add_response("get_object", {"ETag": '"b"', "Body": StreamingBody(BytesIO(content), len(content))})


def test_an_outage_while_it_is_put_is_one() -> None:
    with stubbed("s3") as stub:
        error(stub, "put_object", "InternalError", status=500)
        with pytest.raises(TryAgain):
            BucketIndexes(BUCKET).put(built("1"))
