"""Lakeshare on the mesh: real archives, the real state machines, and grants that the evaluator of the mesh reads."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any, Final

from handlers.aws.dynamodb.classification_items import read_classification
from handlers.aws.dynamodb.findings import read_finding
from handlers.aws.dynamodb.share_items import read_share
from handlers.sharing.model.catalogue import Column, Table
from handlers.sharing.model.classification import Scope
from handlers.sharing.model.finding import Finding
from handlers.sharing.model.request import Source
from handlers.sharing.model.share import Share, ShareStatus
from localmesh.reading import Lake as Readable
from localmesh.reading import readable
from tests.proof.parts.lakes import Ask, Lake
from tests.proof.parts.of_lake import Cell, by_table, named_by
from tests.proof.parts.opinion import readable_table
from tests.proof.parts.promises import Read
from tests.proof.parts.stage import ALREADY, RENEWED, SHARED, Meanwhile, Outcome
from tests.workflow.catalogue import Entry, column
from tests.workflow.driver import CENTRAL, OLGA, RETAIL, Mesh, request_id, wait_until
from tests.workflow.test_revoking import revoke

_SECONDS: Final = 120
"""Longer than any request takes beside all others: only what hangs ends by it."""
_JUDGED: Final = ("AlreadyWider", "AlreadyAsked")
_FLAG: Final = ("pii_flag", "PII_Flag")
"""Two spellings of one parameter: a column can be flagged twice."""


class OnMesh:
    """A stage on a mesh that others live on as well, each with a database and accounts of its own."""

    turns: Sequence[str] = ("ask", "ask", "ask", "ask", "renew", "change", "end", "hold")

    def __init__(self, mesh: Mesh, accounts: Sequence[str]) -> None:
        self._mesh, self._accounts = mesh, accounts
        self._lake: Lake | None = None

    def put(self, lake: Lake) -> None:
        catalogue, before, name = self._mesh.catalogue, self._lake, lake.database.name
        entry = _database(lake)
        if before is None:
            catalogue.glue.create_database(DatabaseInput=entry)
            self._mesh.let_grant(name)
        elif before.database != lake.database:
            catalogue.glue.update_database(Name=name, DatabaseInput=entry)
        there = before.tables if before is not None else {}
        for gone in there.keys() - lake.tables.keys():
            catalogue.remove_table(name, gone)
        for table in lake.tables.values():
            if table.name not in there:
                catalogue.glue.create_table(DatabaseName=name, TableInput=_table(table))
            elif there[table.name] != table:
                catalogue.glue.update_table(DatabaseName=name, TableInput=_table(table))
        self._lake = lake

    def ask(self, name: str, document: dict[str, Any], ask: Ask, meanwhile: Meanwhile) -> Outcome:
        arn = self._mesh.start_with(document)
        decided, named, round_ = False, set[Cell](), 0
        while (item := self._settled(arn, round_))["status"] == "WAITING":
            meanwhile.judged()
            meanwhile.change(0.25)
            named, round_ = named_by(read_classification(item["classification"])), item["round"]
            links = self._mesh.links(self._mesh.mails(about=arn)[0])
            decided = ask.answer == "approve"
            reply = self._mesh.post(links.approve if decided else links.deny, email=OLGA)
            assert reply.status == 200, (name, reply.title)
        finished = self._mesh.finish(arn, _SECONDS)
        assert finished.status == "SUCCEEDED", (name, finished)
        status, reason = finished.end
        if status == "DENIED":
            return Outcome("denied")
        if status != "SHARED":
            if reason in _JUDGED:
                meanwhile.judged()
            return Outcome(f"refused: {reason}")
        meanwhile.judged()
        self._take_back(ask.account)
        return self._shared(arn, ask, item, named if item["round"] == round_ and decided else None)

    def _take_back(self, account: str) -> None:
        """Take back what has been replaced, as Sweep does when it comes by."""
        for id_, item in self._mesh.shares(account).items():
            if item["status"] == ShareStatus.REVOKING:
                assert revoke(self._mesh, share=id_).status == "SUCCEEDED"

    def _settled(self, arn: str, after: int) -> Mapping[str, Any]:
        """The request's item once it waits for a decision that it did not wait for before, or has ended."""

        def found() -> Mapping[str, Any] | None:
            item = self._mesh.register_item(arn)
            status = item.get("status")
            if status == "WAITING" and "mail_due_at" not in item and item["round"] > after:
                return item
            return item if status in {"SHARED", "REFUSED", "DENIED", "FAILED"} else self._rest()

        return wait_until(found, _SECONDS, f"the end of {request_id(arn)}")

    @staticmethod
    def _rest() -> None:
        # Dozens look at once: the mesh has better to do than to answer them.
        time.sleep(0.2)

    def _shared(self, arn: str, ask: Ask, item: Mapping[str, Any], named: set[Cell] | None) -> Outcome:
        shares = self._mesh.shares(ask.account)
        if "shared_by" in item:
            there = read_share(_without_names(shares[item["shared_by"]]))
            return Outcome(RENEWED if ask.renews else ALREADY, there)
        found = shares[f"{request_id(arn)}:{item['round']}"]
        share = read_share(_without_names(found))
        names = () if share.scope is Scope.WILDCARD else found.get("names", [found["table"]])
        decided, cells = named is not None, {share.cells.name} if share.cells else {*found.get("filters", ())}
        return Outcome(SHARED, share, decided, named or set(), None, self._read(ask.account, cells), names)

    def shares(self) -> Sequence[Share]:
        items = [item for each in self._accounts for item in self._mesh.shares(each).values()]
        return [share for share in map(read_share, map(_without_names, items)) if share.holds]

    def reads(self, account: str) -> Read:
        return self._read(account)

    def _read(self, account: str, filters: set[str] | None = None) -> Read:
        """What is read by all that is granted to an account, or by these filters alone."""
        assert self._lake is not None
        granted = [
            each
            for each in self._mesh.permissions()
            if each["Principal"]["DataLakePrincipalIdentifier"] == account
            and (not filters or each["Resource"].get("DataCellsFilter", {}).get("Name") in filters)
        ]
        tables = [readable_table(self._lake.database.name, each) for each in self._lake.tables.values()]
        made = self._mesh.client("lakeformation").list_data_cells_filter(
            Table={"CatalogId": CENTRAL, "DatabaseName": self._lake.database.name}
        )
        lake = Readable(CENTRAL, tables, granted, filters=made["DataCellsFilters"])
        return by_table(readable(lake, account))

    def end(self, share: Share) -> None:
        assert revoke(self._mesh, share=share.id).status == "SUCCEEDED"

    @contextmanager
    def held(self, account: str, source: Source | None) -> Iterator[None]:
        data = None if source is None else {"database": source.database, "table": source.table}
        on: Mapping[str, Any] = {"consumer": account} if data is None else {"source": data}
        assert revoke(self._mesh, hold=True, **on).status == "SUCCEEDED"
        yield
        assert revoke(self._mesh, hold=False, **on).status == "SUCCEEDED"

    def findings(self) -> Sequence[Finding]:
        items = [each for each in self._mesh.ledger_items() if each["pk"] == "finding#all"]
        return [each for each in map(read_finding, items) if each.live]

    @contextmanager
    def tampered(self, by: Random, account: str, lake: Lake) -> Iterator[bool]:
        """Nothing is: the lake is that of all who live here."""
        del by, account, lake
        yield False


def _without_names(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in item.items() if name not in {"names", "filters"}}


def _database(lake: Lake) -> Entry:
    flags = dict(zip(_FLAG, map(str, lake.database.flags), strict=False))
    name = lake.database.name
    return {"Name": name, "LocationUri": f"s3://retail-lake/{name}/", "Parameters": {"data_owner": RETAIL, **flags}}


def _table(table: Table) -> Entry:
    """A table as Glue takes it."""
    columns = table.columns or ()
    said = {} if not table.pii_columns else {"pii_columns": str(table.pii_columns[0])}
    rows = {f"lakeshare_filter_{name}": str(each) for name, each in table.row_filters}
    return {
        "Name": table.name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {**dict(zip(_FLAG, map(str, table.flags), strict=False)), **said, **rows},
        "PartitionKeys": [_column(each) for each in columns if each.is_partition_key],
        "StorageDescriptor": {
            "Columns": [_column(each) for each in columns if not each.is_partition_key],
            "Location": f"s3://retail-lake/lakes/{table.name}/",
        },
    }


def _column(of: Column) -> Entry:
    return column(of.name, of.type, **dict(zip(_FLAG, map(str, of.flags), strict=False)))
