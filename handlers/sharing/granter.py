"""Makes the grants of one share, in as many batches as its tables need, and keeps the register's count of them.

A long share takes minutes, so each page of tables is read once more just before these tables are granted.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial

from handlers.sharing.filters import turn_at
from handlers.sharing.lake import ENTRIES_A_BATCH, FILTERS_A_BATCH, GrantFailure, Lake
from handlers.sharing.model.applied import advanced
from handlers.sharing.model.catalogue import Database, Table
from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.classification import Classified, Scope
from handlers.sharing.model.errors import LakeshareError, RegisterUnreadable, TryAgain
from handlers.sharing.model.fingerprint import digest_of_database, digest_of_table
from handlers.sharing.model.grounds import news_of
from handlers.sharing.model.record import Granted, RequestRecord
from handlers.sharing.model.request import ShareRequest
from handlers.sharing.model.selection import safe_columns
from handlers.sharing.model.transition import granted
from handlers.sharing.ports import Catalogue
from handlers.sharing.retry import tries
from handlers.sharing.shares import GRACE, Granting
from handlers.sharing.stores import Memory, Register

SECONDS_TO_SPARE = 60.0
"""An invocation stops granting when less than this is left of it, and the next one goes on."""


class Progress(StrEnum):
    """How an invocation of Grant ended."""

    SHARED = "shared"
    MORE = "more"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class _Batch:
    """What became of a batch: the tables that were granted, and what kept the others from it."""

    granted: Sequence[str]
    error: LakeshareError | None = None


@dataclass(slots=True)
class Granter:
    """Makes the grants of one invocation and keeps the register's count of them."""

    record: RequestRecord
    request: ShareRequest
    current: Classified
    granting: Granting
    register: Register
    catalogue: Catalogue
    lake: Lake
    memory: Memory
    seconds_left: Callable[[], float]
    pause: Callable[[float], None]
    last: str | None = None
    """The last table granted, where there are more."""

    def grant(self, after: str | None) -> Progress:
        """Grant what is to be granted behind the table `after`, as far as time allows.

        Raises:
            LakeshareError: as AWS answered; what was granted before is noted.
        """
        source, consumer = self.request.source, self.request.consumer
        match self.current.classification.scope:
            case Scope.TABLE:
                self._retried(lambda: self.lake.grant_table(source.database, source.table, consumer))
                self._note(Granted(tables=1, names=(source.table,)))
            case Scope.FILTERED:
                cells = self.granting.share.cells
                if cells is None:
                    raise RegisterUnreadable(f"The ledger has no columns of share {self.granting.share.id}.")
                batch = self._granted([cells.table], partial(self._grant_filters, {cells.table: cells}))
                if batch.error is not None:
                    raise batch.error
                self._note(Granted(tables=1, names=(source.table,)))
            case Scope.WILDCARD:
                self._retried(lambda: self.lake.grant_database(source.database, consumer))
                so_far = Granted(database=True)
                try:
                    self._retried(lambda: self.lake.grant_all_tables(source.database, consumer))
                    names = tuple(self.current.tables)
                    so_far = Granted(len(names), names, database=True, wildcard=True)
                finally:
                    self._note(so_far)
            case Scope.TABLES_BY_NAME:
                if after is None:
                    self._retried(lambda: self.lake.grant_database(source.database, consumer))
                return self._grant_by_name(after)
            case Scope.FILTERED_TABLES:
                return self._grant_by_name(after)
        return Progress.SHARED

    def _grant_by_name(self, after: str | None) -> Progress:
        done: list[str] = []
        try:
            return self._grant_pages(after, done)
        finally:
            # However this invocation ends, the register says how far it came.
            self._note(Granted(len(done), tuple(done), database=not self.filters))

    def _grant_pages(self, after: str | None, done: list[str]) -> Progress:
        """Grant the tables page by page as they are read; takes over to `done` what it granted, and what was before."""
        left = dict.fromkeys(self.filters or self.current.tables)
        most = FILTERS_A_BATCH if self.filters else ENTRIES_A_BATCH
        # In the order of reading, which need not be that of names.
        skips, start = after in left, 0
        for page in self.catalogue.pages(self.request.source.database):
            database = self.catalogue.database(self.request.source.database)
            if not self._is_as_classified(page, database):
                self.memory.remember(self.request.source.database, news_of(page))
                return Progress.CHANGED
            wanted: list[str] = []
            for name in (table.name for table in page if table.name in left):
                if skips:
                    done.append(name)
                    del left[name]
                    skips, start = name != after, len(done)
                else:
                    wanted.append(name)
            cells = self._cells(page, database, frozenset(wanted))
            if {name: each.name for name, each in cells.items()} != {name: self.filters[name] for name in cells}:
                return Progress.CHANGED
            for tables in (wanted[at : at + most] for at in range(0, len(wanted), most)):
                # One batch at least, or a slow catalogue would keep the workflow going round for nothing.
                if len(done) > start and self.seconds_left() < SECONDS_TO_SPARE:
                    self.last = done[-1]
                    return Progress.MORE
                batch = self._grant_batch(tables, cells)
                done += batch.granted
                if batch.error is not None:
                    raise batch.error
                for table in tables:
                    del left[table]
        return Progress.CHANGED if left else Progress.SHARED

    @property
    def filters(self) -> Mapping[str, str]:
        """The tables that are granted by filters, each with the filter's name."""
        return self.current.filters

    def _is_as_classified(self, page: Sequence[Table], database: Database) -> bool:
        """Whether these tables, and the database, whose flag and owner may count for them, are what was classified."""
        return digest_of_database(database) == self.current.database and all(
            self.current.tables.get(table.name) == digest_of_table(table) for table in page
        )

    def _cells(self, page: Sequence[Table], database: Database, wanted: Set[str]) -> Mapping[str, CellsFilter]:
        """The filters of these tables, where such are granted, of what is safe in them now."""
        if not self.filters:
            return {}
        safe = {each.name: safe_columns(self.request.part, each, database) for each in page if each.name in wanted}
        return {name: CellsFilter(database.name, name, columns) for name, columns in safe.items()}

    def _note(self, so_far: Granted) -> None:
        """Note what was granted, over what earlier attempts granted: that stands too."""
        request_id = self.record.id
        advanced(self.register.apply(request_id, granted(so_far.over(self.record.granted))))

    def _grant_batch(self, tables: Sequence[str], cells: Mapping[str, CellsFilter]) -> _Batch:
        database, consumer = self.request.source.database, self.request.consumer
        if cells:
            return self._granted(tables, partial(self._grant_filters, cells))
        return self._granted(tables, lambda left: self.lake.grant_tables(database, left, consumer))

    def _grant_filters(self, cells: Mapping[str, CellsFilter], tables: Sequence[str]) -> list[GrantFailure]:
        share, lasts = self.granting.share, timedelta(seconds=self.seconds_left()) + GRACE
        mine = [cells[each] for each in tables]
        holder = f"{share.id} {self.granting.until}"
        with turn_at([each.name for each in mine], holder, lasts, self.granting.ledger, self.pause):
            return self.lake.grant_filters(mine, share.consumer)

    def _granted(self, tables: Sequence[str], grant: Callable[[Sequence[str]], list[GrantFailure]]) -> _Batch:
        """Grant a batch, and what failed of it for the moment again."""
        left = list(tables)
        failures: list[GrantFailure] = []
        for _ in tries(self.pause):
            try:
                failures = grant(left)
            except LakeshareError as error:
                failures = [GrantFailure(table, error) for table in left]
            final = next((failure.error for failure in failures if not isinstance(failure.error, TryAgain)), None)
            if final is not None or not failures:
                return _Batch(_without(failures, tables), final)
            left = list(dict.fromkeys(failure.table for failure in failures))
        return _Batch(_without(failures, tables), failures[0].error)

    def _retried(self, grant: Callable[[], None]) -> None:
        for left in tries(self.pause):
            try:
                grant()
            except TryAgain:
                if not left:
                    raise
            else:
                return


def _without(failures: Sequence[GrantFailure], tables: Sequence[str]) -> Sequence[str]:
    """Those of `tables` that did not fail."""
    failed = {failure.table for failure in failures}
    return [table for table in tables if table not in failed]
