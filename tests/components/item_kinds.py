"""Who reaches what in register, vault and ledger: one table, held against the rendered policies and against a mesh."""

from __future__ import annotations

from collections.abc import Mapping

REQUEST, FLAGS, CLAIM, ODD = "a request", "flags", "a claim", "what is none of these"
APPROVAL, DECISION, PACE, STRANGE = "an approval", "a decision", "a pace", "what is none of those"
SHARE, HOLD, TURN, FINDING = "a share", "a hold", "a turn at a filter", "a finding"
DELIVERY = "a delivery"
UNKNOWN = "what is none of theirs"
ITEMS = {
    REQUEST: ("register", "3b7d"),
    FLAGS: ("register", 'flags#["sales", "people"]'),
    CLAIM: ("register", "claim#3b7d"),
    ODD: ("register", "other#3b7d"),
    APPROVAL: ("vault", "approval#3b7d"),
    DECISION: ("vault", "decision#3b7d"),
    PACE: ("vault", "pace#3b7d"),
    STRANGE: ("vault", "other#3b7d"),
    SHARE: ("ledger", "999999999999"),
    HOLD: ("ledger", "hold#consumer#999999999999"),
    TURN: ("ledger", "turn#lakeshare-3b7d"),
    FINDING: ("ledger", "finding#all"),
    DELIVERY: ("ledger", "delivery#999999999999"),
    UNKNOWN: ("ledger", "other#3b7d"),
}
"""Kinds of items: the table they are in, and a key of one. The ledger's keys have a second part, unknown to IAM."""

_REQUESTS = {REQUEST: {"GetItem", "UpdateItem"}}
_REMEMBERED = {FLAGS: {"BatchGetItem", "UpdateItem"}}

MAY: Mapping[str, Mapping[str, set[str]]] = {
    "classify": {**_REQUESTS, **_REMEMBERED, CLAIM: {"UpdateItem"}, SHARE: {"Query"}, HOLD: {"GetItem"}},
    "request-approval": {**_REQUESTS, APPROVAL: {"UpdateItem"}},
    "notify": {**_REQUESTS, APPROVAL: {"GetItem", "UpdateItem"}, PACE: {"UpdateItem"}},
    "decide": {**_REQUESTS, APPROVAL: {"GetItem", "UpdateItem"}, DECISION: {"PutItem"}},
    "grant": {
        **_REQUESTS,
        **_REMEMBERED,
        DECISION: {"GetItem"},
        SHARE: {"ConditionCheckItem", "GetItem", "PutItem", "Query", "UpdateItem"},
        HOLD: {"ConditionCheckItem", "GetItem"},
        TURN: {"DeleteItem", "UpdateItem"},
    },
    "close": {**_REQUESTS, APPROVAL: {"UpdateItem"}, DECISION: {"GetItem"}, SHARE: {"Query", "UpdateItem"}},
    "revoke": {
        REQUEST: {"GetItem"},
        SHARE: {"GetItem", "Query", "UpdateItem"},
        HOLD: {"GetItem", "UpdateItem"},
        TURN: {"DeleteItem", "UpdateItem"},
    },
    "sweep": {REQUEST: {"BatchGetItem", "GetItem"}, SHARE: {"UpdateItem"}},
    "survey": {FLAGS: {"BatchGetItem", "GetItem", "UpdateItem"}},
    "drift": {REQUEST: {"GetItem"}, SHARE: {"Query", "UpdateItem"}, FINDING: {"GetItem", "UpdateItem"}},
    "portal-shares-api": {
        REQUEST: {"GetItem"},
        SHARE: {"GetItem", "Query", "UpdateItem"},
        HOLD: {"GetItem", "UpdateItem"},
    },
    "portal-decide-signed-in": {
        REQUEST: {"BatchGetItem", "GetItem"},
        APPROVAL: {"GetItem"},
        DECISION: {"PutItem"},
        SHARE: {"Query"},
    },
    "portal-requests-api": {
        REQUEST: {"BatchGetItem", "GetItem", "UpdateItem"},
        CLAIM: {"UpdateItem"},
        SHARE: {"GetItem", "UpdateItem"},
    },
    "portal-findings-api": {
        **_REQUESTS,
        SHARE: {"GetItem", "PutItem", "UpdateItem"},
        HOLD: {"GetItem"},
        FINDING: {"GetItem", "UpdateItem"},
    },
    "portal-catalogue-api": {
        FLAGS: {"BatchGetItem"},
        PACE: {"UpdateItem"},
        SHARE: {"GetItem", "Query"},
        HOLD: {"GetItem"},
    },
    "portal-index-catalogue": {},
}
"""What each function may do to which items: flags are for those that read the catalogue, claims for those that take
requests in; Grant makes shares, and the findings API of what it adopts; Close and the portal's APIs end them, and Drift
where the stack says so; Classify, the preview, Close, Drift, the shares API and who decides signed in list them; what
drift found is for Drift and its API; holds are looked at where something is judged, granted or held; only the two that
people decide by write decisions, only Grant and Close read them; the task token is for RequestApproval, which writes
it, those two and Notify, which use it, and Close, which forgets it."""

WITH_KITS: Mapping[str, Mapping[str, set[str]]] = {
    **MAY,
    "grant": {**MAY["grant"], DELIVERY: {"UpdateItem"}},
    "portal-shares-api": {**MAY["portal-shares-api"], DELIVERY: {"BatchGetItem", "GetItem", "UpdateItem"}},
    "deliver": {SHARE: {"GetItem", "Query"}, DELIVERY: {"GetItem", "UpdateItem"}},
}
"""The same where consumers have kits: Grant and the shares API want deliveries, and Deliver sees to them."""

IN_LIVE: Mapping[str, set[str]] = {"drift": {FINDING}, "portal-findings-api": {FINDING}, "deliver": {DELIVERY}}
"""The kinds that functions query in the ledger's index of what lives, and not in the table."""
LISTS = {
    "notify": {("register", "by_due")},
    "revoke": {("ledger", "by_data"), ("ledger", "by_owner")},
    "sweep": {("register", "by_status"), ("register", "by_announcement"), ("ledger", "by_due")},
    "deliver": {("ledger", "by_due")},
    "portal-decide-signed-in": {("register", "by_status")},
    "portal-requests-api": {
        *(
            ("register", "by_requester"),
            ("register", "by_consumer"),
            ("register", "by_owner"),
            ("register", "by_status"),
        )
    },
    "portal-shares-api": {
        ("ledger", index) for index in ("by_data", "by_owner", "by_live", "by_consumer", "by_requester", "by_change")
    },
}
"""The functions that query whatever the key is, and the indexes that they do it on: nothing but an index is."""
COUNTS = {"sweep": {("ledger", "")}}
"""The functions that have a table described, which says how many items it has and none of them."""
SCANS = {"drift": {("ledger", "by_owner")}}
"""The functions that go through all of an index: every live share is looked at."""
