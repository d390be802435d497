"""Fail closed: whatever a catalogue may hold, nothing that could be personal data is shared without a person.

10,000 generated databases and tables, valid and hostile, are classified twice: as the rules see them, and as Glue
would answer them, raw, through the adapter. What comes out is held against the plain reading in `clean.py`.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from handlers.aws import glue
from handlers.sharing.examine import examine
from handlers.sharing.model.catalogue import Column, Database, Table
from handlers.sharing.model.errors import Refused
from handlers.sharing.model.parties import Parties, Producer, Rules
from handlers.sharing.model.request import ShareRequest, Source
from tests.fakes.catalogue import MemoryCatalogue
from tests.proof.clean import all_looked_at, flag_is_clean, is_clean, says_no
from tests.proof.conftest import Figure

CASES = json.loads((Path(__file__).parents[1] / "pii_flag_cases.json").read_text())
OWNER, CENTRAL, CONSUMER = "111111111111", "123456789012", "999999999999"
PARTIES = Parties({OWNER: Producer(OWNER)})
TABLES = 4_000
DATABASES = 1_000
"""Of each kind, as the rules see them and as Glue answers: 10,000 in all."""

odd = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 2), st.floats(), st.text(max_size=6), st.just([]), st.just({})
)
spelled = st.sampled_from([case["value"] for case in CASES])
noes = st.sampled_from(["false", "no", "0", "n", " NO\t", "False", ""])
flags = st.one_of(noes, noes, noes, spelled, odd, st.text(max_size=3), st.just("true"), st.just("x" * 5_000))
names = st.one_of(st.sampled_from(["id", "email", "None", "größe", "a.b", "x" * 255]), st.text(min_size=1, max_size=8))
types = st.sampled_from(
    ["int", "string", "struct<name:string,address:struct<street:string>>", "map<string,array<int>>"]
)
keys = st.sampled_from(
    ["pii_flag", "pii_flag", "pii_flag", "PII_Flag", " pii_flag\n", "PII_FLAG", "pii-flag", "comment"]
)
listings = st.one_of(
    st.sampled_from(["none", " NONE\n", "id", "x, email", "", "none,id", "no", "gone", '["id"]', "none;"]), odd, spelled
)
"""Values of `pii_columns`."""


def sometimes(strategy: st.SearchStrategy[Any], usual: Any, odds: int = 6) -> st.SearchStrategy[Any]:
    """`usual` but for one in `odds`."""
    return st.integers(1, odds).flatmap(lambda number: strategy if number == 1 else st.just(usual))


def hold(
    figure: Figure,
    what: str,
    cases: st.SearchStrategy[Any],
    number: int,
    judge: Callable[[Any], str],
    *,
    answers: Sequence[str] = ("shared at once", "asked"),
) -> None:
    """Judges so many cases, the same ones each time, and reports what came of them: all of `answers`, and refusals."""
    seen = Counter[str]()

    @seed(number)
    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=[*HealthCheck.__members__.values()],
    )
    @given(cases)
    def each(case: Any) -> None:
        seen[judge(case)] += 1

    each()
    kinds = dict.fromkeys((*answers, "refused"), 0)
    for kind, times in seen.items():
        kinds["refused" if kind.startswith("refused") else kind] += times
    figure(what, ", ".join(f"{times:,} {kind}" for kind, times in kinds.items()) + f" of {seen.total():,}")
    assert all(kinds.values()), f"{what}: not all kinds of answers came: {seen}"


# --- as the rules see them ------------------------------------------------------------------------------------------

tags = st.sampled_from([None, ("pii=true",), ("pii=true", "class=secret")])
columns = st.builds(
    Column,
    names,
    types,
    sometimes(st.lists(flags, max_size=2).map(tuple), (), 3),
    is_partition_key=st.booleans(),
    tags=sometimes(st.just(("pii=true",)), (), 30),
)
once = sometimes(st.none() | st.frozensets(st.none() | names.map(str.lower), max_size=2), frozenset(), 8)
VANISHED = {"once_flagged": frozenset(["id"])}
owners = sometimes(st.one_of(st.none(), st.text(max_size=12), st.just("222222222222")), OWNER, 12)
tables = st.builds(
    Table,
    names,
    sometimes(st.none(), (), 40).flatmap(
        lambda none: st.none() if none is None else st.lists(columns, max_size=5).map(tuple)
    ),
    flags=sometimes(st.lists(flags, max_size=2).map(tuple), ()),
    owner=owners,
    registered=st.booleans(),
    pii_columns=sometimes(st.lists(listings, max_size=2).map(tuple), ()),
    is_view=sometimes(st.just(True), False),
    schema_readable=sometimes(st.just(False), True),
    elsewhere=sometimes(st.lists(columns, max_size=2).map(tuple), ()),
    once_flagged=once,
    tags=sometimes(tags, (), 20),
)
one_flag = spelled.map(lambda flag: Table("t", (Column("id", "int"), Column("x", "string", (flag,))), owner=OWNER))
one_thing = st.builds(
    lambda thing, said: replace(Table("t", (Column("id", "int"),), owner=OWNER), **thing, **said),
    st.sampled_from(
        [
            *({}, {}, {}),
            {"is_view": True},
            {"schema_readable": False},
            {"elsewhere": (Column("email", ""),)},
            {"elsewhere": (Column("none", ""),)},
            {"columns": ()},
            {"columns": (Column("None", "int"),)},
            VANISHED,
            *({"tags": None}, {"tags": ("pii=true",)}, {"columns": (Column("id", "int", tags=("pii=true",)),)}),
        ]
    ),
    st.one_of(st.builds(lambda said: {"pii_columns": (said,)}, listings), st.builds(lambda no: {"flags": (no,)}, noes)),
)
tables = st.one_of(tables, one_flag, one_thing)
"""Two thirds of them hold one flag or one oddity only, so that nothing beside it decides."""
databases = st.builds(
    Database,
    st.just("db"),
    flags=sometimes(st.lists(flags, max_size=2).map(tuple), ()),
    owner=owners,
    once_flagged=sometimes(st.sampled_from([None, frozenset([None])]), frozenset(), 12),
    tags=sometimes(tags, (), 20),
)


def judged(catalogue: Any, table: str, clean: bool, *, wildcard: bool) -> str:
    """What comes of a request for `table` (`*`: all), which must not be `share` of what is not `clean`."""
    request = ShareRequest(Source("db", table), CONSUMER)
    try:
        found = examine(request, Rules(CENTRAL, PARTIES, wildcard), catalogue).classification
    except Refused as refused:
        return f"refused {refused.reason}"
    assert found.needs_approval or clean, f"shared at once, and is not clean: {found}"
    # A system that asks about everything would keep the promise, too.
    assert not (clean and found.needs_approval), f"is clean, and is asked about: {found.grounds}"
    assert found.grounds or not found.needs_approval
    return "asked" if found.needs_approval else "shared at once"


@pytest.mark.timeout(600)
def test_tables(figure: Figure) -> None:
    def judge(case: tuple[Database, Table]) -> str:
        catalogue = MemoryCatalogue()
        catalogue.put(*case)
        return judged(catalogue, case[1].name, is_clean(case[0], case[1:], whole=False), wildcard=False)

    hold(figure, "tables, as the rules see them", st.tuples(databases, tables), TABLES, judge)


@pytest.mark.timeout(600)
def test_databases(figure: Figure) -> None:
    def judge(case: tuple[Database, list[Table], bool]) -> str:
        database, held, wildcard = case
        catalogue = MemoryCatalogue()
        catalogue.put(database, *held)
        return judged(catalogue, "*", is_clean(database, held, whole=True), wildcard=wildcard)

    held = st.lists(tables, max_size=4, unique_by=lambda table: table.name)
    hold(figure, "databases, as the rules see them", st.tuples(databases, held, st.booleans()), DATABASES, judge)


# --- as Glue answers ------------------------------------------------------------------------------------------------

parameters = st.one_of(
    st.dictionaries(keys, flags, max_size=2),
    st.dictionaries(keys, flags, max_size=1),
    st.dictionaries(st.sampled_from(["pii_columns", "PII_Columns", "pii_column"]), listings, max_size=2),
    st.just({}),
    st.just({}),
    st.none(),
)
raw_parameters = sometimes(st.one_of(odd, st.just([{"pii_flag": "no"}])), {}, 12).flatmap(
    lambda found: parameters if found == {} else st.just(found)
)
raw_columns = st.fixed_dictionaries(
    {"Name": names, "Type": types}, optional={"Parameters": raw_parameters, "Comment": st.text(max_size=5)}
)
column_lists = st.lists(raw_columns, max_size=4)
hostile_lists = st.one_of(odd, st.lists(st.one_of(raw_columns, odd), max_size=3))
storage = sometimes(odd, {}, 20).flatmap(
    lambda found: (
        st.fixed_dictionaries(
            {"Columns": sometimes(hostile_lists, 1, 10).flatmap(lambda f: column_lists if f == 1 else st.just(f))}
        )
        if found == {}
        else st.just(found)
    )
)
own = sometimes(odd, OWNER, 20)


VIEWS: list[dict[str, Any]] = [
    {"TableType": "VIRTUAL_VIEW", "ViewOriginalText": "select 1"},
    {"TableType": "VIRTUAL_VIEW"},
    {"TableType": "MATERIALIZED_VIEW"},
    {"IsMultiDialectView": True},
    {"ViewDefinition": {"SubObjects": ["arn:aws:glue:eu-central-1:123456789012:table/db/t"]}},
    {"ViewExpandedText": "select 1"},
]


def struct(*names: str) -> str:
    return json.dumps({"type": "struct", "fields": [{"name": name, "type": "string"} for name in names]})


HIDDEN: list[tuple[dict[str, Any], set[str] | None]] = [
    ({"spark.sql.sources.schema": struct("id")}, {"id"}),
    ({"spark.sql.sources.schema": struct("ID", "email")}, {"id", "email"}),
    (
        {
            "spark.sql.sources.schema.numParts": "2",
            "spark.sql.sources.schema.part.0": struct("id", "email")[:30],
            "spark.sql.sources.schema.part.1": struct("id", "email")[30:],
        },
        {"id", "email"},
    ),
    ({"spark.sql.sources.schema.numParts": "2", "spark.sql.sources.schema.part.0": struct("id")}, None),
    ({"spark.sql.sources.schema": struct("id")[:-1]}, None),
    ({"spark.sql.sources.schema": None}, None),
    ({"avro.schema.literal": struct("id")}, {"id"}),
    ({"avro.schema.literal": struct("email")}, {"email"}),
    ({"AVRO.schema.literal": '"string"'}, None),
    ({"avro.schema.url": "s3://lake/x.avsc"}, None),
]
"""Schemas in parameters, each with the columns that it has; `None`: nobody can tell which."""
PLACEHOLDER = [{"Name": "col", "Type": "array<string>", "Comment": "from deserializer"}]
one_oddity = st.builds(
    lambda more, hidden, at, listed, said: hide(
        {**_entry("t", said, OWNER, {"Columns": listed}, [], CENTRAL, more), **({"PartitionKeys": None} if at else {})},
        hidden,
        at,
    ),
    st.sampled_from([{}, {}, *VIEWS]),
    st.sampled_from([{}, {}, *(given for given, _ in HIDDEN)]),
    st.integers(0, 2),
    st.sampled_from([PLACEHOLDER, [], *([[{"Name": "id", "Type": "int"}]] * 4)]),
    st.sampled_from([{}, {}, {"pii_flag": "no"}, {"pii_columns": "none"}, {"pii_flag": "no", "pii_columns": "none"}]),
)
"""A table with little that is odd, so that nothing beside it decides."""


def hide(entry: dict[str, Any], hidden: dict[str, Any], at: int) -> dict[str, Any]:
    """Puts a schema into the parameters of the table, of its storage or of its serde."""
    storage = dict(entry["StorageDescriptor"])
    if at == 0:
        return {**entry, "Parameters": {**entry["Parameters"], **hidden}}
    where = {"Parameters": hidden} if at == 1 else {"SerdeInfo": {"Parameters": hidden}}
    return {**entry, "StorageDescriptor": {**storage, **where}}


def raw_entry(name: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        _entry,
        sometimes(st.one_of(odd, st.just(name.upper()), st.just("another")), name, 25),
        raw_parameters,
        own,
        storage,
        sometimes(hostile_lists, [], 4),
        sometimes(odd, CENTRAL, 25),
        st.sampled_from([*([{}] * 8), *VIEWS, {"TargetTable": {"Name": "x"}}, {"DatabaseName": "other"}]),
    )


def _entry(  # noqa: PLR0917 - Hypothesis builds them in this order
    name: Any, given: Any, owner: Any, held: Any, keys_: Any, account: Any, more: Mapping[str, Any]
) -> dict[str, Any]:
    own_table = raw_database(given, owner, name, account)
    return {**own_table, "DatabaseName": "db", "StorageDescriptor": held, "PartitionKeys": keys_, **more}


class RawGlue:
    """Glue's client, answering with raw documents, the tables in pages of one, some of them empty."""

    def __init__(self, database: Any, held: list[dict[str, Any]]) -> None:
        self.database, self.held = database, held

    def get_database(self, Name: str) -> Any:  # noqa: N803 - boto3's own name
        return {"Database": self.database}

    def get_table(self, DatabaseName: str, Name: str) -> Any:  # noqa: N803
        return {"Table": self.held[0]}

    def get_tables(self, DatabaseName: str, MaxResults: int, NextToken: str = "0") -> Any:  # noqa: N803
        at = int(NextToken)
        page = {"TableList": self.held[at // 2 : at // 2 + 1] if at % 2 else []}
        return {**page, "NextToken": str(at + 1)} if at < 2 * len(self.held) else page


def _raw_flags(given: Any, name: str = "pii_flag") -> Iterator[Any]:
    """Every value of a parameter, however its key is written; parameters that are none are as bad as a yes."""
    if given is not None and not isinstance(given, dict):
        yield "unreadable"
    for key, value in (given or {}).items() if isinstance(given, dict) else ():
        if key.strip().lower() == name:
            yield value


def raw_is_clean(entry: Mapping[str, Any]) -> bool:
    """The plain reading of a raw table: every flag that there is says no, and every column can be seen."""
    given, held = entry["Parameters"], entry["StorageDescriptor"]
    if any(view.items() <= entry.items() for view in VIEWS) and not says_no(_raw_flags(given)):
        return False
    held = {} if held is None else held
    listed = held.get("Columns") if isinstance(held, dict) else "unreadable"
    listed, parts = ([] if each is None else each for each in (listed, entry["PartitionKeys"]))
    if not isinstance(listed, list) or not isinstance(parts, list):
        return False
    found = list(_raw_flags(given))
    for column in [*listed, *parts]:
        if not isinstance(column, dict) or not isinstance(column.get("Name"), str):
            return False
        found += list(_raw_flags(column.get("Parameters") or None))
    hidden = _hidden(given, held.get("Parameters"), (held.get("SerdeInfo") or {}).get("Parameters"))
    names = {column["Name"].lower() for column in [*listed, *parts]}
    looked_at = all_looked_at(_raw_flags(given, "pii_columns"), names | (hidden or set()))
    seen = bool(listed) and listed != PLACEHOLDER and hidden is not None and hidden <= names
    return all(map(flag_is_clean, found)) and looked_at is not None and (looked_at or seen)


def _hidden(*places: Any) -> set[str] | None:
    """The columns of all schemas in the parameters; `None` if nobody can tell."""
    found: set[str] = set()
    for place in places:
        for schema, names in HIDDEN:
            if isinstance(place, dict) and schema.items() <= place.items():
                if names is None:
                    return None
                found |= names
    return found


def raw_one_is_clean(database: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
    """The same of a table that is asked for by itself: its database's flag binds it, but for its own plain no."""
    free = all(map(flag_is_clean, _raw_flags(database["Parameters"]))) or says_no(_raw_flags(entry["Parameters"]))
    return free and raw_is_clean(entry)


def raw_database(given: Any, owner: Any, name: Any, account: Any) -> dict[str, Any]:
    if isinstance(given, dict) and owner is not None:
        given = {**given, "data_owner": owner}
    return {"Name": name, "CatalogId": account, "Parameters": given}


def raw_flagged(flag: Any) -> dict[str, Any]:
    held = {"Columns": [{"Name": "id", "Type": "int"}, {"Name": "x", "Type": "int", "Parameters": {"pii_flag": flag}}]}
    return _entry("t", {}, OWNER, held, [], CENTRAL, {})


raw_databases = st.builds(raw_database, raw_parameters, own, sometimes(odd, "db", 25), sometimes(odd, CENTRAL, 25))


@pytest.mark.timeout(600)
def test_raw_tables(monkeypatch: pytest.MonkeyPatch, figure: Figure) -> None:
    def judge(case: tuple[dict[str, Any], dict[str, Any]]) -> str:
        monkeypatch.setattr(glue, "client", lambda _: RawGlue(case[0], [case[1]]))
        return judged(glue.GlueCatalogue(CENTRAL), "t", raw_one_is_clean(*case), wildcard=False)

    cases = st.tuples(raw_databases, st.one_of(raw_entry("t"), spelled.map(raw_flagged), one_oddity))
    hold(figure, "tables, as Glue answers", cases, TABLES, judge)


@pytest.mark.timeout(600)
def test_raw_databases(monkeypatch: pytest.MonkeyPatch, figure: Figure) -> None:
    def judge(case: tuple[dict[str, Any], tuple[dict[str, Any], ...], bool]) -> str:
        database, entries, wildcard = case
        monkeypatch.setattr(glue, "client", lambda _: RawGlue(database, list(entries)))
        clean = all(map(raw_is_clean, entries)) and all(map(flag_is_clean, _raw_flags(database["Parameters"])))
        return judged(glue.GlueCatalogue(CENTRAL), "*", clean, wildcard=wildcard)

    held = st.integers(0, 3).flatmap(lambda number: st.tuples(*(raw_entry(f"t{at}") for at in range(number))))
    hold(figure, "databases, as Glue answers", st.tuples(raw_databases, held, st.booleans()), DATABASES, judge)
