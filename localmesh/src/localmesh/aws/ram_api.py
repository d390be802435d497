"""RAM's calls: what the sharing account sees of its shares, and what the receiving one does with its invitations.

What a program itself shares is moto's, and is listed along with what grants share.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from localmesh.aws import moto
from localmesh.aws.faults import Faults
from localmesh.aws.ram import Answer, Association, Share, shares

_PAGE = 500
_ADDED = (
    *("GetResourceShareInvitations", "AcceptResourceShareInvitation", "RejectResourceShareInvitation"),
    *("ListPendingInvitationResources", "ListResources"),
)
_TYPES = {"catalog": "glue:Catalog", "database": "glue:Database", "table": "glue:Table"}


def install(faults: Faults) -> None:
    """Corrects moto."""
    shares.faults = faults
    response = moto.module("moto.ram.responses").ResourceAccessManagerResponse
    error = moto.module("moto.core.exceptions").JsonRESTError
    paths = moto.module("moto.ram.urls").url_paths
    for operation in _ADDED:
        paths[f"{{0}}/{operation.lower()}$"] = response.dispatch

    def answering(act: Callable[["_Call"], Mapping[str, Any]]) -> Any:
        def method(self: Any) -> str:
            return json.dumps(act(_Call(self, error)))

        return method

    @moto.correct(response, "get_resource_shares")
    def _get_shares(original: Any, self: Any) -> str:
        call = _Call(self, error)
        found = [_share(share) for share in call.visible()]
        if call.given["resourceOwner"] == "SELF":
            found += json.loads(original(self))["resourceShares"]
        return json.dumps(call.page("resourceShares", found))

    @moto.correct(response, "get_resource_share_associations")
    def _get_associations(original: Any, self: Any) -> str:
        call = _Call(self, error)
        others = json.loads(original(self))["resourceShareAssociations"]
        return json.dumps(call.page("resourceShareAssociations", [*others, *_associations(call)]))

    response.get_resource_share_invitations = answering(_invitations)
    response.accept_resource_share_invitation = answering(lambda call: _answer(call, "ACCEPTED"))
    response.reject_resource_share_invitation = answering(lambda call: _answer(call, "REJECTED"))
    response.list_pending_invitation_resources = answering(_pending_resources)
    response.list_resources = answering(_resources)


class _Call:
    """A call of an account."""

    def __init__(self, response: Any, error: Any) -> None:
        self.account, self.region = str(response.current_account), str(response.region)
        self.given: dict[str, Any] = response.request_params
        self._error = error

    def refuse(self, code: str, message: str) -> Exception:
        refusal: Exception = self._error(code, message)
        return refusal

    def visible(self) -> Iterator[Share]:
        """The shares that the call is about: its own, or others' that have reached it."""
        own = self.given.get("resourceOwner", "SELF") == "SELF"
        arns, name = self.given.get("resourceShareArns"), self.given.get("name")
        status = self.given.get("resourceShareStatus")
        for share in shares.all():
            mine = share.owner == self.account if own else share.receiver == self.account and share.arrived
            asked = (not arns or share.arn in arns) and (not name or share.name == name)
            if mine and asked and share.region == self.region and (not status or _status(share) == status):
                yield share

    def invited(self) -> Iterator[Share]:
        """The shares that the account was invited to."""
        for share in shares.all():
            if share.invitation is not None and (share.receiver, share.region) == (self.account, self.region):
                yield share

    def invitation(self) -> Share:
        """The share whose invitation is named."""
        arn = str(self.given["resourceShareInvitationArn"])
        for share in self.invited():
            if share.invitation is not None and share.invitation.arn == arn:
                return share
        raise self.refuse(
            "ResourceShareInvitationArnNotFoundException", f"The resource share invitation {arn} could not be found."
        )

    def page(self, listed: str, found: list[dict[str, Any]]) -> dict[str, Any]:
        start = int(self.given.get("nextToken") or 0)
        end = start + min(int(self.given.get("maxResults") or _PAGE), _PAGE)
        return {listed: found[start:end], **({"nextToken": str(end)} if end < len(found) else {})}


def _share(share: Share) -> dict[str, Any]:
    return {
        "resourceShareArn": share.arn,
        "name": share.name,
        "owningAccountId": share.owner,
        "allowExternalPrincipals": True,
        "status": _status(share),
        "creationTime": share.created,
        "lastUpdatedTime": share.updated,
        "featureSet": "STANDARD",
    }


def _status(share: Share) -> str:
    return "DELETED" if share.ended else "ACTIVE"


def _associations(call: _Call) -> Iterator[dict[str, Any]]:
    kind, status = call.given["associationType"], call.given.get("associationStatus")
    entity = call.given.get("principal") or call.given.get("resourceArn")
    for share in call.visible():
        for each in (share.principal, *list(share.resources.values())):
            if each.kind == kind and (not status or each.status == status) and (not entity or each.entity == entity):
                yield _association(share, each)


def _association(share: Share, association: Association) -> dict[str, Any]:
    return {
        "resourceShareArn": share.arn,
        "resourceShareName": share.name,
        "associatedEntity": association.entity,
        "associationType": association.kind,
        "status": association.status,
        **({"statusMessage": association.message} if association.message else {}),
        "creationTime": association.created,
        "lastUpdatedTime": association.updated,
        "external": association.external,
    }


def _invitations(call: _Call) -> Mapping[str, Any]:
    of, named = call.given.get("resourceShareArns"), call.given.get("resourceShareInvitationArns")
    found = [
        each
        for share in call.invited()
        if not of or share.arn in of
        for each in [_invitation(share)]
        if not named or each["resourceShareInvitationArn"] in named
    ]
    return call.page("resourceShareInvitations", found)


def _invitation(share: Share) -> dict[str, Any]:
    if share.invitation is None:
        return {}
    return {
        "resourceShareInvitationArn": share.invitation.arn,
        "resourceShareName": share.name,
        "resourceShareArn": share.arn,
        "senderAccountId": share.owner,
        "receiverAccountId": share.receiver,
        "invitationTimestamp": share.invitation.sent,
        "status": share.invitation.status,
    }


def _answer(call: _Call, answer: Answer) -> Mapping[str, Any]:
    share = call.invitation()
    status = share.invitation.status if share.invitation is not None else ""
    if status != "PENDING":
        known = {"ACCEPTED": "AlreadyAccepted", "REJECTED": "AlreadyRejected", "EXPIRED": "Expired"}[status]
        raise call.refuse(f"ResourceShareInvitation{known}Exception", f"The invitation is {status}, not PENDING.")
    shares.answer(share, answer)
    return {"resourceShareInvitation": _invitation(share)}


def _pending_resources(call: _Call) -> Mapping[str, Any]:
    share = call.invitation()
    pending = share.invitation is not None and share.invitation.status == "PENDING"
    return call.page("resources", list(_resources_of(share)) if pending else [])


def _resources(call: _Call) -> Mapping[str, Any]:
    arns, kind, principal = (call.given.get(name) for name in ("resourceArns", "resourceType", "principal"))
    found = [
        each
        for share in call.visible()
        if not share.ended and (not principal or share.principal.entity == principal)
        for each in _resources_of(share)
        if (not arns or each["arn"] in arns) and (not kind or each["type"] == kind)
    ]
    return call.page("resources", found)


def _resources_of(share: Share) -> Iterator[dict[str, Any]]:
    for each in list(share.resources.values()):
        if each.grants:
            yield {
                "arn": each.entity,
                "type": _TYPES[each.entity.split(":")[5].partition("/")[0]],
                "resourceShareArn": share.arn,
                "status": "UNAVAILABLE" if each.status == "FAILED" else "AVAILABLE",
                "creationTime": each.created,
                "lastUpdatedTime": each.updated,
                "resourceRegionScope": "REGIONAL",
            }
