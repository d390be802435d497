"""Steps in the life of a request or a share as changes of its item on DynamoDB."""

from collections.abc import Callable, Iterable, Mapping

from handlers.aws.dynamodb.changes import Change
from handlers.aws.dynamodb.items import write_announcement, write_entry
from handlers.sharing.model.transition import Transition

Write = Callable[[Mapping[str, object]], Mapping[str, object]]
"""Makes attributes of an item from fields of what it keeps."""
Names = Callable[[Iterable[str]], tuple[str, ...]]
"""The attributes that keep these fields."""


def change_of(step: Transition, attributes_of: Write, names_of: Names) -> Change:
    """A transition as a change of its item."""
    entry: list[object] = [write_entry(step.entry)] if step.entry else []
    owed: list[object] = [write_announcement(step.announces)] if step.announces else []
    condition, values = _condition_of(step, attributes_of, names_of)
    return Change(
        set=attributes_of({**step.sets, **({"to_announce": True} if owed else {})}),
        keep={**attributes_of(step.keeps), **({"history": entry} if entry and step.first_entry_only else {})},
        append={
            **({"history": entry} if entry and not step.first_entry_only else {}),
            **({"owed_events": owed} if owed else {}),
        },
        remove=names_of(step.removes),
        condition=condition,
        values=values,
    )


def _condition_of(step: Transition, attributes_of: Write, names_of: Names) -> tuple[str, dict[str, object]]:
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
    for field, value in step.matches.items():
        if value is None:
            parts += [f"attribute_not_exists(#{name})" for name in names_of((field,))]
            continue
        for name, held in attributes_of({field: value}).items():
            values[f":match_{name}"] = held
            parts.append(f"#{name} = :match_{name}")
    if step.newest_version is not None:
        values[":newest_version"] = step.newest_version
        parts.append("#version <= :newest_version")
    condition = " AND ".join(parts)
    return (f"attribute_not_exists(pk) OR ({condition})" if step.creates else condition), values
