"""Requests to make mails and pages of, tame and hostile, and the structure of a page."""

from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

from hypothesis import strategies as st

from handlers.pages.decision import (
    Page,
    Problem,
    already_decided,
    dead,
    decided,
    ended,
    form,
    malformed,
    old_system,
    overtaken,
    own_request,
    signed_in,
    superseded,
    try_again,
    unknown,
)
from handlers.sharing.model.classification import Classification, Ground, Omitted, Rule, Scope
from handlers.sharing.model.part import Part
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.record import Decision, Requester, RequestRecord, Status
from handlers.sharing.model.request import Source
from handlers.sharing.model.term import NO_END, Term

ID = "0d1f6b1c-8f0e-4c44-9b52-1a6e6f0c7b11"
APPROVE = f"https://api.example.org/workflow/update-state?action=approve&request={ID}&key=Zk3h0b6q0XyG1s4"
DENY = APPROVE.replace("approve", "deny")
PORTAL = f"https://portal.example.org/decisions/{ID}"
AT = datetime(2025, 5, 1, 9, 30, tzinfo=UTC)
EXPIRES = "2025-05-08T09:30:00Z"

CLASSIFICATION = Classification(
    scope=Scope.TABLE,
    owner=Owner("111111111111", "Retail - Store Operations"),
    fingerprint="f" * 64,
    grounds=(Ground(Rule.COLUMN_FLAGGED, "customer", "c_email"), Ground(Rule.COLUMN_FLAGGED, "customer", "c_login")),
    grounds_total=2,
    tables=("customer",),
    tables_total=1,
    columns_total=18,
    description="People who bought something",
)
RECORD = RequestRecord(
    id=ID,
    status=Status.WAITING,
    received_at="2025-05-01T09:30:00Z",
    source=Source("retail", "customer"),
    consumer="999999999999",
    requester=Requester("sub", "anna@consumer.example"),
    purpose="A churn model of the web team",
    expires_at=EXPIRES,
    round=1,
    term=Term(date(2025, 12, 31)),
    classification=CLASSIFICATION,
)
DATABASE = replace(
    RECORD,
    source=Source("retail", "*"),
    term=NO_END,
    classification=replace(
        CLASSIFICATION,
        scope=Scope.WILDCARD,
        grounds=(
            Ground(Rule.DATABASE_FLAGGED),
            Ground(Rule.COLUMN_FLAGGED, "customer", "c_email"),
            Ground(Rule.UNREADABLE_FLAG, "store", "s_manager"),
            Ground(Rule.VIEW, "a_view"),
            Ground(Rule.COLUMNS_UNREADABLE, "a_view"),
            Ground(Rule.SCHEMA_ELSEWHERE, "web_page"),
            Ground(Rule.PII_COLUMNS_UNREADABLE, "web_page"),
            Ground(Rule.TABLE_FLAGGED, "web_site"),
            Ground(Rule.TAGGED, "web_site", tag="class=secret"),
            Ground(Rule.TAGGED, "web_site", "web_mail", "pii=true"),
            Ground(Rule.TAGS_UNREADABLE, "web_page"),
        ),
        grounds_total=11,
        tables=("a_view", "customer", "store", "web_page", "web_site"),
        tables_total=5,
        unregistered=("store", "web_site"),
        unregistered_total=2,
        hybrid_total=1,
    ),
)
RENEWAL = replace(
    RECORD,
    renews="an-earlier-one:1",
    classification=replace(CLASSIFICATION, grounds=(Ground(Rule.CHANGED_SINCE_SHARED, "customer"),), grounds_total=1),
)
COLUMNS = replace(
    RECORD,
    part=Part(columns=("c_email", "c_name")),
    classification=replace(
        CLASSIFICATION,
        scope=Scope.FILTERED,
        grounds=(Ground(Rule.COLUMN_FLAGGED, "customer", "c_email"),),
        grounds_total=1,
        columns=("c_name", "c_email", "c_day"),
        left_out=(Ground(Rule.COLUMN_FLAGGED, "customer", "c_login"), Ground(Rule.TAGGED, "customer", "c_id", "pii=1")),
        left_out_total=2,
    ),
)
ROWS = replace(
    COLUMNS,
    part=Part(filter="eu"),
    classification=replace(
        CLASSIFICATION,
        scope=Scope.FILTERED,
        columns=tuple(f"c_{at:03}" for at in range(120)),
        columns_total=120,
        row_filter="c_region = 'EU'\n  AND c_year > 2020",
    ),
)
SAFE = replace(
    RENEWAL,
    part=Part(safe=True),
    classification=replace(
        CLASSIFICATION,
        scope=Scope.FILTERED,
        grounds=(Ground(Rule.CHANGED_SINCE_SHARED, "customer"),),
        grounds_total=1,
        columns=("c_name", "c_day"),
        left_out=CLASSIFICATION.grounds,
        left_out_total=250,
    ),
)
SAFE_DATABASE = replace(
    SAFE,
    source=Source("retail", "*"),
    classification=replace(
        CLASSIFICATION,
        scope=Scope.FILTERED_TABLES,
        grounds=(Ground(Rule.CHANGED_SINCE_SHARED, "customer"),),
        grounds_total=1,
        tables=("customer", "store"),
        tables_total=2,
        columns_in=21,
        columns_total=40,
        left_out=CLASSIFICATION.grounds,
        left_out_total=2,
        omitted=(Omitted("a_view", "NothingSafe", "Table 'a_view' is a view."),),
        omitted_total=1,
    ),
)
"""Parts of a table, or of all tables of a database. The safe subset asks only if it is not as it was when shared."""
DECISION = Decision(
    id="d1",
    request_id=ID,
    fingerprint="f" * 64,
    action="deny",
    approver="jan.olsen@retail.example",
    decided_by="mailbox",
    comment="Not yet.\nAsk in June.",
    at="2025-05-02T07:12:00Z",
    ip="192.0.2.1",
    user_agent="a browser",
)

HOSTILE = [
    "</style></title></textarea><script>alert(1)</script>",
    '"><input type="email" name="email"><form action="//evil.example">',
    "' onfocus='alert(1)' autofocus='",
    "https://evil.example/approve",
    "x\r\n\r\nTo APPROVE, open this page:\r\n\r\nhttps://evil.example/\r\n",
    "x\u2028https://evil.example\u2029http://evil.example\x85http://evil.example\x0bhttp://evil.example",
    "\u202eelpmaxe\u2066\u200b\u00ad\ufeff",
    "{{ 7 * 7 }}{% raw %}<!-- ]]> &amp;amp; &#x3c;",
    "\x00\x1b[31m\x7f\ud800",
    "w " * 120 + "https://evil.example",
    "é\U0001d54f漢" * 85,
]


def texts(longest: int = 255) -> st.SearchStrategy[str]:
    """What a catalogue, a requester or a sender may write."""
    anything = st.text(st.characters(), min_size=1, max_size=longest)
    pieces = st.lists(st.sampled_from(HOSTILE) | anything, min_size=1, max_size=3)
    return st.sampled_from(HOSTILE) | anything | pieces.map(lambda some: "".join(some)[:longest] or "x")


def written(database: str, table: str, prose: str, name: str) -> RequestRecord:
    """A request in which all that other people write is as given."""
    return replace(
        RECORD,
        id=name[:80],
        source=Source(database, table),
        requester=Requester("sub", name),
        purpose=prose,
        message=prose,
        classification=replace(
            CLASSIFICATION,
            owner=Owner("111111111111", name),
            description=prose,
            grounds=(Ground(Rule.COLUMN_FLAGGED, table, name), Ground(Rule.UNREADABLE_FLAG, table, database)),
        ),
    )


def leaving_out(*says: str, total: int | None = None) -> RequestRecord:
    """The safe share of a database that leaves out tables, told so."""
    omitted = tuple(Omitted(f"t{at}", "NothingSafe", each) for at, each in enumerate(says))
    found = replace(SAFE_DATABASE.classification or CLASSIFICATION, omitted=omitted, omitted_total=total or len(says))
    return replace(SAFE_DATABASE, classification=found)


def of_rows(expression: str) -> RequestRecord:
    """A request for the rows of a filter."""
    return replace(ROWS, classification=replace(ROWS.classification or CLASSIFICATION, row_filter=expression))


def huge(scope: Scope = Scope.WILDCARD, name: str = "n" * 251) -> RequestRecord:
    """A database of 10,000 tables with the longest names, its grounds cut at 200."""
    grounds = tuple(Ground(Rule.COLUMN_FLAGGED, f"{name}{i // 20:03}", f"{name}{i:03}") for i in range(200))
    classification = replace(
        CLASSIFICATION,
        scope=scope,
        grounds=grounds,
        grounds_total=120_000,
        tables=tuple(f"{name}{i:03}" for i in range(200)),
        tables_total=10_000,
        columns_total=2_000_000,
        unregistered_total=10_000,
        description="d" * 2048,
    )
    return replace(RECORD, source=Source(name, "*"), purpose="r" * 5000, classification=classification)


def all_pages(record: RequestRecord, text: str = "A comment.") -> dict[str, Page]:
    """Every page in every state, by a name for the test's report."""
    decision = replace(DECISION, comment=text, approver=f"{text}@example.org")
    pages = {
        "approve": form(record, "approve", at=AT),
        "deny": form(record, "deny", at=AT),
        "again": form(replace(record, round=2), "approve", at=AT),
        "approved": decided(record, "approve", text, replace(decision, until="2025-05-31")),
        "denied": decided(record, "deny", text, decision),
        "approved, as long as asked": decided(record, "approve", text, None),
        "before": already_decided(record, decision, reveal=False),
        "before, revealed": already_decided(record, decision, reveal=True),
        "superseded": superseded(record),
        "dead": dead(record),
        "unknown": unknown(),
        "malformed": malformed(text),
        "old": old_system(),
        "overtaken": overtaken(record),
        "own": own_request(),
        "in the portal": signed_in(record, PORTAL, posted=False),
        "in the portal, posted": signed_in(record, None, posted=True),
        "later": try_again(),
        "aborted": ended(replace(record, status=Status.FAILED, reason="Aborted")),
    }
    pages |= {f"ended {status}": ended(replace(record, status=status, message=text)) for status in Status}
    return pages | {f"problem {p.name}": again(record, p, text) for p in Problem}


def again(record: RequestRecord, problem: Problem, text: str) -> Page:
    """The form with a problem, the one that can have it."""
    action = "approve" if problem.field == "until" else "deny"
    return form(record, action, at=AT, problem=problem, comment=text, until=text)


_BLOCKS = {"title", "header", "footer", "h1", "h2", "p", "li", "dt", "dd", "label", "summary", "button", "textarea"}
_BLOCK_ENDS = "\x1e"


class Structure(HTMLParser):
    """The tags of a page with the names of their attributes, its forms, ids, headings, its text and its style."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.style = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.elements.append((tag, dict(attrs)))
        if tag == "br":
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(("/" + tag, ()))
        if tag in _BLOCKS:
            self.words.append(_BLOCK_ENDS)

    def handle_comment(self, data: str) -> None:
        self.tags.append(("!comment", ()))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "style":
            self.style += data
        else:
            self.words.append(data)

    def of(self, *names: str) -> list[dict[str, str | None]]:
        """The attributes of all elements of these names, in order."""
        return [attributes for tag, attributes in self.elements if tag in names]

    @property
    def text(self) -> str:
        """All text on one line."""
        return " ".join(self.lines)

    @property
    def lines(self) -> list[str]:
        """All text, a line for each block that has some."""
        blocks = (" ".join(block.split()) for block in "".join(self.words).split(_BLOCK_ENDS))
        return [block for block in blocks if block]
