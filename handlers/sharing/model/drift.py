"""What the ledger says is shared, held against what Lake Formation and RAM say is granted: pure data in, pure data out.

A grant of Lakeshare's own that is under way explains itself: a share stands in the ledger before its first grant, and
until its last one is taken back. Lists cannot be read at one instant, so the ledger is read before and after the lake.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from handlers.sharing.model.cells import CellsFilter, Filters
from handlers.sharing.model.classification import Ground, Rule
from handlers.sharing.model.granted import Granted, Trouble, is_outside
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.request import WHOLE_DATABASE, is_account_id
from handlers.sharing.model.share import ADOPTED, Share, ShareStatus

_OF_NO_DATA: Final = frozenset({Rule.MEMORY_UNREADABLE, Rule.CHANGED_SINCE_SHARED})
"""Rules by which a request asks although nothing is said of the data themselves."""
_NEVER_NEW: Final = _OF_NO_DATA | {Rule.FLAG_VANISHED}
MOST_TEXTS: Final = 3
"""So many things a finding's sentence names."""


class Kind(StrEnum):
    """What differs.

    `MISSING`: what a share covers is not granted. `WIDER`: an account was granted more than its shares of a database
    cover. `UNEXPLAINED`: somebody outside was granted something, and no share of theirs is in that database.
    `FILTER_CHANGED`: the filter of a share of a part is gone, or lets read something else.
    `RAM_BROKEN`: granted, and RAM does not carry it over. `SOURCE_CHANGED`: personal data appeared under a share.
    """

    MISSING = "MISSING"
    WIDER = "WIDER"
    UNEXPLAINED = "UNEXPLAINED"
    RAM_BROKEN = "RAM_BROKEN"
    SOURCE_CHANGED = "SOURCE_CHANGED"
    FILTER_CHANGED = "FILTER_CHANGED"


OF_SHARES: Final = (Kind.MISSING, Kind.RAM_BROKEN, Kind.SOURCE_CHANGED, Kind.FILTER_CHANGED)
"""The kinds that are found of a share; the others are of grants that no share explains."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A live share, and all that it covers."""

    share: Share
    covers: frozenset[Resource]


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference.

    Attributes:
        kind: what differs.
        principal: whose access it is about.
        database: in which; empty: in none.
        says: what was found, in a sentence or two.
        things: all that it is about, by name.
        share: the share that it is of; `None`: no share explains it.
        resources: what a share could cover of it, so that somebody can adopt it or have it taken back; empty: it is out
            of Lakeshare's reach, or of a share.
        owner: the account that owns the data, of a share as it says; `None`: not known.
    """

    kind: Kind
    principal: str
    database: str
    says: str
    things: tuple[str, ...]
    share: str | None = None
    resources: tuple[Resource, ...] = ()
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is compared.

    Attributes:
        central: the account of the catalogue.
        granted: what is granted, each principal and thing once: see `merged`.
        before, after: the live shares by their ids, as they stood before and after that was read.
        troubles: what is wrong in resource shares, by their ARNs.
        gone: what shares cover that is not in the catalogue any more.
        appeared: the grounds on which somebody would have to be asked about a share now and was not, by its id.
        filters: what the filters of shares let read.
    """

    central: str
    granted: Sequence[Granted]
    before: Mapping[str, Standing]
    after: Mapping[str, Standing]
    troubles: Mapping[str, Sequence[Trouble]] = field(default_factory=dict[str, Sequence[Trouble]])
    gone: frozenset[Resource] = frozenset()
    appeared: Mapping[str, Sequence[Ground]] = field(default_factory=dict[str, Sequence[Ground]])
    filters: Filters = field(default_factory=dict[Resource, CellsFilter | None])


def compare(picture: Picture) -> list[Difference]:
    """All differences: of shares what is not as they say, of all else what no share explains."""
    held: defaultdict[str, dict[Resource, Granted]] = defaultdict(dict)
    for each in picture.granted:
        if each.resource is not None:
            held[each.principal][each.resource] = each
    # What was taken back meanwhile was granted when the list was read, and the other way round.
    shares = [
        standing
        for id_, standing in picture.after.items()
        if _is_settled(standing.share) and id_ in picture.before and _is_settled(picture.before[id_].share)
    ]
    of_shares = (
        difference for standing in shares for difference in _of_share(standing, held[standing.share.consumer], picture)
    )
    return [*of_shares, *_unexplained(picture)]


def appeared(now: Iterable[Ground], then: Sequence[Ground], *, all_of_them: bool) -> list[Ground]:
    """The grounds to ask about data `now` that whoever shared them was not told of `then`.

    Who was told of a whole table, or a whole database, was told of what is in it.

    Args:
        now: of the data as they are.
        then: of what was approved; empty: nobody had to be asked.
        all_of_them: whether `then` has all of them. Of a list that was cut, nothing is new that may have stood in the
            rest: that is of its last table, and of all that it does not name.
    """
    told = {(each.table, each.column) for each in then if each.rule not in _OF_NO_DATA}
    whole = {each.table for each in then} - {each.table for each in then[-1:]}

    def is_new(ground: Ground) -> bool:
        if {(ground.table, ground.column), (ground.table, None), (None, None)} & told:
            return False
        return all_of_them or ground.table in whole

    return [each for each in now if each.rule not in _NEVER_NEW and is_new(each)]


def named(things: Sequence[object]) -> str:
    """The first few, and how many more."""
    more = len(things) - MOST_TEXTS
    return ", ".join(map(str, things[:MOST_TEXTS])) + (f" and {more:,} more" if more > 0 else "")


def _is_settled(share: Share) -> bool:
    """Whether what it covers must be granted: nobody is granting it still, or taking it back."""
    return share.status is ShareStatus.ACTIVE


def _of_share(standing: Standing, held: Mapping[Resource, Granted], picture: Picture) -> Iterator[Difference]:
    share = standing.share

    def difference(kind: Kind, says: str, things: Sequence[object]) -> Difference:
        names = tuple(map(str, things))
        return Difference(
            kind, share.consumer, share.source.database, says, names, share.id, owner=share.owner.account_id
        )

    if lost := _lost(standing, held, picture.gone):
        what = "whole" if len(lost) == len(standing.covers) else "part"
        yield difference(
            Kind.MISSING,
            f"Account {share.consumer} was granted this, and in {what} it is not any more: {named(lost)}. Somebody "
            "took it back past Lakeshare, or a table was dropped and made anew.",
            lost,
        )
    troubles = [
        (resource, trouble.says)
        for resource in sorted(standing.covers & held.keys())
        for arn in sorted(held[resource].ram)
        for trouble in picture.troubles.get(arn, ())
        if trouble.resource in {None, resource.carrier}
    ]
    if troubles:
        broken = sorted({resource for resource, _ in troubles})
        why = " ".join(sorted({says for _, says in troubles})[:MOST_TEXTS])
        yield difference(
            Kind.RAM_BROKEN,
            f"Granted to account {share.consumer}, but AWS RAM does not carry it over: {named(broken)}. {why}",
            broken,
        )
    odd = [each for each in sorted(standing.covers) if _is_changed(each, picture)]
    if odd:
        told = ", ".join(f"{each.filter} of {each.carrier}" for each in odd[:MOST_TEXTS])
        more = f" and {len(odd) - MOST_TEXTS:,} more" if len(odd) > MOST_TEXTS else ""
        filters = "filter" if len(odd) == 1 else "filters"
        yield difference(
            Kind.FILTER_CHANGED,
            f"Account {share.consumer} was granted columns and rows of {share.source} by data cells {filters} {told}"
            f"{more}, {_changed(share.cells, [picture.filters[each] for each in odd])}",
            odd,
        )
    if grounds := picture.appeared.get(share.id):
        yield difference(
            Kind.SOURCE_CHANGED,
            f"Personal data appeared that nobody approved for account {share.consumer}: {named(grounds)}.",
            grounds,
        )


def _is_changed(resource: Resource, picture: Picture) -> bool:
    """Whether a filter is gone, or lets read something else than its name says; its table is there still."""
    if not resource.filter or resource not in picture.filters or resource in picture.gone:
        return False
    now = picture.filters[resource]
    return now is None or now.name != resource.filter


def _changed(then: CellsFilter | None, now: Sequence[CellsFilter | None]) -> str:
    """What became of filters; `then`: what the only one of them let read, where that is known."""
    if then is None:
        what = "is gone, or lets" if len(now) == 1 else "are gone, or let"
        return f"which {what} read other columns or rows. Somebody deleted or changed that past Lakeshare."
    (there,) = now
    if there is None:
        return "which is gone, or lists no columns any more. Somebody deleted or changed it past Lakeshare."
    added, gone = sorted({*there.columns} - {*then.columns}), sorted({*then.columns} - {*there.columns})
    says = [f"now lets read {named(added)}, too" if added else "", f"lets read {named(gone)} no more" if gone else ""]
    if there.expression != then.expression:
        says.append("lets read other rows")
    return f"which {' and '.join(filter(None, says))}. Somebody changed it past Lakeshare."


def _lost(standing: Standing, held: Mapping[Resource, Granted], gone: frozenset[Resource]) -> Sequence[Resource]:
    """What of a share is not granted as it must be."""
    if standing.share.fingerprint == ADOPTED:
        # It was granted by somebody else, with who knows which permissions: something of it must be there.
        return [] if standing.covers & held.keys() else sorted(standing.covers)
    lost = [each for each in sorted(standing.covers) if not _is_granted(each, held)]
    # A dropped table takes its grant along. Of a share of which no table is left that is told all the same.
    left = {each for each in standing.covers if each.table} - gone
    return [each for each in lost if each not in gone] if left else lost


def _is_granted(resource: Resource, held: Mapping[Resource, Granted]) -> bool:
    """Whether all that a share grants on it is there; for a table what is granted on all tables counts as well."""
    wide = [Resource(resource.database, WHOLE_DATABASE)] if resource.table and not resource.filter else []
    wanted = frozenset(resource.permissions)
    return any(
        wanted <= held[each].permissions and wanted <= held[each].grantable
        for each in (resource, *wide)
        if each in held
    )


def _unexplained(picture: Picture) -> Iterator[Difference]:
    """What was granted outside beyond what shares cover: one for each principal, database and who can mend it."""
    covers: defaultdict[str, set[Resource]] = defaultdict(set)
    for standing in (*picture.before.values(), *picture.after.values()):
        covers[standing.share.consumer] |= standing.covers
    beyond: defaultdict[tuple[str, str, bool], list[Granted]] = defaultdict(list)
    for each in picture.granted:
        if is_outside(each.principal, picture.central) and not _is_explained(each, covers[each.principal]):
            beyond[each.principal, each.database, _can_be_shared(each)].append(each)
    for (principal, database, within_reach), grants in beyond.items():
        wider = any(each.database == database for each in covers[principal])
        ordered = sorted(grants, key=lambda each: each.what)
        yield Difference(
            Kind.WIDER if wider else Kind.UNEXPLAINED,
            principal,
            database,
            _told(principal, database, ordered, wider=wider, within_reach=within_reach),
            tuple(map(str, ordered)),
            resources=tuple(each.resource for each in ordered if each.resource) if within_reach else (),
        )


def _is_explained(granted: Granted, covers: set[Resource]) -> bool:
    resource = granted.resource
    if resource is None or resource not in covers:
        return False
    return granted.permissions | granted.grantable <= set(resource.permissions)


def _can_be_shared(granted: Granted) -> bool:
    """Whether it is nothing but what a share can grant: then one can cover it, and Lakeshare may take it back."""
    resource = granted.resource
    # Who else may change what a filter lets read that Lakeshare did not make, nobody knows.
    if resource is None or resource.filter or not is_account_id(granted.principal):
        return False
    return granted.permissions | granted.grantable <= set(resource.permissions)


def _told(principal: str, database: str, grants: Sequence[Granted], *, wider: bool, within_reach: bool) -> str:
    who = f"Account {principal}" if is_account_id(principal) else f"{principal}, outside of this account,"
    what = f"{who} was granted {named(grants)}."
    why = f" Its shares of {database} do not cover that." if wider else " No share of Lakeshare's explains that."
    cure = (
        ""
        if within_reach
        else " Lakeshare cannot take it back or adopt it: a data lake administrator can (docs/operations.md)."
    )
    return what + why + cure
