"""Links that nobody was mailed, and links whose time is over: each gets a page that says so, and nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from secrets import token_urlsafe
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.proof.conftest import Figure
from tests.proof.visitors.forging import Query, bit_flips, key_spellings, request_spellings, twice_said
from tests.proof.visitors.traces import State, all_told, tries, used
from tests.proof.visitors.traces import asked as asked_of
from tests.proof.visitors.wire import Pace
from tests.workflow.catalogue import column
from tests.workflow.conftest import StartMesh
from tests.workflow.driver import OLGA, RETAIL, REVIEWS, ROHAN, Asked, Mesh, wait_until
from tests.workflow.http_client import Reply
from tests.workflow.running import WITHOUT_PORTAL, Options

OPTIONS = Options(config=WITHOUT_PORTAL)
EXPIRY_SECONDS = 20
PACE = Pace()
DATABASE, ELSEWHERE = "forged", "forged_elsewhere"
FACTS_OF_ONE_ANSWER = {"apigw-requestid", "date"}
READ = "dynamodb:GetItem"
COUNT = "dynamodb:UpdateItem"


@dataclass(frozen=True)
class Expiring:
    """A request that nobody decides, on a mesh where nobody has long to do so."""

    mesh: Mesh
    arn: str


@pytest.fixture(scope="module", autouse=True)
def expiring(start_mesh: StartMesh) -> Expiring:
    """Started first: its time runs out while the other tests run."""
    mesh = start_mesh(replace(OPTIONS, approval_timeout=EXPIRY_SECONDS))
    return Expiring(mesh, mesh.start("retail", "customer", mesh.new_account()))


@pytest.fixture(scope="module", autouse=True)
def people(mesh: Mesh) -> None:
    """Tables with personal data: one to be changed, one of another owner's."""
    for database, owner in ((DATABASE, RETAIL), (ELSEWHERE, REVIEWS)):
        mesh.catalogue.add_database(database, owner)
        mesh.catalogue.add_table(database, "people", [column("id"), column("mail", pii_flag="true")])


def ask(mesh: Mesh, database: str = "retail", table: str = "customer", name: str | None = None) -> Asked:
    """A request that waits, and about which all is said."""
    return asked_of(mesh, mesh.start(database, table, mesh.new_account(), name))


def query_of(link: str) -> Query:
    return Query(**dict(pair.split("=") for pair in urlsplit(link).query.split("&")))  # type: ignore[arg-type]


def visit(mesh: Mesh, queries: Iterable[Query], email: str = OLGA) -> list[Reply]:
    """Opens each link, and decides on it with the right address."""
    route = mesh.description["api_url"] + "/workflow/update-state"
    visits = [(method, f"{route}?{query}") for query in queries for method in ("GET", "POST")]
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda each: _visit(mesh, each[0], each[1], email), visits))


def _visit(mesh: Mesh, method: str, url: str, email: str) -> Reply:
    PACE.wait()
    return mesh.get(url) if method == "GET" else mesh.post(url, email=email, comment="forged")


def whole(reply: Reply) -> tuple[int, str, tuple[tuple[str, str], ...]]:
    """All of an answer, but for what no two answers share."""
    headers = sorted((name, value) for name, value in reply.headers.items() if name not in FACTS_OF_ONE_ANSWER)
    return reply.status, reply.body, tuple(headers)


def nothing_works(mesh: Mesh, forged: Mapping[str, Query], figure: Figure, email: str = OLGA) -> None:
    """Holds links to the very answer of a request that does not exist, and to one read each; nothing is written."""
    before = State.of(mesh)
    (nowhere, _) = visit(mesh, [Query("approve", str(uuid4()), token_urlsafe(32))])
    with used(mesh) as did:
        replies = visit(mesh, forged.values(), email)
        done = did()
    names = [f"{method} {name}" for name in forged for method in ("GET", "POST")]
    others = {name: reply.status for name, reply in zip(names, replies, strict=True) if whole(reply) != whole(nowhere)}
    assert others == {}
    assert nowhere.status == 404
    # Whether the request exists or not, the same is read: not even the time that it takes tells.
    assert done == {READ: len(replies)}
    assert State.of(mesh) == before
    kind = next(iter(forged)).partition(":")[0]
    figure(f"{kind}: links opened, and decided on as {email}, all 404", len(forged))


def still_works(mesh: Mesh, asked: Asked, email: str = OLGA) -> None:
    """The link that was mailed decides, after all that."""
    assert mesh.get(asked.approve).status == 200
    assert mesh.post(asked.approve, email=email).title == "Thank you. You approved this request."
    over(mesh, asked.arn)
    assert mesh.register_item(asked.arn)["status"] == "SHARED"


def over(mesh: Mesh, arn: str, seconds: float = 60) -> None:
    """Waits until a request has ended, and all is written and said about it."""
    mesh.finish(arn, seconds)
    ends = {"RequestShared", "RequestDenied", "RequestExpired", "RequestFailed"}
    wait_until(lambda: ends & set(mesh.event_types(arn)), what="the closing event")
    wait_until(lambda: mesh.register_item(arn).get("announced_at"), what="the note that it is out")


def test_no_bit_of_a_link_can_be_changed(mesh: Mesh, figure: Figure) -> None:
    asked = ask(mesh)
    links = [query_of(asked.approve), query_of(asked.deny)]
    keys = list(bit_flips(links[0].key))
    requests = list(bit_flips(links[0].request))
    assert (len(keys), len(requests)) == (43 * 8, 36 * 8)
    nothing_works(
        mesh,
        {f"bits of the key: {number}": replace(links[number % 2], key=key) for number, key in enumerate(keys)},
        figure,
    )
    nothing_works(
        mesh,
        {f"bits of the id: {number}": replace(links[number % 2], request=each) for number, each in enumerate(requests)},
        figure,
    )
    actions = [replace(link, action=flipped) for link in links for flipped in bit_flips(link.action)]
    before = State.of(mesh)
    with used(mesh) as did:
        assert {reply.status for reply in visit(mesh, actions)} == {400}
        assert did() == {}
    assert State.of(mesh) == before
    figure("bits of the action: links opened and decided on, all 400", len(actions))
    still_works(mesh, asked)


def test_a_link_has_one_spelling(mesh: Mesh, figure: Figure) -> None:
    asked, longest = ask(mesh), ask(mesh, name="n" * 80)
    link, long = query_of(asked.approve), query_of(longest.deny)
    keys = {f"spellings of the key: {name}": replace(link, key=key) for name, key in key_spellings(link.key).items()}
    nothing_works(mesh, keys, figure)
    requests = {
        f"spellings of the id: {name}": replace(link, request=each)
        for name, each in request_spellings(link.request, asked.arn).items()
    }
    requests["spellings of the id: one more than a name can have"] = replace(long, request=f"{long.request}n")
    requests["spellings of the id: said twice"] = replace(link, request=f"{link.request}&request={link.request}")
    nothing_works(mesh, requests, figure)
    said = {f"names said twice: {name}": query for name, query in twice_said(link).items()}
    nothing_works(mesh, said, figure)
    still_works(mesh, asked)
    still_works(mesh, longest)


def test_a_key_opens_its_own_request_alone(mesh: Mesh, figure: Figure) -> None:
    asked, other, elsewhere, ended = ask(mesh), ask(mesh), ask(mesh, ELSEWHERE, "people"), ask(mesh)
    assert (asked.mail["to"], elsewhere.mail["to"]) == (OLGA, ROHAN)
    still_works(mesh, ended)
    # Both links of a mail bear the one key: a forged action is the other link of the same mail.
    assert len({query_of(link).key for link in (asked.approve, asked.deny)}) == 1
    crowd = [query_of(each.approve) for each in (asked, other, elsewhere, ended)]
    token = mesh.approval_item(crowd[0].request)["token"]
    forged = {
        f"foreign keys: {action} {at} with the key of {of}": replace(each, action=action, key=key.key)
        for at, each in enumerate(crowd)
        for of, key in enumerate(crowd)
        if at != of
        for action in ("approve", "deny")
    }
    forged["foreign keys: the task token"] = replace(crowd[0], key=token)
    forged["foreign keys: none that anybody has"] = replace(crowd[0], key=token_urlsafe(32))
    for email in (OLGA, ROHAN):
        nothing_works(mesh, forged, figure, email)
    still_works(mesh, asked)
    still_works(mesh, other)
    still_works(mesh, elsewhere, ROHAN)


# --- links whose time is over ---------------------------------------------------------------------------------------


def replayed(mesh: Mesh, links: Sequence[str], status: int, title: str, times: int = 5) -> int:
    """Holds links to one refusal, however often they are used, and to no more being written than counts guesses."""
    before = State.of(mesh)
    with used(mesh) as did:
        replies = visit(mesh, [query_of(link) for link in links] * times)
        done = did()
    assert Counter((reply.status, reply.title) for reply in replies) == {(status, title): len(replies)}
    # Who decided is told to who types a right address. It is counted before it is compared, and then taken back.
    assert done[COUNT] == (len(replies) if status == 409 else 0)
    assert done.keys() <= {READ, COUNT}
    after = State.of(mesh)
    assert after.without_tries() == before.without_tries()
    for link in links:
        guard = f"approval#{query_of(link).request}"
        assert tries(after.register[guard]) == tries(before.register[guard])
    return len(replies)


def test_the_links_of_a_decided_request_decide_nothing_more(mesh: Mesh, figure: Figure) -> None:
    number = 0
    for action, said in (("approve", "approved"), ("deny", "denied")):
        asked = ask(mesh)
        # What came after it is the very same bytes again.
        assert mesh.post(getattr(asked, action), email=OLGA, comment="forged").status == 200
        over(mesh, asked.arn)
        number += replayed(mesh, [asked.approve, asked.deny], 409, f"This request was already {said}.")
    figure("replays after a decision, all 409", number)


def test_the_links_of_an_earlier_mail_decide_nothing_more(mesh: Mesh, figure: Figure) -> None:
    asked = ask(mesh, DATABASE, "people")
    mesh.catalogue.flag_column(DATABASE, "people", "id")
    assert mesh.post(asked.approve, email=OLGA, comment="forged").status == 200
    newer = mesh.links(mesh.mail_about(asked.arn, number=2, seconds=60))
    all_told(mesh, asked.arn)
    earlier = [asked.approve, asked.deny]
    assert query_of(newer.approve).key != query_of(asked.approve).key
    number = replayed(mesh, earlier, 410, "This link has been replaced.")
    assert mesh.post(newer.deny, email=OLGA, comment="forged").status == 200
    over(mesh, asked.arn)
    number += replayed(mesh, earlier, 410, "This request was denied.")
    number += replayed(mesh, [newer.approve, newer.deny], 409, "This request was already denied.")
    figure("replays of an earlier mail's links 410, and of the newer's 409", number)


def test_the_links_of_a_stopped_request_decide_nothing(mesh: Mesh, figure: Figure) -> None:
    asked = ask(mesh)
    mesh.client("stepfunctions").stop_execution(executionArn=asked.arn)
    over(mesh, asked.arn)
    links = [asked.approve, asked.deny]
    figure("links of a stopped request, all 410", replayed(mesh, links, 410, "This request was stopped."))


def test_the_links_of_an_expired_request_decide_nothing(expiring: Expiring, figure: Figure) -> None:
    mesh, arn = expiring.mesh, expiring.arn
    over(mesh, arn, 90)
    (mail,) = mesh.mails(about=arn)
    links = [mesh.links(mail).approve, mesh.links(mail).deny]
    figure("links of an expired request, all 410", replayed(mesh, links, 410, "This request has expired."))
