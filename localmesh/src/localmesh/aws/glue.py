"""What Glue's catalogue takes: lower-case names, partition keys without parameters. How it is read: `glue_reads`.

moto keeps the case of names, and takes parameters on partition keys.
"""

from collections.abc import Mapping
from typing import Any

from localmesh.aws import glue_reads, lakeformation, lf_visible, moto

_LONGEST_NAME = 255


def install() -> None:
    """Corrects moto."""
    _names(moto.module("moto.glue.models"))
    glue_reads.install()


def _names(models: Any) -> None:
    exceptions = moto.module("moto.glue.exceptions")

    def name_of(value: Any) -> str:
        """Glue lower-cases names and takes 255 characters."""
        name = str(value or "").lower()
        if not 1 <= len(name) <= _LONGEST_NAME or "\n" in name or "\r" in name:
            text = f"Name must be 1 to {_LONGEST_NAME} characters on a single line, got {len(name)}"
            raise exceptions.JsonRESTError("InvalidInputException", text)
        return name

    def named(given: Mapping[str, Any] | None) -> dict[str, Any]:
        copy = dict(given or {})
        copy["Name"] = name_of(copy.get("Name"))
        return copy

    def table_of(given: Mapping[str, Any] | None) -> dict[str, Any]:
        """Glue takes parameters on columns, and none on partition keys."""
        table = named(given)
        for key in table.get("PartitionKeys") or ():
            if key.get("Parameters"):
                text = f"Parameters are not supported on partition keys, got some on {key.get('Name')}"
                raise exceptions.JsonRESTError("InvalidInputException", text)
        return table

    backend = models.GlueBackend

    @moto.correct(backend, "create_database")
    def _create_database(original: Any, self: Any, name: str, database: Any, tags: Any = None) -> Any:
        result = original(self, name_of(name), named(database), tags)
        lakeformation.created(self.account_id, self.region_name, name_of(name))
        if lf_visible.target_of(database):
            lf_visible.made_link(self.account_id, self.region_name, name_of(name))
        return result

    @moto.correct(backend, "update_database")
    def _update_database(original: Any, self: Any, name: str, database: Any) -> Any:
        return original(self, name_of(name), named(database))

    @moto.correct(backend, "create_table")
    def _create_table(original: Any, self: Any, database: str, name: str, table: Any, *rest: Any) -> Any:
        result = original(self, name_of(database), name_of(name), table_of(table), *rest)
        lakeformation.created(self.account_id, self.region_name, name_of(database), name_of(name))
        if lf_visible.target_of(table):
            lf_visible.made_link(self.account_id, self.region_name, name_of(database), name_of(name))
        return result

    @moto.correct(backend, "update_table")
    def _update_table(original: Any, self: Any, database: str, name: str, table: Any) -> Any:
        return original(self, name_of(database), name_of(name), table_of(table))

    @moto.correct(backend, "get_database")
    def _get_database(original: Any, self: Any, name: str) -> Any:
        return original(self, name_of(name))

    @moto.correct(backend, "get_table")
    def _get_table(original: Any, self: Any, database: str, name: str) -> Any:
        return original(self, name_of(database), name_of(name))

    @moto.correct(backend, "delete_table")
    def _delete_table(original: Any, self: Any, database: str, name: str) -> Any:
        result = original(self, name_of(database), name_of(name))
        lakeformation.deleted(self.account_id, self.region_name, name_of(database), name_of(name))
        return result

    @moto.correct(backend, "delete_database")
    def _delete_database(original: Any, self: Any, name: str) -> Any:
        result = original(self, name_of(name))
        lakeformation.deleted(self.account_id, self.region_name, name_of(name))
        return result
