"""The register of requests on DynamoDB: each transition one conditional write. The items' shapes: `items`."""

from handlers.aws.dynamodb.items import attributes_of, names_of, read_any, read_record
from handlers.aws.dynamodb.steps import change_of
from handlers.aws.dynamodb.store import ConditionFailed, Table
from handlers.sharing.model.applied import Applied, Rejected
from handlers.sharing.model.record import RequestRecord, missing
from handlers.sharing.model.transition import Transition


class DynamoRegister:
    """`Register` on DynamoDB."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def find(self, request_id: str) -> RequestRecord | None:
        """Read a request, consistently; `None` if there is none."""
        if "#" in request_id:  # as no execution's name: what the register keeps beside requests
            return None
        item = self._table.get(request_id)
        return None if item is None else read_record(item)

    def load(self, request_id: str) -> RequestRecord:
        """Read a request, consistently."""
        record = self.find(request_id)
        if record is None:
            raise missing(request_id)
        return record

    def load_any(self, request_id: str) -> RequestRecord:
        """The same, of an item of any version."""
        item = self._table.get(request_id)
        if item is None:
            raise missing(request_id)
        return read_any(item)

    def apply(self, request_id: str, transition: Transition) -> Applied | Rejected:
        """Take a request one step on."""
        try:
            item = self._table.change(request_id, change_of(transition, attributes_of, names_of))
        except ConditionFailed as failed:
            return Rejected(request_id, None if failed.item is None else read_any(failed.item))
        return Applied(read_any(item))
