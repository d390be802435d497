"""An approval of fewer columns than were asked for: what it may name, and what is granted by it."""

from dataclasses import replace

from handlers.sharing.model.checks import shown
from handlers.sharing.model.classification import Classification, Scope
from handlers.sharing.model.errors import DecisionMismatch, InvalidInput
from handlers.sharing.model.part import Part
from handlers.sharing.model.record import Decision, RequestRecord
from handlers.sharing.model.request import ShareRequest
from handlers.sharing.model.selection import concerns


def check_narrows(columns: tuple[str, ...], record: RequestRecord) -> None:
    """Check that an approval names only columns that were asked for, as far as the register knows them.

    Of a whole table it does not: the names are those of the catalogue, which Grant reads.

    Raises:
        InvalidInput: it names another, or a database was asked for.
    """
    if not columns:
        return
    if record.source is None or record.source.is_database:
        raise InvalidInput("columns must be given of one table, and a database was asked for.", "columns")
    found = record.classification
    asked = found.columns if found is not None and found.scope is Scope.FILTERED else columns
    if unknown := [name for name in columns if name not in asked]:
        raise InvalidInput(f"columns must be among those that were asked for, got {shown(unknown[0])}.", "columns")


def narrowed(request: ShareRequest, decision: Decision) -> ShareRequest:
    """What is granted by an approval: the columns that it names, of the same rows.

    Raises:
        DecisionMismatch: a whole database was asked for.
    """
    if request.source.is_database:
        raise DecisionMismatch("The approval that arrived names columns of a whole database, so it grants nothing.")
    return replace(request, part=Part(columns=decision.columns, filter=request.part.filter))


def check_narrowed(asked: Classification, given: Classification, decision: Decision) -> None:
    """Check that an approval gives less than was asked for, just before it is granted.

    Args:
        asked: what was asked for, which may be a whole table.
        given: the columns that the approval names, judged as a request for them, by the same reading of the catalogue.
        decision: the approval.

    Raises:
        DecisionMismatch: there is a column in it that was not asked for, or not approved.
    """
    # Partition keys are in whatever anybody names.
    whole = asked.scope is Scope.TABLE
    if given.scope is not Scope.FILTERED or not (whole or set(given.columns) <= set(asked.columns)):
        raise DecisionMismatch("The approval that arrived names a column that was not asked for, so it grants nothing.")
    if not set(decision.columns) <= set(given.columns) or given.row_filter != asked.row_filter:
        raise DecisionMismatch("The approval that arrived is of other columns or rows, so it grants nothing.")


def given_of(asked: Classification, columns: tuple[str, ...]) -> Classification:
    """What was asked for, as far as it is given: these columns; none where whole tables are."""
    if columns in (asked.columns, ()):
        return asked
    grounds = tuple(each for each in asked.grounds if concerns(each, columns))
    left_out = (*(each for each in asked.grounds if not concerns(each, columns)), *asked.left_out)
    return replace(
        asked,
        scope=Scope.FILTERED,
        columns=columns,
        grounds=grounds,
        grounds_total=len(grounds),
        left_out=left_out,
        left_out_total=asked.grounds_total - len(grounds) + asked.left_out_total,
    )


def narrowing(decision: Decision | None, found: Classification) -> str:
    """That somebody approved fewer columns than were asked for, and which, in a sentence; empty if they did not."""
    if decision is None or not decision.columns:
        return ""
    asked = len(found.columns) if found.scope is Scope.FILTERED else found.columns_total
    named, more = decision.columns[:5], len(decision.columns) - 5
    names = f"{', '.join(named)}{f' and {more:,} more' if more > 0 else ''}"
    return f"Only {len(decision.columns):,} of the {asked:,} columns that were asked for: {names}."
