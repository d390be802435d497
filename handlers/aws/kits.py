"""The kits in consumers' accounts: functions of a fixed name, which the central account may invoke."""

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, Final, cast

from handlers.aws.clients import answer_unless, code_and_message, patient_client
from handlers.sharing.model.delivery import DeliveryStatus, Failure, Outcome
from handlers.sharing.model.errors import KitMayBeAtWork, TryAgain
from handlers.sharing.model.kit_order import KitOrder

FUNCTION: Final = "LakeshareConsumerKit"
"""Part of the contract: the consumer's stack makes it under this name."""
VERSION: Final = 1
_LETS_NOBODY_IN: Final = frozenset({"AccessDeniedException", "ResourceNotFoundException"})
_NOT_BEGUN: Final = frozenset({"TooManyRequestsException", "ThrottlingException"})
SECONDS_TO_ANSWER: Final = 310
"""A kit has 300 seconds for an order."""
_REASON: Final = re.compile("[A-Z][A-Za-z]{0,63}")
LONGEST_MESSAGE: Final = 1_000
LONGEST_LINK: Final = 520
"""Characters: what a kit says comes from another account."""
_ANSWER: Final = frozenset({"state", "link", "failures", "tried_as"})
_FAILURE: Final = frozenset({"role", "reason", "message"})
_STATES: Final[Mapping[str, DeliveryStatus | None]] = {
    "REFUSED": None,
    "INVITED": DeliveryStatus.INVITED,
    "LINKED": DeliveryStatus.LINKED,
    "READY": DeliveryStatus.READY,
    "GONE": DeliveryStatus.WITHDRAWN,
}


class ConsumerKits:
    """`Kits` on Lambda.

    Args:
        partition, region, central: where the stack is.
        accounts: those that have a kit, by config.
    """

    def __init__(self, partition: str, region: str, central: str, accounts: Collection[str]) -> None:
        self._partition, self._region, self._central = partition, region, central
        self._accounts = frozenset(accounts)

    def has(self, consumer: str) -> bool:
        """Whether the stack's config says that an account has one."""
        return consumer in self._accounts

    def carry_out(self, consumer: str, order: KitOrder) -> Outcome:
        """Have an order carried out, and wait for what comes of it."""
        from botocore.exceptions import ClientError

        if not self.has(consumer):
            return _failed("NoKit", f"The stack's config key consumerKits does not name account {consumer}.")
        arn = f"arn:{self._partition}:lambda:{self._region}:{consumer}:function:{FUNCTION}"
        told = json.dumps(payload(order, self._central)).encode()
        try:
            answer = _invoke(arn, told)
        except ClientError as error:
            # Its key is disabled, its state is none in which it runs: what only its account can mend.
            code, message = code_and_message(error)
            return _failed("KitFailed", f"Lambda does not run the kit of account {consumer} ({code}: {message}).")
        if answer is None:
            return _failed(
                "KitNotThere",
                f"The kit of account {consumer} is not there, or lets nobody in. Its administrator deploys "
                "the consumer's stack, with this account as centralAccountId.",
            )
        said, failed = answer
        if failed:
            return _failed("KitFailed", f"The kit of account {consumer} failed; its log there says why.")
        return _outcome(said, consumer)


def _invoke(arn: str, told: bytes) -> tuple[bytes, bool] | None:
    """What a kit answered, and whether it failed; `None`: there is no such function, or it lets nobody in."""
    from botocore.exceptions import ClientError

    def invoke() -> tuple[bytes, bool]:
        answer = patient_client("lambda", SECONDS_TO_ANSWER).invoke(FunctionName=arn, Payload=told)
        # The connection may break while it is read.
        return answer["Payload"].read(), "FunctionError" in answer

    try:
        return answer_unless(_LETS_NOBODY_IN, invoke, "tell a consumer's kit")
    except TryAgain as error:
        cause = error.__cause__
        if isinstance(cause, ClientError) and code_and_message(cause)[0] in _NOT_BEGUN:
            raise
        raise KitMayBeAtWork(str(error)) from error


def payload(order: KitOrder, central: str) -> Mapping[str, Any]:
    """An order as it is sent: `handlers.consumer.order` reads it."""
    return {
        "version": VERSION,
        "central": central,
        "share": order.share,
        "deed": order.deed.value,
        "source": {"database": order.source.database, "table": order.source.table},
        "resources": [{"table": each.table, "filter": each.filter} for each in order.resources],
        "roles": list(order.roles),
    }


def _outcome(said: bytes, consumer: str) -> Outcome:
    """What a kit answered; of another shape, it is of another release, or none of Lakeshare's."""
    try:
        answer = _of(json.loads(said), _ANSWER)
        failures = tuple(
            Failure(
                _text(each["role"], LONGEST_MESSAGE), _reason(each["reason"]), _text(each["message"], LONGEST_MESSAGE)
            )
            for each in (_of(each, _FAILURE) for each in answer["failures"])
        )
        tried_as = tuple(_text(each, LONGEST_MESSAGE) for each in answer["tried_as"])
        return Outcome(_STATES[answer["state"]], _text(answer["link"], LONGEST_LINK), failures, tried_as)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return _failed("KitUnreadable", f"The kit of account {consumer} gave an answer that cannot be read.")


def _of(said: Any, fields: frozenset[str]) -> Mapping[str, Any]:
    """An object that has just these fields: what one that nobody knows says may be what matters."""
    if not isinstance(said, dict) or cast("dict[str, object]", said).keys() != fields:
        raise ValueError("expected an object of other fields")
    return cast("dict[str, Any]", said)


def _reason(said: object) -> str:
    """A name, as it goes into events, which carry nothing that somebody typed."""
    if not isinstance(said, str) or _REASON.fullmatch(said) is None:
        raise ValueError("expected the name of a reason")
    return said


def _text(said: object, longest: int) -> str:
    """What a kit said, cut, and without what is no text and could not be kept."""
    return str(said)[:longest].encode(errors="replace").decode()


def _failed(reason: str, message: str) -> Outcome:
    return Outcome(None, failures=(Failure("", reason, message),))
