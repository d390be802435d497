"""Names and texts that other people choose stay words: in the mail, on the pages, in the mailbox, in every record."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

import pytest

from tests.workflow.catalogue import column
from tests.workflow.driver import OLGA, RETAIL, SELECT_AND_DESCRIBE, Mesh, request_id
from tests.workflow.http_client import Reply
from tests.workflow.markup import own_lines, tags
from tests.workflow.running import WITHOUT_PORTAL, Options

OPTIONS = Options(config=WITHOUT_PORTAL)
"""A mesh of its own: on a shared one, other tests' broken functions write into the same log."""

EVIL = "https://evil.example/workflow/update-state?action=approve&request=r&key=k"
BREAKS = f"all good\r\n\r\nTo APPROVE, open this page:\r\n\r\n{EVIL}\r\n\u2028{EVIL}\u0085{EVIL}\x0b\x0c\x00\x1b[2J"
BIDI = "\u202efdp.exe\u2066\u200b\u00ad\ufeff"
MARKUP = '</title></style></textarea><script src="//evil.example"></script><form action="//evil.example"><!--'
TEMPLATE = "{{ 7 * 7 }}{% raw %}${7*7}%s%(x)s{0}\\n\\u0022"


@dataclass(frozen=True)
class Words:
    """What somebody calls a table, and says of it and of a request for it."""

    table: str
    column: str
    text: str
    requester: str = "cora.lind@example.com"


PLAIN = Words("people", "email_address", "Nothing special.")
HOSTILE = {
    "longest": Words("t" * 255, "c" * 255, "w" * 2000),
    "longest-unicode": Words("名" * 255, "😀" * 127, "Ж" * 2000),
    "unicode": Words("naïve_таблица_数据_😀_a\u0301", "größe_年齢", "Größe, 年齢, e\u0301, 👩\u200d💻"),
    "html": Words(f"x{MARKUP}", f"y{MARKUP}", MARKUP * 3, '"<b>cora</b>"@example.com'),
    "quotes": Words("o'brien\"s`&amp;\\", "a'b\"c`&lt;", "'\"`;--&quot;&#39;\\"),
    "templates": Words(f"x{TEMPLATE}", f"y{TEMPLATE}", TEMPLATE),
    "links": Words(EVIL, EVIL, f"{EVIL} {EVIL}"),
    "breaks": Words("x\u2028\u0085to deny, open this page:\u2029y", "a\u2028b\u0085c", BREAKS),
    "bidi": Words(f"x{BIDI}y", f"a{BIDI}b", BIDI),
}


SHORT = "d<i>&\"'\u202e"
"""A database's name that leaves room for the table's in the subject."""
LONG = SHORT.ljust(255, "x")


@pytest.fixture(scope="module")
def databases(mesh: Mesh) -> None:
    for name in ("plain", SHORT, LONG):
        mesh.catalogue.add_database(name, RETAIL)


@dataclass(frozen=True)
class Seen:
    """A request that was made in somebody's words, with all that people see of it until it ends."""

    arn: str
    mail: Mapping[str, str]
    pages: Mapping[str, Reply]
    comment: str


@pytest.fixture(scope="module")
def plain(mesh: Mesh, databases: None) -> dict[str, Seen]:
    """How all of it looks when nobody means any harm, by how the owner decides."""
    return {action: _request(mesh, "plain", PLAIN, action, f"plain-{action}") for action in ("approve", "deny")}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("action", ["approve", "deny"])
def test_hostile_words_change_nothing_but_words(mesh: Mesh, plain: Mapping[str, Seen], kind: str, action: str) -> None:
    database, words = LONG if kind.startswith("longest") else SHORT, HOSTILE[kind]
    seen = _request(mesh, database, words, action, f"{kind}-{action}")
    account = mesh.register_item(seen.arn)["consumer_account"]

    subject = seen.mail["subject"]
    assert len(subject) < 100
    assert subject.isascii()
    assert subject.isprintable()
    assert subject.startswith("Data access request: d<i>&\"'?")
    assert subject.endswith(f" for account {account}")
    _mail_is_intact(seen.mail["body"], plain[action].mail["body"])
    for name, page in seen.pages.items():
        _page_is_intact(page, plain[action].pages[name])
    assert words.table.lower()[:20].split("\u2028")[0].split("\u202e")[0] in unescape(seen.pages["approve"].body)

    item = mesh.register_item(seen.arn)
    assert item["source"] == {"database": database, "table": words.table.lower()}
    assert item["decision"]["comment"] == seen.comment.replace("\r\n", "\n").strip()
    assert item["decision"]["approver"] == OLGA
    shared = {f"{database}.{words.table.lower()}": SELECT_AND_DESCRIBE}
    assert mesh.grants(account) == (shared if action == "approve" else {})
    assert [event["detail"]["status"] for event in mesh.events(seen.arn)][-1] == item["status"]


def test_the_mailbox_shows_each_of_them_with_two_links(mesh: Mesh, plain: Mapping[str, Seen]) -> None:
    assert plain
    mailbox = mesh.description["mailbox_url"]
    page = mesh.get(f"{mailbox}/")
    assert page.status == 200
    articles = page.body.split("<article")[1:]
    assert len(articles) == len(mesh.mails()) > 2
    shapes = {json.dumps([_shape(tag) for tag in tags("<article" + article)]) for article in articles[1:-1]}
    assert len(shapes) == 1
    for article in articles:
        links = [unescape(link) for link in re.findall(r'href="([^"]+)"', article.split("</article>")[0])]
        assert len(links) == 2
        assert all(link.startswith(mesh.description["api_url"] + "/workflow/update-state?") for link in links)


def test_nothing_of_it_stands_in_a_log(mesh: Mesh, plain: Mapping[str, Seen]) -> None:
    assert plain
    lines = [line for invocation in mesh.control("GET", "/functions/log") for line in invocation["lines"]]
    assert lines
    assert not [line for line in lines if "evil.example" in line or "7*7" in line]
    assert all(isinstance(json.loads(line), dict) for line in lines)


def test_names_that_no_catalogue_holds_are_refused_by_name(mesh: Mesh) -> None:
    for name in ("a\r\nb", "a\x00b", " a", "a\t", "x" * 256, "\ud800", "İ" * 255, "", "a\x7f"):
        _, finished = mesh.ask("retail", name, mesh.new_account())
        assert finished.end == ("REFUSED", "InvalidInput"), ascii(name)
        assert finished.output["message"].isprintable()
        assert len(finished.output["message"]) < 500


def test_a_table_that_is_gone_is_told_in_clean_words(mesh: Mesh, databases: None) -> None:
    words = Words(f"gone{MARKUP}\u202e", "c", BREAKS)
    ends: list[Reply] = []
    for where, what in ((SHORT, words), ("plain", Words("gone", "c", "Nothing."))):
        _add_table(mesh, where, what)
        asked = mesh.ask_owner(where, what.table, mesh.new_account())
        mesh.catalogue.remove_table(where, what.table)
        finished = mesh.decide(asked, "approve", OLGA)
        assert finished.end == ("REFUSED", "TableNotFound")
        assert finished.output["message"].isprintable()
        ends.append(mesh.get(asked.approve))
    _page_is_intact(*ends)


def _request(mesh: Mesh, database: str, words: Words, action: str, name: str) -> Seen:
    """Makes a request in these words, as the requests API does, and decides it."""
    if action == "approve":
        _add_table(mesh, database, words)
    account = mesh.new_account()
    mesh.write_as_api(name, words.requester, words.text, (database, words.table, account))
    arn = mesh.start(database, words.table, account, name)
    mesh.mail_about(arn)
    mail = mesh.only_mail(arn)
    links = mesh.links(mail)
    assert links.request == request_id(arn) == name
    link = links.approve if action == "approve" else links.deny
    comment = f"Said: {words.text}"[:2000]  # not what the catalogue says: nobody may see it before the end
    pages = {
        "approve": mesh.get(links.approve),
        "deny": mesh.get(links.deny),
        "wrong": mesh.post(link, email="mallory@example.org", comment=comment),
        "decided": mesh.post(link, email=OLGA, comment=comment),
    }
    assert [page.status for page in pages.values()] == [200, 200, 403, 200]
    finished = mesh.finish(arn)
    assert finished.output["status"] == ("SHARED" if action == "approve" else "DENIED")
    pages["again"] = mesh.post(link, email=OLGA, comment=comment)
    assert pages["again"].status == 409
    return Seen(arn, mail, pages, comment)


def _add_table(mesh: Mesh, database: str, words: Words) -> None:
    columns = [column("id", "bigint"), column(words.column, f"struct<{words.text[:100]}>", pii_flag="true")]
    parameters = {"data_owner_name": words.text}
    mesh.catalogue.add_table(database, words.table, columns, Description=words.text, Parameters=parameters)


def _mail_is_intact(body: str, plain: str) -> None:
    assert own_lines(body) == own_lines(plain)
    links = [line for line in body.splitlines() if "://" in line]
    assert len(links) == 2
    assert all(link.startswith("http://127.0.0.1:") for link in links)
    assert not [
        character for character in body if character != "\n" and unicodedata.category(character) in {"Cc", "Cf"}
    ]
    assert not set("\u2028\u2029") & set(body)
    assert not [line for line in body.splitlines() if "evil.example" in line and not line.startswith("  >")]


def _page_is_intact(page: Reply, plain: Reply) -> None:
    assert tags(page.body) == tags(plain.body)
    assert page.headers["content-security-policy"] == plain.headers["content-security-policy"]
    assert page.headers.keys() == plain.headers.keys()
    text = re.sub(r"<textarea.*?</textarea>", "", page.body, flags=re.DOTALL)
    assert not [each for each in text if each != "\n" and unicodedata.category(each) in {"Cc", "Cf"}]


def _shape(tag: object) -> object:
    """A tag with the names of its attributes only."""
    return tag if isinstance(tag, str) else [tag[0], [name for name, _ in tag[1]]]  # type: ignore[index]
