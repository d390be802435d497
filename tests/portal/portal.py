"""The portal of a running mesh, as people and programs meet it: users, tokens, the requests API."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from tests.portal.oauth import OAuthClient
from tests.workflow.driver import Mesh, wait_until
from tests.workflow.http_client import Reply, send

PASSWORD = "Correct-Horse-Battery-9"


@dataclass(frozen=True)
class User:
    """Somebody who may sign in."""

    username: str
    email: str
    password: str


class Portal:
    """The portal of a mesh.

    Args:
        mesh: the mesh.
    """

    def __init__(self, mesh: Mesh) -> None:
        self.mesh = mesh
        self.url: str = mesh.description["portal_url"]
        self.sign_in_url: str = mesh.description["sign_in_url"]
        self.now: datetime | None = None
        """What time it is, once it is another than this machine's."""
        self._tokens: dict[str, dict[str, Any]] = {}
        # Who approves asks for nothing here: their addresses are shown to nobody.
        approvers = {each["approver"] for each in mesh.description["producer_accounts"]}
        for each in mesh.description["portal_users"]:
            mesh.kept.used[each["first_password"]] = "password"
            if each["email"] not in approvers:
                mesh.kept.used[each["email"]] = "requester"

    @cached_property
    def config(self) -> dict[str, Any]:
        """What the page is told of its stack."""
        return dict(json.loads(send("GET", f"{self.url}/config.json").body))

    @property
    def cognito(self) -> Any:
        """A client of the user pool's administrator."""
        return self.mesh.client("cognito-idp")

    def first_password(self, username: str) -> str:
        """What `make demo` prints."""
        return str(self._of_config(username)["first_password"])

    def _of_config(self, username: str) -> Mapping[str, Any]:
        users: list[dict[str, Any]] = self.mesh.description["portal_users"]
        return next(each for each in users if each["username"] == username)

    def new_user(self, name: str = "", *, auditor: bool = False) -> User:
        """Makes a user who has a password of their own."""
        name = name or f"{'auditor' if auditor else 'user'}-{secrets.token_hex(3)}"
        user = User(name, f"{name}@consumer.example", PASSWORD)
        self.mesh.kept.used.update({user.password: "password", user.email: "requester"})
        pool = self.config["userPoolId"]
        attributes = [{"Name": "email", "Value": user.email}, {"Name": "email_verified", "Value": "true"}]
        self.cognito.admin_create_user(
            UserPoolId=pool, Username=name, UserAttributes=attributes, MessageAction="SUPPRESS"
        )
        self.cognito.admin_set_user_password(UserPoolId=pool, Username=name, Password=PASSWORD, Permanent=True)
        if auditor:
            self.join(user, "auditors")
        return user

    def owner(self) -> User:
        """The demo's approver who may sign in, with a password of her own."""
        return self.user("olga")

    def leave(self, user: User, group: str) -> None:
        """Takes somebody out of a group; their tokens say for a while that they are in it."""
        self.cognito.admin_remove_user_from_group(
            UserPoolId=self.config["userPoolId"], Username=user.username, GroupName=group
        )

    def user(self, username: str) -> User:
        """Somebody whom the config lets in, with a password of their own."""
        pool, email = self.config["userPoolId"], self._of_config(username)["email"]
        self.cognito.admin_set_user_password(UserPoolId=pool, Username=username, Password=PASSWORD, Permanent=True)
        return User(username, email, PASSWORD)

    def clock(self, step: str) -> list[str]:
        """Moves the mesh's clock on, and that of browsers that are opened from then on; tokens have run out by then."""
        ran = self.mesh.clock(step)
        self.now = datetime.fromisoformat(self.mesh.control("GET", "/clock")["now"])
        self._tokens.clear()
        return ran

    def approver_of(self, account: str) -> User:
        """Somebody who signs in with an address that a producer's approval mails go to."""
        producers = self.mesh.description["producer_accounts"]
        address = next(each["approver"] for each in producers if each["id"] == account)
        return self.is_called(self.new_user(), address)

    def is_called(self, user: User, address: str) -> User:
        """Gives somebody another address, which the pool has verified."""
        self.cognito.admin_update_user_attributes(
            UserPoolId=self.config["userPoolId"],
            Username=user.username,
            UserAttributes=[{"Name": "email", "Value": address}, {"Name": "email_verified", "Value": "true"}],
        )
        return replace(user, email=address)

    def join(self, user: User, group: str) -> None:
        """Puts somebody into a group of the pool."""
        self.cognito.admin_add_user_to_group(
            UserPoolId=self.config["userPoolId"], Username=user.username, GroupName=group
        )

    def oauth(self, client_id: str = "") -> OAuthClient:
        """A browser's part of a sign-in, without the browser."""
        return OAuthClient(self.sign_in_url, client_id or self.config["clientId"], f"{self.url}/callback")

    def tokens(self, user: User) -> dict[str, Any]:
        """The tokens of somebody who is signed in."""
        if user.username not in self._tokens:
            self._tokens[user.username] = self.oauth().sign_in(user.username, user.password)
            tokens = self._tokens[user.username]
            self.mesh.kept.used.update({tokens[name]: "token" for name in tokens if name.endswith("_token")})
        return self._tokens[user.username]

    def call(
        self,
        method: str,
        path: str,
        user: User | str | None,
        document: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Calls the requests API as somebody, with a token of one's own choice, or without any."""
        token = self.tokens(user)["access_token"] if isinstance(user, User) else user
        given = {**({"Authorization": f"Bearer {token}"} if token is not None else {}), **(headers or {})}
        body = None
        if document is not None:
            body = json.dumps(document).encode()
            given.setdefault("Content-Type", "application/json")
        url = f"{self.url}/api{path}"
        return self.mesh.kept.page(url, send(method, url, body=body, headers=given))

    def ask(
        self, user: User, database: str, table: str, account: str, purpose: str = "For a test.", **more: object
    ) -> dict[str, Any]:
        """Makes a request as somebody; `more`: further fields, such as `days`."""
        document = {**new_request(database, table, account, purpose), **more}
        reply = self.call("POST", "/requests", user, document)
        assert reply.status == 201, reply.body
        return dict(json.loads(reply.body))

    def request(self, user: User, request_id: str) -> dict[str, Any]:
        """A request as somebody sees it."""
        reply = self.call("GET", f"/requests/{request_id}", user)
        assert reply.status == 200, reply.body
        return dict(json.loads(reply.body))

    def wait_for(self, user: User, request_id: str, status: str) -> dict[str, Any]:
        """Waits until a request is that far."""
        return wait_until(
            lambda: found if (found := self.request(user, request_id))["status"] == status else None, what=status
        )

    def decide(self, request_id: str, action: str, comment: str = "", until: str = "") -> None:
        """Decides as the approver does: by the link of the mail."""
        arn = f"{self.mesh.description['state_machine_arn'].replace(':stateMachine:', ':execution:')}:{request_id}"
        mail = self.mesh.mail_about(arn)
        links = self.mesh.links(mail)
        self.mesh.post(getattr(links, action), email=mail["to"], comment=comment, until=until)


def new_request(database: str, table: str, account: str, purpose: str = "For a test.") -> dict[str, Any]:
    """The body of a request."""
    return {
        "client_token": secrets.token_urlsafe(16),
        "source": {"database": database, "table": table},
        "target": {"account_id": account},
        "purpose": purpose,
    }
