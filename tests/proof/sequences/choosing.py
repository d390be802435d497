"""What is done next in a sequence, and what changes in its data meanwhile: all of it at random."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.proof.sequences.steps import WHOLE, Share, Step
from tests.proof.sequences.tables import ALL, FILTER, Part, Table

if TYPE_CHECKING:
    from tests.proof.sequences.life import Life

PEOPLE = "people"
"""A table with personal data, which comes some time or is there from the beginning."""
LATER = "later"
"""A column that comes some time."""
DAYS = (5, 20, 40, 90, 150, 250)
DEEDS = {"ask": 12, "rest": 20, "renew": 9, "give back": 4, "revoke": 3, "look": 1, "hold": 2, "lift": 4, "nothing": 6}
CHANGES = {"people": 2, "flag": 6, "column": 2, "rows": 2, "nothing": 7}
"""How likely each kind is, as far as it is possible."""


def deed(life: Life) -> Step:
    """What people do next."""
    pick, live = life.random.choice, life.live()
    given_out = [name for name, share in live.items() if share.user]
    rests = {name: columns for name, share in live.items() if (columns := left_out(share, life.tables))}
    possible = {
        "rest": bool(rests),
        "renew": bool(live) or (bool(life.shares) and life.random.random() < 0.2),
        "give back": bool(given_out),
        "revoke": bool(live),
        "look": bool(live),
        "lift": bool(life.held),
    }
    match kind := _kind(life, DEEDS, possible):
        case "ask":
            flagged = [name for name, table in life.tables.items() if table.asks]
            table, user = pick((*life.tables, *flagged, WHOLE)), pick((life.user, None, None))
            return _decided(life, Step(kind, pick(life.accounts), table, part=_part(life, table), user=user))
        case "rest":
            share = life.shares[name := pick(list(rests))]
            return _decided(
                life, Step(kind, share.account, share.table, part=Part(columns=rests[name]), user=share.user)
            )
        case "renew":
            # For the most part one that lives.
            share = life.shares[name := pick(list(live if live and life.random.random() < 0.9 else life.shares))]
            return _decided(life, Step(kind, share.account, share.table, name, part=share.part, user=share.user))
        case "give back":
            return Step(kind, share=pick(given_out), user=life.user)
        case "revoke" | "look":
            share = life.shares[name := pick(list(live))]
            return pick((Step(kind, share=name), Step(kind, account=share.account), Step(kind, table=share.table)))
        case "hold" | "lift":
            place = pick((*life.accounts, *life.tables, WHOLE) if kind == "hold" else sorted(life.held))
            return Step(kind, account=place) if place in life.accounts else Step(kind, table=place)
        case _:
            return Step(kind)


def change(life: Life) -> Step:
    """What the data's owner changes in the catalogue meanwhile."""
    pick, tables = life.random.choice, sorted(life.tables)
    grown = [name for name in tables if LATER not in life.tables[name].flags]
    match kind := _kind(life, CHANGES, {"people": PEOPLE not in tables, "column": bool(grown)}):
        case "flag":
            column = pick(life.tables[name := pick(tables)].columns)
            flags = [flag for flag in ("true", "true", "no", "") if flag != life.tables[name].flags[column]]
            return Step(kind, table=name, column=column, value=pick(flags))
        case "column":
            return Step(kind, table=pick(grown), column=LATER, value=pick(("", "true")))
        case "rows":
            return Step(kind, table=pick(tables), value=f"id > {life.random.randrange(100)}")
        case _:
            return Step(kind)


def _kind(life: Life, chances: Mapping[str, int], possible: Mapping[str, bool]) -> str:
    kinds = [kind for kind in chances if possible.get(kind, True)]
    return life.random.choices(kinds, [chances[each] for each in kinds])[0]


def left_out(share: Share, tables: Mapping[str, Table]) -> tuple[str, ...]:
    """The columns of its table that a safe share has not, of all rows."""
    if share.table == WHOLE or not share.part.safe or share.covers is None:
        return ()
    cells = share.covers[share.table]
    return tuple(sorted(name for name in tables[share.table].columns if cells is not None and name not in cells[0]))


def _part(life: Life, table: str) -> Part:
    """More often than not a part."""
    safe = Part(safe=True)
    if table == WHOLE:
        return life.random.choice((ALL, ALL, safe))
    names = life.tables[table].columns
    some = Part(columns=tuple(sorted(life.random.sample(names, life.random.randint(1, len(names))))))
    part = life.random.choice((ALL, ALL, safe, safe, some, some))
    return replace(part, rows=FILTER) if life.random.random() < 0.3 else part


def _decided(life: Life, wanted: Step) -> Step:
    """A request, with how long and with what is decided if somebody is asked."""
    pick = life.random.choice
    decision, days = pick(("approve", "approve", "approve", "deny")), pick((None, *DAYS))
    shorter = [each for each in (3, 30) if decision == "approve" and (days is None or each < days)]
    gives: list[str] = []
    if decision == "approve" and wanted.table != WHOLE and life.random.random() < 0.6:
        cells = life.tables[wanted.table].cells(wanted.part)
        names = [name for name in life.tables[wanted.table].columns if cells is not None and name in cells[0]]
        gives = life.random.sample(names, life.random.randint(1, len(names) - 1)) if len(names) > 1 else []
    return replace(wanted, days=days, decision=decision, shorter=pick((None, *shorter)), gives=tuple(sorted(gives)))
