"""A wrong stack configuration fails before anything is made, and says of every wrong key what was expected and came."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from settings.keys import ConfigError
from tests.components.program import Made, run
from tests.proof.bad_input.case import Case, Config, Door
from tests.proof.bad_input.config_keys import KEYS
from tests.proof.bad_input.table import CASES, through
from tests.proof.conftest import Figure

CONFIGS = through(Door.CONFIG)
LINE = re.compile(r"  - (\S+(?: \S+)*?): expected (.+), got (.+)")


@pytest.mark.parametrize("case", CONFIGS, ids=[case.name for case in CONFIGS])
def test_a_wrong_configuration_makes_nothing(case: Case) -> None:
    assert isinstance(case.given, Config)
    made: list[Made] = []
    region = {"aws:region": case.given.region or ""}
    with pytest.raises(ConfigError) as refused:
        run(case.given.values, secret=case.given.secret, raw=region, made=made)
    assert made == []
    said = str(refused.value)
    heading, *lines = said.splitlines()
    assert heading.startswith("The configuration of stack 'test' has ")
    found = [LINE.fullmatch(line) for line in lines]
    assert all(found), said
    assert sorted(match[1] for match in found if match) == case.expected.split(), said
    assert all(len(match[3]) <= 85 for match in found if match)
    assert [words for words in case.words if words not in said] == []
    assert not [hidden for hidden in case.hidden if hidden in said]


def test_the_table(figure: Figure) -> None:
    names = Counter(case.name for case in CASES)
    assert [name for name, count in names.items() if count > 1] == []
    assert len(CASES) >= 200
    for door, count in Counter(case.door for case in CASES).items():
        assert count >= 20
        figure(f"cases at the {door}", count)
    figure("cases", len(CASES))


def test_every_key_of_a_stack_is_in_it(figure: Figure) -> None:
    tried = Counter(
        re.split(r"[.\[]", key.removeprefix("lakeshare:"))[0] for case in CONFIGS for key in case.expected.split()
    )
    assert set(KEYS) <= set(tried)
    figure("config keys, each wrong in this many ways at least", f"{len(KEYS)}, {min(tried[key] for key in KEYS)}")
