"""Who reaches what in register and vault: one table, held against the rendered policies and against a mesh."""

from __future__ import annotations

from collections.abc import Mapping

REQUEST, APPROVAL, DECISION, STRANGE = "a request", "an approval", "a decision", "what is neither"
ITEMS = {
    REQUEST: ("register", "3b7d"),
    APPROVAL: ("vault", "approval#3b7d"),
    DECISION: ("vault", "decision#3b7d"),
    STRANGE: ("vault", "other#3b7d"),
}
"""Kinds of items: the table they are in, and a key of one."""

MAY: Mapping[str, Mapping[str, set[str]]] = {
    "classify": {REQUEST: {"GetItem", "UpdateItem"}},
    "request-approval": {REQUEST: {"GetItem", "UpdateItem"}, APPROVAL: {"UpdateItem"}},
    "decide": {REQUEST: {"GetItem"}, APPROVAL: {"GetItem", "UpdateItem"}, DECISION: {"PutItem"}},
    "grant": {REQUEST: {"GetItem", "UpdateItem"}, DECISION: {"GetItem"}},
    "close": {REQUEST: {"UpdateItem"}, APPROVAL: {"UpdateItem"}, DECISION: {"GetItem"}},
    "sweep": {REQUEST: {"BatchGetItem"}},
    "portal-requests-api": {REQUEST: {"GetItem", "UpdateItem"}},
    "portal-catalogue-api": {},
}
"""What each function may do to which items: only Decide writes decisions, only Grant and Close read them; the task
token is for RequestApproval, which writes it, Decide, which uses it, and Close, which forgets it."""

LISTS = {
    "sweep": {"by_status", "by_announcement"},
    "portal-requests-api": {"by_requester", "by_consumer", "by_status"},
}
"""The functions that query, and the indexes of the register that they do it on. Nothing but an index is queried."""
