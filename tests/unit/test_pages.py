"""The decision pages: how they are built, and what each must tell or hide; their texts are in test_page_texts."""

import base64
import hashlib
import re
from dataclasses import replace

import pytest

from handlers.pages.decision import (
    Problem,
    already_decided,
    form,
    headers,
    own_request,
    unknown,
)
from handlers.sharing.model.checks import LONGEST_COMMENT
from handlers.sharing.model.record import Action
from tests.unit.pages_samples import (
    AT,
    DECISION,
    PORTAL,
    RECORD,
    Structure,
    all_pages,
    huge,
    leaving_out,
    of_rows,
)

PAGES = all_pages(RECORD)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_a_whole_document(name: str) -> None:
    html = PAGES[name].html
    page = Structure(html)
    assert html.startswith("<!DOCTYPE html>\n<html lang=")
    assert page.of("html") == [{"lang": "en"}]
    for landmark in ("title", "header", "main", "footer", "h1"):
        assert len(page.of(landmark)) == 1
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels == [1] + [2] * (len(levels) - 1)
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.elements:
        for reference in ("for", "aria-describedby", "aria-labelledby"):
            assert set((attributes.get(reference) or "").split()) <= set(ids)


@pytest.mark.parametrize("name", PAGES)
def test_needs_nothing_from_elsewhere(name: str) -> None:
    page = Structure(PAGES[name].html)
    assert not page.of("script", "link", "img", "iframe", "object", "base", "video")
    for _, attributes in page.elements:
        assert not {"src", "action", "formaction", "style", "srcset"} & set(attributes)
        assert not [attribute for attribute in attributes if attribute.startswith("on")]
        # The one page that leads away is that of who decides elsewhere.
        assert (attributes.get("href") or "#").startswith("#") or attributes["href"] == PORTAL
    assert "url(" not in PAGES[name].html


def test_headers_allow_this_style_and_nothing_else() -> None:
    style = re.findall("<style>(.*?)</style>", PAGES["approve"].html, re.DOTALL)
    assert len(style) == 1
    digest = base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode()
    sent = headers()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert sent == {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
        "Content-Type": "text/html; charset=utf-8",
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": "max-age=31536000",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
    }
    assert all(page.headers == sent for page in PAGES.values())


@pytest.mark.parametrize(("action", "verb"), [("approve", "Approve"), ("deny", "Deny")])
def test_form_has_one_field_each_and_one_button(action: Action, verb: str) -> None:
    page = Structure(form(RECORD, action, at=AT).html)
    assert page.of("form") == [{"method": "post"}]
    address, *days = page.of("input")
    assert (address["type"], address["name"], "required" in address) == ("email", "email", True)
    (comment,) = page.of("textarea")
    assert (comment["name"], comment["maxlength"]) == ("comment", str(LONGEST_COMMENT))
    assert page.of("button") == [{"type": "submit"}]
    assert not page.of("select")
    assert f"{verb} access to retail.customer?" in page.text
    assert len(page.of("label")) == 2 + len(days)
    # Who denies grants nothing that could be shortened.
    assert [(day["type"], day["name"], day["min"], day["max"], day["value"]) for day in days] == (
        [("date", "until", "2025-05-01", "2025-12-31", "")] if action == "approve" else []
    )
    assert all("required" not in day for day in days)


def test_the_form_says_which_roles_are_to_read_it_where_some_are_named() -> None:
    roles = tuple(f"arn:aws:iam::999999999999:role/{name}" for name in ("analyst", "team/reader"))
    text = Structure(form(replace(RECORD, roles=roles), "approve", at=AT).html).text
    assert re.search(rf"To be read by\s+{roles[0]}\s+{roles[1]}\s+Data", text)
    assert "To be read by" not in Structure(form(RECORD, "approve", at=AT).html).text


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.status != 200 and "problem" not in name])
def test_only_who_can_decide_sees_a_form(name: str) -> None:
    assert not Structure(PAGES[name].html).of("form", "input", "textarea", "button")


@pytest.mark.parametrize("problem", Problem)
def test_problem_is_told_and_the_comment_kept(problem: Problem) -> None:
    comment = "\n  Two lines,\r\nkept <as> typed\u200d."
    page = form(RECORD, "approve", at=AT, problem=problem, comment=comment, until='2025-05-31"<')
    structure = Structure(page.html)
    (alert,) = [attributes for _, attributes in structure.elements if attributes.get("role") == "alert"]
    assert alert["id"] == "problem"
    assert problem.text in structure.text
    assert "<textarea" in page.html
    # A browser drops the first line break after the tag, and no other.
    assert ">\n\n  Two lines,\nkept &lt;as&gt; typed\u200d.</textarea>" in page.html
    fields = {attributes["name"]: attributes for attributes in structure.of("input", "textarea")}
    for name, attributes in fields.items():
        concerned = name == problem.field
        assert ("problem" in (attributes["aria-describedby"] or "").split()) == concerned
        assert ("aria-invalid" in attributes, "autofocus" in attributes) == (concerned, concerned)
    assert "value" not in fields["email"]
    assert fields["until"]["value"] == '2025-05-31"<'
    assert ("#" + (problem.field or "")) in {a["href"] for a in structure.of("a")} or problem.field is None


def test_earlier_decision_is_told_masked_until_an_address_was_right() -> None:
    hidden = already_decided(RECORD, DECISION, reveal=False).html
    assert "j…@retail.example" in hidden
    assert "Friday 2 May 2025, 07:12 UTC" in hidden
    assert "already denied" in hidden
    assert "jan.olsen" not in hidden
    assert "Ask in June" not in hidden

    in_person = replace(DECISION, decided_by="signed-in")
    assert "(signed in to the portal)" in already_decided(RECORD, in_person, reveal=True).html
    shown = already_decided(RECORD, replace(DECISION, action="approve", decided_by="unverified"), reveal=True).html
    assert "jan.olsen@retail.example (address not verified)" in shown
    assert "Not yet.\nAsk in June." in shown
    assert "already approved" in shown


@pytest.mark.parametrize("approver", ["", "nobody", "@x", "j@x@retail.example", "jan.olsen@"])
def test_mask_never_shows_more_than_a_letter(approver: str) -> None:
    html = already_decided(RECORD, replace(DECISION, approver=approver), reveal=False).html
    assert not approver.partition("@")[0][1:] or approver.partition("@")[0] not in html


def test_unknown_and_own_tell_nothing_of_the_request() -> None:
    for page in (unknown(), own_request()):
        assert "retail" not in page.html
        assert "999999999999" not in page.html


def test_tables_that_are_left_out_are_listed_and_folded() -> None:
    says = tuple(f"Table 't{at}' is a <view>." for at in range(12))
    structure = Structure(form(leaving_out(*says, total=20), "approve", at=AT).html)
    lines = structure.lines
    start = lines.index("Tables left out") + 1
    assert lines[start : start + 14] == [*says[:6], "6 more tables", *says[6:], "and 8 more."]
    assert "Tables left out" not in Structure(form(RECORD, "approve", at=AT).html).lines


def test_rows_keep_their_spaces() -> None:
    page = form(of_rows("name = 'A   B'\n  AND x = '\t'"), "approve", at=AT)
    assert '<bdi class="exact">name = &#39;A   B&#39;\n  AND x = &#39;\t&#39;</bdi>' in page.html
    assert ".exact { white-space: pre-wrap; }" in page.html


def test_huge_request_folds_and_counts() -> None:
    page = form(huge(), "approve", at=AT)
    structure = Structure(page.html)
    assert len(page.html.encode()) < 512 * 1024
    assert "119,800 more" in structure.text
    assert "4 more tables" in structure.text
    assert "8 more columns" in structure.text
    assert len(structure.of("details")) == 11
    assert len(re.findall("<h1>.*</h1>", page.html)[0]) < 200
    assert "10,000 tables" in structure.text
