"""How a consumer's kit is told, and what is made of what Lambda says of that."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from handlers.aws.clients import patient_client
from handlers.aws.kits import SECONDS_TO_ANSWER, ConsumerKits
from handlers.consumer.order import MOST_RESOURCES, Deed, parse_order
from handlers.sharing.model.delivery import DeliveryStatus, Failure, Outcome
from handlers.sharing.model.errors import KitMayBeAtWork, TryAgain
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.kit_order import RESOURCES_AN_ORDER, KitDeed, KitOrder
from handlers.sharing.model.request import Source
from tests.fakes.world import CENTRAL, CONSUMER
from tests.unit.stubs import OUTAGES, error

ROLE = f"arn:aws:iam::{CONSUMER}:role/analyst"
ORDER = KitOrder(
    "r1:1", KitDeed.DELIVER, Source("sales", "orders"), (Resource("sales", "orders", f"lakeshare-{'0' * 40}"),), (ROLE,)
)
SENT = {
    "FunctionName": f"arn:aws-us-gov:lambda:us-gov-west-1:{CONSUMER}:function:LakeshareConsumerKit",
    "Payload": json.dumps(
        {
            "version": 1,
            "central": CENTRAL,
            "share": "r1:1",
            "deed": "deliver",
            "source": {"database": "sales", "table": "orders"},
            "resources": [{"table": "orders", "filter": f"lakeshare-{'0' * 40}"}],
            "roles": [ROLE],
        }
    ).encode(),
}
FAILURE = {"role": ROLE, "reason": "RoleNotThere", "message": "There is none."}
ANSWER: dict[str, Any] = {
    "state": "LINKED",
    "link": "lakeshare.sales__orders",
    "failures": [FAILURE],
    "tried_as": [ROLE],
}


@pytest.fixture
def stub() -> Iterator[Stubber]:
    with Stubber(patient_client("lambda", SECONDS_TO_ANSWER)) as stub:
        yield stub
    stub.assert_no_pending_responses()


def says(stub: Stubber, said: object, **more: str) -> None:
    text = json.dumps(said).encode()
    answer = {"StatusCode": 200, "Payload": StreamingBody(io.BytesIO(text), len(text)), **more}
    stub.add_response("invoke", answer, SENT)


def tell() -> Outcome:
    return ConsumerKits("aws-us-gov", "us-gov-west-1", CENTRAL, [CONSUMER]).carry_out(CONSUMER, ORDER)


def reasons(outcome: Outcome) -> list[tuple[str, str]]:
    assert (outcome.status, outcome.link) == (None, "")
    return [(each.role, each.reason) for each in outcome.failures]


def test_what_is_sent_is_an_order() -> None:
    order = parse_order(json.loads(SENT["Payload"]))
    assert (order.central, order.share, order.deed, order.source) == (CENTRAL, "r1:1", Deed.DELIVER, ORDER.source)
    assert (order.resources, order.roles) == (ORDER.resources, ORDER.roles)
    assert [each.value for each in KitDeed] == [each.value for each in Deed]
    assert RESOURCES_AN_ORDER == MOST_RESOURCES


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("REFUSED", None),
        ("INVITED", DeliveryStatus.INVITED),
        ("LINKED", DeliveryStatus.LINKED),
        ("READY", DeliveryStatus.READY),
        ("GONE", DeliveryStatus.WITHDRAWN),
    ],
)
def test_an_answer(stub: Stubber, state: str, status: DeliveryStatus | None) -> None:
    says(stub, {**ANSWER, "state": state})
    assert tell() == Outcome(status, "lakeshare.sales__orders", (Failure(*FAILURE.values()),), (ROLE,))


@pytest.mark.parametrize(
    "said",
    [
        {**ANSWER, "version": 2},
        {**ANSWER, "failures": [{**FAILURE, "but": "only on Mondays"}]},
        {**ANSWER, "state": "WAITING"},
        {**ANSWER, "failures": ["RoleNotThere"]},
        *({name: value for name, value in ANSWER.items() if name != left_out} for left_out in ANSWER),
        "READY",
        [ANSWER],
    ],
)
def test_an_answer_of_another_release_is_none(stub: Stubber, said: object) -> None:
    says(stub, said)
    assert reasons(tell()) == [("", "KitUnreadable")]


@pytest.mark.parametrize("kind", ["Unhandled", "Handled"])
def test_a_kit_that_fails_has_its_reason_in_its_own_log(stub: Stubber, kind: str) -> None:
    says(stub, ANSWER, FunctionError=kind)
    outcome = tell()
    assert reasons(outcome) == [("", "KitFailed")]
    assert CONSUMER in outcome.failures[0].message


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "AccessDeniedException"])
def test_a_kit_that_is_not_there_or_lets_nobody_in(stub: Stubber, code: str) -> None:
    error(stub, "invoke", code, status=404)
    assert reasons(tell()) == [("", "KitNotThere")]


@pytest.mark.parametrize(("code", "status"), OUTAGES)
def test_an_outage_leaves_open_what_became_of_the_order_unless_it_was_not_begun(
    stub: Stubber, code: str, status: int
) -> None:
    error(stub, "invoke", code, status=status)
    with pytest.raises(TryAgain) as raised:
        tell()
    begun = code not in {"TooManyRequestsException", "ThrottlingException"}
    assert isinstance(raised.value, KitMayBeAtWork) == begun


def test_an_account_without_a_kit_is_told_nothing(stub: Stubber) -> None:
    kits = ConsumerKits("aws", "eu-central-1", CENTRAL, ["888888888888"])
    assert reasons(kits.carry_out(CONSUMER, ORDER)) == [("", "NoKit")]
    assert (kits.has(CONSUMER), kits.has("888888888888")) == (False, True)


def test_an_order_is_sent_once_and_waited_for() -> None:
    config = patient_client("lambda", SECONDS_TO_ANSWER).meta.config
    assert (config.read_timeout, config.retries["total_max_attempts"]) == (SECONDS_TO_ANSWER, 1)
