"""Facts about one entry of Glue's catalogue: whether a table is a view, and what decides about which data is read."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from handlers.aws.glue_schema import AVRO_SCHEMA, SPARK_SCHEMA

Entry = Mapping[str, Any]

_VIEW_TEXTS = ("ViewOriginalText", "ViewExpandedText")
_VIEW_PARAMETERS = frozenset({"presto_view", "ismaterializedview"})
_REDIRECTING = frozenset(
    {
        "table_type",
        "spark.sql.sources.provider",
        "storage_handler",
        "projection.enabled",
        "storage.location.template",
        "connectionname",
        "typeofdata",
        "streamarn",
        "topicname",
        "dynamodb.table.name",
        *_VIEW_PARAMETERS,
    }
)
"""Parameters that say which data an engine reads, or how, by their keys in lower case."""
_SCHEMAS = (SPARK_SCHEMA, AVRO_SCHEMA)


def is_view(entry: Entry) -> bool:
    """Whether a table is a view of any kind: Athena's, multi-dialect, materialised."""
    kind: object = entry.get("TableType")
    marked = {key.strip().lower(): value for key, value in _mapping(entry.get("Parameters")).items()}
    return (
        (isinstance(kind, str) and "VIEW" in kind.upper())
        or any(entry.get(text) for text in (*_VIEW_TEXTS, "ViewDefinition", "IsMultiDialectView"))
        or any(str(marked.get(key, "false")).lower() != "false" for key in _VIEW_PARAMETERS)
    )


def about_table(entry: Entry, storage: Entry) -> str:
    """What redirects what is read of a table, beside its columns, location and kind.

    A refresh of a materialised view changes none of it: version numbers and times of refreshes are left out, and so is
    an Iceberg `metadata_location` below the table's own location, which every commit changes.
    """
    serde = _mapping(storage.get("SerdeInfo"))
    found = {
        "locations": storage.get("AdditionalLocations"),
        "input": storage.get("InputFormat"),
        "serde": serde.get("SerializationLibrary"),
        "path": _mapping(serde.get("Parameters")).get("path"),
        "registry": storage.get("SchemaReference"),
        "federated": entry.get("FederatedTable"),
        "texts": {text: entry[text] for text in _VIEW_TEXTS if entry.get(text)},
        "view": _about_view(entry.get("ViewDefinition")),
        "parameters": [
            [where, key, value]
            for where, given in enumerate((entry, storage, serde))
            for key, value in _redirecting(given.get("Parameters"), storage.get("Location"))
        ],
    }
    return _text(found)


def about_database(entry: Entry) -> str:
    """The same of a database: what a federated one stands for."""
    return _text({"federated": entry.get("FederatedDatabase")})


def _about_view(definition: object) -> object:
    """A view's definition, without what its refreshes change."""
    if not definition or not isinstance(definition, Mapping):
        return definition
    view = cast("Entry", definition)
    representations: object = view.get("Representations")
    if isinstance(representations, list):
        kept = [_representation(each) for each in cast("list[object]", representations)]
        representations = sorted(kept, key=_text)
    stable = {key: view.get(key) for key in ("Definer", "IsProtected", "SubObjects")}
    return {**stable, "Representations": representations}


def _representation(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    return {key: cast("Entry", value).get(key) for key in ("Dialect", *_VIEW_TEXTS, "ValidationConnection")}


def _redirecting(parameters: object, location: object) -> Iterator[tuple[str, object]]:
    for key, value in sorted(_mapping(parameters).items()):
        name = key.strip().lower()
        if (
            name in _REDIRECTING
            or name.startswith(_SCHEMAS)
            or (name == "metadata_location" and not _is_below(value, location))
        ):
            yield key, value


def _is_below(value: object, location: object) -> bool:
    """Whether one address lies below another. `s3`, `s3a` and `s3n` are one; a step up leads anywhere."""
    if not isinstance(value, str) or not isinstance(location, str) or not location or ".." in value:
        return False
    inner, outer = (each.replace("s3a://", "s3://", 1).replace("s3n://", "s3://", 1) for each in (value, location))
    return inner.startswith(outer.rstrip("/") + "/")


def _mapping(value: object) -> Entry:
    return cast("Entry", value) if isinstance(value, Mapping) else {}


def _text(found: object) -> str:
    """What was found, as a text; empty if that is nothing."""
    if isinstance(found, dict):
        found = {key: value for key, value in cast("dict[str, object]", found).items() if value}
    return json.dumps(found, sort_keys=True, separators=(",", ":"), default=repr) if found else ""
