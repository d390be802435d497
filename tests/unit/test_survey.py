"""The survey of the catalogue: what it goes through, what it remembers, and where it goes on."""

from collections.abc import Callable

import pytest

from handlers.sharing.model.catalogue import Column, Counted
from handlers.sharing.model.errors import (
    AccessRefused,
    CatalogueUnreadable,
    LakeshareError,
    SurveyIncomplete,
    TryAgain,
)
from handlers.sharing.model.parties import Parties, Producer
from handlers.sharing.survey import Surveyed, survey
from tests.fakes.memory import FlagMemory
from tests.fakes.shelf import Shelf
from tests.fakes.world import OTHER_OWNER, OWNER, pii_table, plain_table

PARTIES = Parties({OWNER: Producer(OWNER)})


@pytest.fixture
def shelf() -> Shelf:
    made = Shelf()
    made.put("weather", plain_table("rain"))
    made.put("sales", plain_table(), pii_table())
    made.put("crm", plain_table("leads"), flags=("true",))
    return made


def run(
    shelf: Shelf,
    memory: FlagMemory,
    parties: Parties = PARTIES,
    seconds_left: Callable[[], float] = lambda: 900.0,
    told: list[int] | None = None,
) -> Surveyed:
    return survey(
        parties=parties,
        catalogue=shelf,
        memory=memory,
        bookmark=memory,
        seconds_left=seconds_left,
        report=lambda so_far: None if told is None else told.append(so_far.tables),
    )


def test_all_of_it_in_the_order_of_its_names(shelf: Shelf) -> None:
    memory = FlagMemory()
    told: list[int] = []
    shelf.put("2024")
    assert run(shelf, memory, told=told) == Surveyed(databases=4, tables=4, news=2)
    assert memory.known == {("sales", "people"): frozenset(("email",)), ("crm", None): frozenset((None,))}
    assert shelf.looked == ["2024", "crm", "sales", "weather"]
    assert memory.counts == {
        "2024": Counted(0, 0),
        "crm": Counted(1, 1),
        "sales": Counted(2, 1),
        "weather": Counted(1, 0),
    }
    assert told == [0, 1, 3, 4]
    assert run(shelf, memory) == Surveyed(databases=4, tables=4)


def test_a_flag_that_it_saw_is_missed_when_it_is_gone(shelf: Shelf) -> None:
    memory = FlagMemory()
    run(shelf, memory)
    shelf.put("crm", plain_table("leads"))
    shelf.put("sales", plain_table("people", columns=(Column("email", "string"),)))
    done = run(shelf, memory)
    assert (done.vanished, done.news) == (2, 0)
    assert memory.known["sales", "people"] == frozenset(("email",))


@pytest.mark.parametrize(
    ("producers", "expected"),
    [
        ((Producer(OWNER, databases=("sales", "cr*")),), ["crm", "sales"]),
        ((Producer(OWNER, databases=("sales",)), Producer(OTHER_OWNER)), ["crm", "sales", "weather"]),
        ((), []),
    ],
)
def test_only_what_can_be_asked_for(shelf: Shelf, producers: tuple[Producer, ...], expected: list[str]) -> None:
    run(shelf, FlagMemory(), Parties({each.account_id: each for each in producers}))
    assert shelf.looked == expected


def test_links_are_left_out(shelf: Shelf) -> None:
    shelf.links = {"crm", "sales.people"}
    memory = FlagMemory()
    assert run(shelf, memory) == Surveyed(databases=2, tables=2)
    assert memory.known == {}


@pytest.mark.parametrize("error", [AccessRefused("no"), CatalogueUnreadable("odd"), TryAgain("busy")])
def test_what_cannot_be_read_hides_nothing_else(shelf: Shelf, error: LakeshareError) -> None:
    shelf.broken = dict.fromkeys(("crm", "weather"), error)
    memory = FlagMemory()
    with pytest.raises(SurveyIncomplete, match=r"^2 of 3 databases"):
        run(shelf, memory)
    assert shelf.looked == ["crm", "sales", "weather"]
    assert ("sales", "people") in memory.known
    assert ("crm", None) in memory.known
    assert memory.bookmark is None


def test_it_goes_on_where_time_ran_short(shelf: Shelf) -> None:
    memory = FlagMemory()
    left = iter([120.0, 119.9])
    with pytest.raises(SurveyIncomplete, match="after 1 databases"):
        run(shelf, memory, seconds_left=lambda: next(left))
    assert (shelf.looked, memory.bookmark) == (["crm"], "sales")
    # What it was to go on with is gone meanwhile.
    del shelf.databases["sales"]
    assert run(shelf, memory).databases == 1
    assert (shelf.looked, memory.bookmark) == (["crm", "weather"], None)


def test_what_is_remembered_and_cannot_be_read_stays(shelf: Shelf) -> None:
    memory = FlagMemory()
    memory.known = {("sales", "people"): None, ("crm", None): None}
    assert run(shelf, memory).news == 0
    assert memory.known == {("sales", "people"): None, ("crm", None): None}


def test_a_list_of_databases_that_fails_fails_it(shelf: Shelf) -> None:
    memory = FlagMemory()
    memory.fail("recall", TryAgain("busy"))
    with pytest.raises(TryAgain):
        run(shelf, memory)
