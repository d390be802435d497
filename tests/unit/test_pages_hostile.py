"""Whatever other people write, a page keeps its tags, its text stays text, and it can be sent."""

import pytest
from hypothesis import HealthCheck, example, given, settings

from tests.unit.pages_samples import HOSTILE, Structure, all_pages, texts, written

TAME = {name: Structure(page.html).tags for name, page in all_pages(written("d", "t", "prose", "name")).items()}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts(), texts(), texts(3000), texts(), texts(3000))
@example(*HOSTILE[:5])
@example(*HOSTILE[3:8])
@example(HOSTILE[10], HOSTILE[9], HOSTILE[8], HOSTILE[7], HOSTILE[6])
def test_same_tags_whatever_is_written(database: str, table: str, prose: str, name: str, comment: str) -> None:
    # Blank texts are left out with their terms, which the pages' own tests cover; the whole database has its own words.
    filled = [f"{text}." for text in (database, table, prose, name, comment)]
    record = written(filled[0], filled[1], filled[2], filled[3])
    for page_name, page in all_pages(record, filled[4]).items():
        assert Structure(page.html).tags == TAME[page_name]
        page.html.encode()
        assert not {"\x00", "\x1b", "\x7f"} & set(page.html)


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200b", "\u00ad", "\ufeff", "\x1b", "\ud800"])
def test_what_hides_in_a_name_is_shown(hidden: str) -> None:
    for page in all_pages(written("d", f"cust{hidden}omer", "prose", "name"), "comment").values():
        assert hidden not in page.html
    assert "cust\ufffdomer" in all_pages(written("d", f"cust{hidden}omer", "prose", "name"))["approve"].html


def test_templates_are_not_made_of_what_was_written() -> None:
    page = all_pages(written("d", "{{ 7 * 7 }}", "{{ 7 * 7 }}", "{% raw %}"))["approve"]
    assert "{{ 7 * 7 }}" in page.html
    assert "49" not in page.html.partition("</style>")[2]
