"""What register and ledger keep of which data a request is for: the part that it names, and how it was classified."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from handlers.sharing.model.checks import as_object, is_list
from handlers.sharing.model.classification import FILTERED, Classification, Ground, Omitted, Rule, Scope
from handlers.sharing.model.effective import Effective, Reach
from handlers.sharing.model.errors import InvalidInput
from handlers.sharing.model.part import WHOLE, InBrief, Part, parse_part
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.request import parse_roles
from handlers.sharing.model.transition import known

Item = Mapping[str, Any]


def write_part(part: Part) -> dict[str, object]:
    """Which part of a table is asked for, as register and ledger keep it: only what it says; nothing of all of it."""
    return {} if part.is_whole else {"part": dict(part.fields)}


def read_part(item: Item) -> Part:
    """The inverse of `write_part`; an item that keeps none is of all of it.

    Raises:
        ValueError: it keeps one that this release would not write: of what says less than was asked for, more would be
            granted.
    """
    if "part" not in item:
        return WHOLE
    kept: object = item["part"]
    try:
        part = parse_part(as_object(kept, "part"), of_database=False)
    except InvalidInput as error:
        raise ValueError(str(error)) from error
    if part.is_whole or part.fields != kept:
        raise ValueError("It names no part that is known.")
    return part


def write_roles(roles: Sequence[str]) -> dict[str, object]:
    """The roles that are to read what is shared, as register and ledger keep them; nothing of none."""
    return {"roles": list(roles)} if roles else {}


def read_roles(item: Item, consumer: str | None) -> tuple[str, ...]:
    """The inverse of `write_roles`.

    Raises:
        ValueError: it keeps what this release would not write of roles of this account.
    """
    if "roles" not in item:
        return ()
    kept: object = item["roles"]
    try:
        roles = parse_roles(kept, consumer or "")
    except InvalidInput as error:
        raise ValueError(str(error)) from error
    if not roles or list(roles) != kept:
        raise ValueError("Its roles cannot be read.")
    return roles


def read_columns(item: Item) -> tuple[str, ...]:
    """The columns of a part, as share and classification keep them beside its scope.

    Raises:
        ValueError: what is granted by a filter has none, or something else has some.
    """
    kept: object = item.get("columns", [])
    columns = tuple(each for each in kept if isinstance(each, str) and each) if is_list(kept) else ()
    if list(columns) != kept or bool(columns) != (item["scope"] == Scope.FILTERED.value):
        raise ValueError("Its columns do not go with its scope.")
    return columns


def read_rows(item: Item) -> str | None:
    """The expression that holds for the rows of a part, kept as the columns are; `None`: all rows.

    Raises:
        ValueError: it cannot be read.
    """
    if "row_filter" not in item:
        return None
    kept: object = item["row_filter"]
    if not isinstance(kept, str) or not kept or item["scope"] != Scope.FILTERED.value:
        raise ValueError("Its rows cannot be read.")
    return kept


def read_in_brief(item: Item) -> InBrief | None:
    """Which part of a table a request is for; `None`: for none, or nobody can tell."""
    try:
        part, found = read_part(item), item.get("classification", {})
        if narrowed := tuple(item.get("decision", {}).get("columns", ())):
            return InBrief(Part(columns=narrowed, filter=part.filter), narrowed, found.get("columns_total"))
        if part.is_whole:
            return None
        columns = tuple(found.get("columns", part.columns))
        return InBrief(part, columns, found.get("columns_total"), found.get("columns_in", 0))
    except (AttributeError, TypeError, ValueError):
        return None


def write_classification(classification: Classification) -> dict[str, object]:
    """A classification as the register keeps it."""
    return {
        "scope": str(classification.scope),
        "needs_approval": classification.needs_approval,
        "summary": classification.summary,
        "owner": {"account_id": classification.owner.account_id, "name": classification.owner.name},
        "fingerprint": classification.fingerprint,
        "grounds": list(map(_write_ground, classification.grounds)),
        "grounds_total": classification.grounds_total,
        "tables": list(classification.tables),
        "tables_total": classification.tables_total,
        "columns_total": classification.columns_total,
        "unregistered": list(classification.unregistered),
        "unregistered_total": classification.unregistered_total,
        "hybrid_total": classification.hybrid_total,
        "description": classification.description,
        **_write_extent(classification),
    }


def read_classification(value: Item) -> Classification:
    """The inverse of `write_classification`."""
    return Classification(
        scope=Scope(value["scope"]),
        owner=Owner(value["owner"]["account_id"], value["owner"]["name"]),
        fingerprint=value["fingerprint"],
        grounds=tuple(map(_ground, value["grounds"])),
        grounds_total=value["grounds_total"],
        tables=tuple(value["tables"]),
        tables_total=value["tables_total"],
        columns_total=value["columns_total"],
        unregistered=tuple(value["unregistered"]),
        unregistered_total=value["unregistered_total"],
        # Absent where an early release classified it.
        hybrid_total=value.get("hybrid_total", 0),
        description=value["description"],
        columns=read_columns(value),
        left_out=tuple(map(_ground, value.get("left_out", ()))),
        left_out_total=value.get("left_out_total", 0),
        row_filter=read_rows(value),
        omitted=tuple(Omitted(**each) for each in value.get("omitted", ())),
        omitted_total=value.get("omitted_total", 0),
        columns_in=value.get("columns_in", 0),
        effective=_read_effective(value.get("effective")),
    )


def _write_extent(classification: Classification) -> dict[str, object]:
    """What is in of a part; nothing where all of the data are."""
    if classification.scope not in FILTERED:
        return {}
    left_out = {
        "left_out": list(map(_write_ground, classification.left_out)),
        "left_out_total": classification.left_out_total,
    }
    if classification.scope is Scope.FILTERED_TABLES:
        return {
            **left_out,
            "omitted": list(map(asdict, classification.omitted)),
            "omitted_total": classification.omitted_total,
            "columns_in": classification.columns_in,
        }
    return known(
        {
            "columns": list(classification.columns),
            **left_out,
            "row_filter": classification.row_filter,
            "effective": asdict(classification.effective) if classification.effective else None,
        }
    )


def _read_effective(value: Item | None) -> Effective | None:
    if value is None:
        return None
    rest: Item = {**value, "reaches": tuple(map(_read_reach, value["reaches"]))}
    return Effective(**rest)


def _read_reach(value: Item) -> Reach:
    rest: Item = {**value, "columns": tuple(value["columns"]), "rows": tuple(value["rows"])}
    return Reach(**rest)


def _write_ground(ground: Ground) -> dict[str, object]:
    return known({"rule": str(ground.rule), "table": ground.table, "column": ground.column, "tag": ground.tag})


def _ground(value: Item) -> Ground:
    return Ground(Rule(value["rule"]), value.get("table"), value.get("column"), value.get("tag"))
