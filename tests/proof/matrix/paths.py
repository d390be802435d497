"""The ways of requests through Lakeshare on which the fault matrix makes AWS fail."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from handlers.sharing.model.cells import filter_name
from tests.proof.matrix.axes import Fault, Site
from tests.workflow.accounts import SELECT
from tests.workflow.catalogue import column
from tests.workflow.driver import DESCRIBE, OLGA, RETAIL, SELECT_AND_DESCRIBE, Grants, Mesh
from tests.workflow.http_client import Reply, send

TABLES = 25
"""Two batches of grants."""
SECONDS = 120
POLL_SECONDS = 0.25
"""Often enough for people, seldom enough not to keep the mesh from its work."""
_CUSTOMER = {"retail.customer": SELECT_AND_DESCRIBE}
_names = itertools.count(1)

FINAL = {"SHARED", "DENIED", "EXPIRED", "REFUSED", "FAILED"}
PAGES = {200, 403, 409, 410, 429, 503}
"""What people are told on a page that says what to do."""


@dataclass
class Case:
    """One request, or one share, on its way, with the fault that it meets.

    Attributes:
        path: the way.
        site, fault: what fails, and how; none while the calls are recorded.
        id: of the request, and the name of its execution.
        event: what the events hold that functions are invoked with for its sake; the id, unless it has none yet.
        account: the consumer.
        granted: what it may have been granted at its end; all of it if it is `SHARED`.
        usual: how it ends if nothing fails; why, of a share.
        replies: what people were told.
        runs: what became of the runs that were to end a share, as Step Functions describes them.
        wrong: what was not as promised.
        swept: whether only the sweep ended it.
        seen: where AWS was called while the fault would have been set, if it is only recorded.
    """

    path: Path
    site: Site | None = None
    fault: Fault | None = None
    id: str = field(default_factory=lambda: f"m{next(_names):05}m")
    event: str = ""
    account: str = ""
    granted: Grants = field(default_factory=dict)
    usual: str = "SHARED"
    replies: list[Reply] = field(default_factory=list)
    runs: list[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])
    wrong: list[str] = field(default_factory=list)
    swept: bool = False
    seen: Sequence[Site] = ()

    def __post_init__(self) -> None:
        self.event = self.event or self.id

    def __str__(self) -> str:
        return f"{self.path.name} / {self.site} / {self.fault} ({self.id})"


Way = Callable[[Mesh, Case], object]
"""What people do."""


@dataclass(frozen=True)
class Path:
    """A way.

    Attributes:
        name: for people.
        act: what people do while the fault is set; until the request's end, unless `after` goes on.
        before: what happens before the fault is set.
        after: what people do once it is gone.
        functions: those whose calls are made to fail here; all if empty.
        entry: who calls the function: the same calls are other cases where somebody else calls.
    """

    name: str
    act: Way
    before: Way | None = None
    after: Way | None = None
    functions: Sequence[str] = ()
    entry: str = "workflow"


# --- what people do ---------------------------------------------------------------------------------------------


def ask(mesh: Mesh, case: Case, database: str, table: str, **part: object) -> None:
    case.account = case.account or mesh.new_account()
    source = {"database": database, "table": table}
    mesh.start_with({"source": source, "target": {"account_id": case.account}, **part}, case.id)


def arn_of(mesh: Mesh, case: Case) -> str:
    return f"{mesh.machine.replace(':stateMachine:', ':execution:')}:{case.id}"


def status_of(mesh: Mesh, case: Case) -> str:
    """The execution's."""
    return str(mesh.client("stepfunctions").describe_execution(executionArn=arn_of(mesh, case))["status"])


def wait_for_end(mesh: Mesh, case: Case) -> None:
    wait(lambda: status_of(mesh, case) != "RUNNING", case, "end")


def wait(found: Callable[[], object], case: Case, what: str, seconds: float = SECONDS) -> bool:
    """Waits until something is so; notes it if it never is."""
    deadline = time.monotonic() + seconds
    while not found():
        if time.monotonic() > deadline:
            case.wrong.append(f"no {what} within {seconds:.0f} s")
            return False
        time.sleep(POLL_SECONDS)
    return True


def mails(mesh: Mesh, case: Case) -> list[dict[str, str]]:
    """The mails about a request, oldest first."""
    url = f"{mesh.description['mailbox_url']}/messages.json?about=request%3D{case.id}%26"
    return list(json.loads(send("GET", url).body))[::-1]


def post(mesh: Mesh, case: Case, action: str, number: int = 0, email: str = OLGA) -> Reply:
    """Posts the form behind a link of a mail."""
    reply = mesh.post(getattr(mesh.links(mails(mesh, case)[number]), action), email=email)
    case.replies.append(reply)
    if reply.status not in PAGES and not (case.fault and case.fault.what.startswith("killed")):
        case.wrong.append(f"the page answers {reply.status}: {reply.body[:200]}")
    return reply


def answer_all(mesh: Mesh, case: Case, action: str, then: Callable[[], None] = lambda: None) -> None:
    """Answers each mail in its turn, again as long as the page says so, until the request has ended."""
    answered = 0
    deadline = time.monotonic() + SECONDS
    while status_of(mesh, case) == "RUNNING":
        if time.monotonic() > deadline:
            case.wrong.append(f"no end within {SECONDS} s")
            return
        waits = mesh.register_item(case.id).get("status") in {"WAITING", *FINAL}
        if waits and len(mails(mesh, case)) > answered:
            if answered == 0:
                then()
            if post(mesh, case, action, answered).status not in {500, 503}:
                answered += 1
        time.sleep(POLL_SECONDS)


def be_asked(mesh: Mesh, case: Case) -> None:
    """Asks for personal data, until the owner has a mail."""
    case.granted = _CUSTOMER
    ask(mesh, case, "retail", "customer")
    wait(lambda: mails(mesh, case) and mesh.register_item(case.id).get("status") == "WAITING", case, "mail")


# --- without a person -------------------------------------------------------------------------------------------


def share_table(mesh: Mesh, case: Case) -> None:
    case.granted = {} if case.usual == "FAILED" else {"transport.yellow_tripdata": SELECT_AND_DESCRIBE}
    ask(mesh, case, "transport", "yellow_tripdata")
    wait_for_end(mesh, case)


def many_tables(mesh: Mesh) -> None:
    """A database of more tables than go into one batch."""
    mesh.catalogue.add_database("many", RETAIL)
    for number in range(TABLES):
        mesh.catalogue.add_table("many", f"t{number:02}")


def _asked_for(database: str, table: str, granted: Grants, action: str = "", usual: str = "SHARED") -> Way:
    """The way of a request for a table, or with `*` for a database, decided by an `action` where a person has to."""

    def act(mesh: Mesh, case: Case) -> None:
        case.usual, case.granted = usual, granted
        ask(mesh, case, database, table)
        answer_all(mesh, case, action) if action else wait_for_end(mesh, case)

    return act


def own_database(mesh: Mesh, case: Case) -> None:
    """A table with a column of personal data, in a database of which nobody else has anything."""
    mesh.catalogue.add_database(case.id, RETAIL)
    mesh.catalogue.add_table(case.id, "people", [column("id", "bigint"), column("name", pii_flag="true")])


def own_parts(mesh: Mesh, case: Case) -> None:
    """The same, of which there can be parts."""
    own_database(mesh, case)
    mesh.let_grant(case.id)


def part_of(case: Case, *columns: str, rows: str | None = None, table: str = "people") -> Grants:
    """What is granted of these columns of that table, or another one of its database, in these rows."""
    return {f"{case.id}.{table}/{filter_name(case.id, table, columns, rows)}": SELECT}


def share_part(mesh: Mesh, case: Case) -> None:
    case.granted = part_of(case, "id")
    ask(mesh, case, case.id, "people", scope="safe")
    wait_for_end(mesh, case)


def _bad_input(mesh: Mesh, case: Case) -> None:
    case.usual = "REFUSED"
    mesh.start_with({"source": {"database": 1}}, case.id)
    wait_for_end(mesh, case)


_MANY = {f"many.t{number:02}": SELECT_AND_DESCRIBE for number in range(TABLES)}
SAFE = Path("the safe subset of a table", share_part, before=own_parts)
AUTOMATIC = (
    Path("a table without personal data", share_table),
    Path(f"a database of {TABLES} tables", _asked_for("many", "*", {"many": DESCRIBE, **_MANY})),
    SAFE,
    Path("no such table", _asked_for("retail", "nowhere", {}, usual="REFUSED")),
    Path("an input that cannot be read", _bad_input),
)

# --- with a person ----------------------------------------------------------------------------------------------


def _changed(mesh: Mesh, case: Case) -> None:
    case.granted = {f"{case.id}.people": SELECT_AND_DESCRIBE}
    ask(mesh, case, case.id, "people")
    answer_all(mesh, case, "approve", lambda: mesh.catalogue.flag_column(case.id, "people", "id"))


def _first_seen(mesh: Mesh, case: Case) -> None:
    """A table of which no flag is remembered yet: remembering it is one call more."""
    case.granted = {f"{case.id}.people": SELECT_AND_DESCRIBE}
    ask(mesh, case, case.id, "people")
    answer_all(mesh, case, "approve")


def _columns(mesh: Mesh, case: Case) -> None:
    case.granted = part_of(case, "id", "name")
    ask(mesh, case, case.id, "people", columns=["name", "id"])
    answer_all(mesh, case, "approve")


def tagged_database(mesh: Mesh) -> None:
    """A database with a table that only an LF-Tag flags, which the roles that read it may see."""
    lake = mesh.client("lakeformation")
    lake.create_lf_tag(TagKey="pii", TagValues=["true"])
    roles = [each["Arn"] for each in mesh.client("iam").list_roles()["Roles"]]
    for role in roles:
        if "role/lakeshare-classify-role-" in role or "role/lakeshare-grant-role-" in role:
            lake.grant_permissions(
                Principal={"DataLakePrincipalIdentifier": role},
                Resource={"LFTag": {"TagKey": "pii", "TagValues": ["*"]}},
                Permissions=["DESCRIBE"],
            )
    mesh.catalogue.add_database("tagged", RETAIL)
    mesh.catalogue.add_table("tagged", "people")
    table = {"Table": {"DatabaseName": "tagged", "Name": "people"}}
    lake.add_lf_tags_to_resource(Resource=table, LFTags=[{"TagKey": "pii", "TagValues": ["true"]}])


TAGGED = (
    Path("a tagged table, approved", _asked_for("tagged", "people", {"tagged.people": SELECT_AND_DESCRIBE}, "approve")),
    Path(
        "a tagged database, approved",
        _asked_for("tagged", "*", {"tagged": DESCRIBE, "tagged.*": SELECT_AND_DESCRIBE}, "approve"),
    ),
)
_RETAIL = {"retail": DESCRIBE, "retail.*": SELECT_AND_DESCRIBE}
WITH_A_PERSON = (
    Path("a table, approved", _first_seen, before=own_database),
    Path("a table, denied", _asked_for("retail", "customer", {}, "deny", "DENIED")),
    Path("a database, approved", _asked_for("retail", "*", _RETAIL, "approve")),
    Path("flagged columns of a table, approved", _columns, before=own_parts),
    Path("a catalogue that changes, approved twice", _changed, before=own_database),
)
