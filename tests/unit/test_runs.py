"""Names of the runs that take shares back are names that Step Functions takes, whatever they are of."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from handlers.sharing.model.runs import run_name


@given(st.text(max_size=300))
@example("\ud800")
def test_whatever_it_is_of_it_is_a_name(of: str) -> None:
    name = run_name("given-back", of)
    assert re.fullmatch(r"[0-9A-Za-z_-]{1,80}", name)
    assert run_name("given-back", of) == name


def test_of_other_things_it_is_another() -> None:
    assert len({run_name(what, of) for what in ("due", "revoked") for of in ("a:1", "a:11", "a-1")}) == 6
