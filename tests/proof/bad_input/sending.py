"""Sends cases to a mesh, and tells what came of each in the words that cases expect it in."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

from tests.portal.portal import Portal, User
from tests.proof.bad_input.case import Case, Door, Entry, Execution, Http
from tests.proof.bad_input.execution import NO_START
from tests.workflow.driver import Asked, Mesh, request_id, wait_until
from tests.workflow.http_client import Reply, send

CONSUMER = "999999999999"
OWNER = "111111111111"
AT_ONCE = 8
FIRST_ADDRESS = 10


@dataclass(frozen=True)
class Came:
    """What came of a case.

    Attributes:
        outcome: as `Case.expected` says it.
        said: what a person or a program is told.
        raw: the same as it was sent.
        arn: of the execution, if there was one.
    """

    outcome: str
    said: str
    raw: str
    arn: str | None = None


@dataclass
class Sender:
    """Sends cases.

    Attributes:
        mesh: where to.
        portal: its portal.
        waiting: a request that waits for its owner; bad decisions are about this one.
        callers: who calls the requests API.
        shares: live shares: the `user`'s own as `{share}`, and somebody else's as `{others}`.
    """

    mesh: Mesh
    portal: Portal
    waiting: Asked
    callers: Mapping[str, User]
    shares: Mapping[str, str]
    _numbers: Iterable[int] = field(default_factory=lambda: itertools.count(FIRST_ADDRESS))

    def all(self, cases: Iterable[Case]) -> dict[str, Came]:
        """Sends cases, many at once; gives what came by name."""
        listed = list(cases)
        for user in self.callers.values():
            self.portal.tokens(user)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return dict(zip((case.name for case in listed), pool.map(self.one, listed), strict=True))

    def one(self, case: Case) -> Came:
        """Sends one case."""
        number = next(iter(self._numbers))
        match case.given:
            case Http() if case.door is Door.DECISION:
                return self._decision(case.given, f"127.0.{number // 250}.{number % 250 + 1}")
            case Http():
                return self._api(case.given)
            case Execution() if case.door is Door.REVOKING:
                return self._revoking(self._with_shares(case.given.text))
            case Execution():
                return self._execution(case.given)
            case Entry():
                return self._entry(case.given, f"bad_{number}")
            case _:
                raise AssertionError(f"no mesh is needed for {case.name}")

    def _decision(self, http: Http, source: str) -> Came:
        links = self.mesh.links(self.waiting.mail)
        query, body = http.query, http.body
        for name, value in (("request", links.request), ("key", links.key), ("cut", links.key[:-1])):
            query = query.replace(f"{{{name}}}", value)
            body = body.replace(f"{{{name}}}".encode(), value.encode()) if body is not None else None
        url = f"{self.mesh.description['api_url']}{http.path}?{query}"
        reply = send(http.method, url, body=body, headers=dict(http.headers), source=source)
        self.mesh.kept.page(url, reply)
        return Came(str(reply.status), reply.text, reply.body)

    def _api(self, http: Http) -> Came:
        headers = dict(http.headers)
        if http.caller != "nobody":
            token = self.portal.tokens(self.callers[http.caller])["access_token"]
            headers["Authorization"] = f"Bearer {token}"
        url = f"{self.portal.url}/api{self._with_shares(http.path)}?{http.query}"

        def below_the_limit() -> Reply | None:
            """What is above API Gateway's own limit no function has seen: it is sent again."""
            reply = send(http.method, url, body=http.body, headers=headers)
            return None if (reply.status, _problem(reply)[0]) == (429, "429") else reply

        reply = self.mesh.kept.page(url, wait_until(below_the_limit, 60, "a call below the API's limit"))
        return Came(*_problem(reply), reply.body)

    def _with_shares(self, text: str) -> str:
        for name, share in self.shares.items():
            text = text.replace(name, share)
        return text.replace("{waiting}", request_id(self.waiting.arn))

    def _revoking(self, text: str) -> Came:
        states = self.mesh.client("stepfunctions")
        try:
            run = states.start_execution(stateMachineArn=self.mesh.revoking_machine, input=text)
        except (ClientError, ParamValidationError) as error:
            return Came(NO_START, str(error), str(error))
        ended = self.mesh.finish(run["executionArn"], seconds=120)
        said = json.loads(ended.cause or "{}").get("errorMessage", "")
        return Came(f"{ended.status} {ended.error}", said, f"{ended.output} {said}")

    def _execution(self, execution: Execution) -> Came:
        try:
            arn = self.mesh.start_with(execution.text, execution.name)
        except (ClientError, ParamValidationError) as error:
            return Came(NO_START, str(error), str(error))
        return self._ended(arn)

    def _ended(self, arn: str) -> Came:
        finished = self.mesh.finish(arn, seconds=120)
        output = finished.output
        outcome = f"{output.get('status', finished.status)} {output.get('reason', finished.error)}"
        return Came(outcome, str(output.get("message", finished.cause)), json.dumps(output, ensure_ascii=False), arn)

    def _entry(self, entry: Entry, database: str) -> Came:
        glue = _unchecked(self.mesh)
        table = {"Name": "bad", "Parameters": {}, "StorageDescriptor": _HARMLESS, **(entry.table or {})}
        about = {"Name": database, "Parameters": {"data_owner": OWNER}, **(entry.database or {})}
        glue.create_database(DatabaseInput=about)
        if not entry.without_table:
            given = {name: value for name, value in table.items() if value is not None}
            glue.create_table(DatabaseName=database, TableInput=given)
        arn = self.mesh.start(database, entry.ask or "bad", CONSUMER)
        item = wait_until(lambda: self._settled(arn), 120, f"an answer on {database}")
        if item["status"] != "WAITING":
            return self._ended(arn)
        mail = self.mesh.mail_about(arn)
        grounds = item["classification"]["grounds"]
        assert self.mesh.post(self.mesh.links(mail).deny, email=mail["to"]).status == 200
        assert self.mesh.finish(arn, seconds=120).output["status"] == "DENIED"
        return Came(f"ASKS {grounds[0]['rule']}", f"{grounds} {mail['body']}", mail["body"], arn)

    def _settled(self, arn: str) -> dict[str, Any] | None:
        item = self.mesh.register_item(arn)
        return item if item and item["status"] != "RECEIVED" else None


_HARMLESS = {"Columns": [{"Name": "id", "Type": "bigint"}], "Location": "s3://retail-lake/bad/"}


def _problem(reply: Reply) -> tuple[str, str]:
    """Status and reason of an answer of the API, and all that it says in words."""
    try:
        document = json.loads(reply.body)
    except ValueError:
        return str(reply.status), reply.body
    said = [document.get("detail"), document.get("message"), *(each["message"] for each in document.get("errors", []))]
    return " ".join(filter(None, (str(reply.status), document.get("reason")))), " ".join(filter(None, said))


def _unchecked(mesh: Mesh) -> Any:
    """A client of Glue that sends whatever it is given."""
    return boto3.client(
        "glue",
        endpoint_url=mesh.description["aws_endpoint_url"],
        region_name=mesh.region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(parameter_validation=False),
    )


def ids(came: Iterable[Came]) -> set[str]:
    """The ids of the requests that were made."""
    return {request_id(each.arn) for each in came if each.arn is not None}
