"""Reads what a request is for in the catalogue, and says what it is: personal data or not, whose, and how it was found.

It writes nothing down: Classify and the preview judge by it, Grant compares with it.
"""

from collections.abc import Callable
from itertools import chain

from handlers.sharing.filters import check_offered
from handlers.sharing.model.classification import Classification, Classified, Scope
from handlers.sharing.model.errors import NothingToShare
from handlers.sharing.model.excerpt import Excerpt
from handlers.sharing.model.fingerprint import digest_of_database, fingerprint_of
from handlers.sharing.model.parties import Rules, owner_of_all
from handlers.sharing.model.request import ShareRequest
from handlers.sharing.model.selection import select
from handlers.sharing.ports import Catalogue
from handlers.sharing.tally import Tally

LONGEST_DESCRIPTION = 2048
"""Glue's own limit; a register item must hold it whatever a catalogue gives."""


def examine(
    request: ShareRequest,
    rules: Rules,
    catalogue: Catalogue,
    in_hybrid_mode: Callable[[str], bool] = lambda _location: False,
) -> Classified:
    """Read the catalogue and decide. Fails closed: what cannot be read counts as personal data.

    Args:
        request: what is asked for.
        rules: of the stack.
        catalogue: the catalogue.
        in_hybrid_mode: of a location; only people are told of it, so whoever compares need not ask.

    Raises:
        Refused: one of the named reasons; nothing may be shared.
        TryAgain: the catalogue is out of reach.
    """
    source, part = request.source, request.part
    database = catalogue.database(source.database)
    tally = Tally(database, in_hybrid_mode, whole=source.is_database, part=part)
    pages = catalogue.pages(database.name) if source.is_database else [[catalogue.table(database.name, source.table)]]
    for table in chain.from_iterable(pages):
        tally.see_table(table)
    if not tally.digests:
        raise NothingToShare(
            f"Database '{database.name}' has no table that Lakeshare can see. Either it is empty, or Lake Formation "
            "hides its tables: the platform team can grant Lakeshare's roles DESCRIBE on them."
        )
    owner = owner_of_all(tally.owners, database.name, rules.parties)
    scope, selection = Scope.TABLE, None
    if not part.is_whole:
        check_offered(part, owner, rules.parties)
    if part.is_whole and source.is_database:
        scope = Scope.WILDCARD if tally.grounds.total and rules.wildcard_on_approval else Scope.TABLES_BY_NAME
    elif source.is_database:
        scope = Scope.FILTERED_TABLES
        tally.check_some_safe()
    elif tally.part_of is not None:
        scope, selection = Scope.FILTERED, select(part, tally.part_of, database)
        tally.take_part(selection)
    names = sorted(tally.filters if scope is Scope.FILTERED_TABLES else tally.digests)
    classification = Classification(
        scope=scope,
        owner=owner,
        fingerprint=fingerprint_of(
            request, scope, owner, database, tally.digests, selection=selection, filters=tally.filters
        ),
        grounds=tuple(tally.grounds.items),
        grounds_total=tally.grounds.total,
        tables=Excerpt[str].of(names),
        tables_total=len(names),
        columns_total=tally.columns_total,
        unregistered=tuple(tally.unregistered.items),
        unregistered_total=tally.unregistered.total,
        hybrid_total=tally.hybrid_total,
        description=(database.description if source.is_database else tally.description)[:LONGEST_DESCRIPTION],
        columns=selection.columns if selection else (),
        left_out=tuple(tally.left_out.items),
        left_out_total=tally.left_out.total,
        row_filter=selection.row_filter if selection else None,
        omitted=tuple(tally.omitted.items),
        omitted_total=tally.omitted.total,
        columns_in=tally.columns_in,
    )
    about = digest_of_database(database)
    return Classified(classification, about, tally.digests, tally.news, tally.withdrawn, tally.filters)
