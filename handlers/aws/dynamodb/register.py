"""The register of requests on DynamoDB: each transition one conditional write. The items' shapes: `items`."""

from handlers.aws.dynamodb.items import attributes_of, names_of, read_any, read_record, write_entry
from handlers.aws.dynamodb.store import Change, ConditionFailed, Table
from handlers.sharing.model.record import RequestRecord, missing
from handlers.sharing.model.transition import Applied, Rejected, Transition


class DynamoRegister:
    """`Register` on DynamoDB."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def find(self, request_id: str) -> RequestRecord | None:
        """Read a request, consistently; `None` if there is none."""
        item = self._table.get(request_id)
        return None if item is None else read_record(item)

    def load(self, request_id: str) -> RequestRecord:
        """Read a request, consistently."""
        record = self.find(request_id)
        if record is None:
            raise missing(request_id)
        return record

    def apply(self, request_id: str, transition: Transition) -> Applied | Rejected:
        """Take a request one step on."""
        try:
            item = self._table.change(request_id, change_of(transition))
        except ConditionFailed as failed:
            return Rejected(request_id, None if failed.item is None else read_any(failed.item))
        return Applied(read_any(item))


def change_of(step: Transition) -> Change:
    """A transition as a change of its item."""
    entry: list[object] = [write_entry(step.entry)] if step.entry else []
    condition, values = _condition_of(step)
    return Change(
        set=attributes_of(step.sets),
        keep={**attributes_of(step.keeps), **({"history": entry} if entry and step.first_entry_only else {})},
        append={"history": entry} if entry and not step.first_entry_only else {},
        remove=names_of(step.removes),
        condition=condition,
        values=values,
    )


def _condition_of(step: Transition) -> tuple[str, dict[str, object]]:
    """The condition of a transition, and the values in it."""
    if step.starts_from == ():
        return "attribute_not_exists(pk)", {}
    values: dict[str, object] = {}
    parts = ["attribute_exists(pk)"]
    if step.starts_from is not None:
        values |= {f":from_{status.value.lower()}": status.value for status in step.starts_from}
        parts.append(f"#status IN ({', '.join(values)})")
    if step.started_at is not None:
        starts = {f":start_{number}": at for number, at in enumerate(step.started_at) if at is not None}
        values |= starts
        none = ["attribute_not_exists(#started_at)"] if None in step.started_at else []
        parts.append(f"({' OR '.join([*none, *(f'#started_at = {name}' for name in starts)])})")
    if step.newest_version is not None:
        values[":newest_version"] = step.newest_version
        parts.append("#version <= :newest_version")
    condition = " AND ".join(parts)
    return (f"attribute_not_exists(pk) OR ({condition})" if step.creates else condition), values
