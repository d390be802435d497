"""Execution input: what is taken, what is refused and by which name."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.sharing.model.checks import LONGEST_NAME
from handlers.sharing.model.errors import (
    ConsumerNotAllowed,
    InvalidInput,
    InvalidTarget,
    Refused,
    RolesWithoutKit,
    TargetIsCentral,
    UnknownField,
)
from handlers.sharing.model.request import (
    ShareRequest,
    Source,
    check_consumer,
    check_roles,
    is_account_id,
    parse_purpose,
    parse_renews,
    parse_request,
)
from tests.fakes.world import CENTRAL, CONSUMER, OWNER, World, input_of

SURROGATES = st.text(st.characters(), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | SURROGATES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SURROGATES, inner, max_size=3),
    max_leaves=8,
)
NEARLY = st.fixed_dictionaries(
    {},
    optional={
        "source": JSON | st.fixed_dictionaries({}, optional={"database": JSON, "table": JSON | st.just("*")}),
        "target": JSON
        | st.fixed_dictionaries({}, optional={"account_id": JSON | st.from_regex(r"[0-9 ]{11,13}"), "roles": JSON}),
    },
)


@given(JSON | NEARLY)
def test_any_document_is_a_request_or_refused(document: object) -> None:
    try:
        request = parse_request(document)
    except (InvalidInput, InvalidTarget, UnknownField) as refused:
        text, field = str(refused), refused.field
        request = None
    else:
        text, field = "", ""
    if request is None:
        assert text.isprintable()
        assert len(text) < 900
        assert text.startswith(field or "the input")
        assert " must " in text
        return
    assert is_account_id(request.consumer)
    for name in (request.source.database, request.source.table):
        assert name
        assert name == name.lower()
        name.encode()


REFUSED: list[tuple[object, type[Refused], str]] = [
    (None, InvalidInput, "the input must be an object, got nothing"),
    ([], InvalidInput, "the input must be an object, got a list"),
    ("{}", InvalidInput, "got a string"),
    (7, InvalidInput, "got a number"),
    (True, InvalidInput, "got true or false"),
    ({}, InvalidInput, "source must be an object, got nothing"),
    ({"source": {}}, InvalidInput, "target must be an object, got nothing"),
    ({"source": [], "target": {}}, InvalidInput, "source must be an object, got a list"),
    ({"source": {}, "target": {}}, InvalidInput, "source.database must be a string, got nothing"),
    (input_of(database=3), InvalidInput, "source.database must be a string, got a number"),
    (input_of(table=None), InvalidInput, "source.table must be a string, got nothing"),
    (input_of(table=["*"]), InvalidInput, "source.table must be a string, got a list"),
    (input_of(database=""), InvalidInput, "1 to 255 characters, got 0"),
    (input_of(table="x" * 256), InvalidInput, "1 to 255 characters, got 256"),
    (input_of(database="*"), InvalidInput, "one database, got '*'"),
    (input_of(table=" * "), InvalidInput, "spaces around"),
    (input_of(database="a\nb"), InvalidInput, r"got 'a\nb'"),
    (input_of(database="a\x7f"), InvalidInput, "control characters"),
    (input_of(database="\xa0a"), InvalidInput, "spaces around"),
    (input_of(table="\ud800"), InvalidInput, "valid Unicode"),
    (input_of(consumer=999999999999), InvalidInput, "a string of 12 digits, got a number"),
    (input_of(consumer=None), InvalidInput, "got nothing"),
    (input_of(consumer="99999999999"), InvalidTarget, "got '99999999999'"),
    (input_of(consumer="9999999999999"), InvalidTarget, "12 digits"),
    (input_of(consumer=" 999999999999"), InvalidTarget, "nothing around them"),
    (input_of(consumer="999999999999\n"), InvalidTarget, r"got '999999999999\n'"),
    (input_of(consumer="\u0669" * 12), InvalidTarget, "12 digits"),
    (input_of(consumer="\uff19" * 12), InvalidTarget, "12 digits"),
    (input_of(consumer="arn:aws:iam::999999999999:root"), InvalidTarget, "12 digits"),
    (input_of(consumer="9" * 5000), InvalidTarget, "…"),
]


@pytest.mark.parametrize(("document", "error", "says"), REFUSED)
def test_refusals(document: object, error: type[Refused], says: str) -> None:
    with pytest.raises(error) as raised:
        parse_request(document)
    assert says in str(raised.value)
    assert raised.value.reason == error.__name__


def test_names_are_lowered_and_claims_ignored() -> None:
    claims = {"requester": "me", "reason": 7, "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": "arn"}
    document = {**input_of("Sales", "Orders"), **claims, "purpose": " A forecast. "}
    assert parse_request(document) == ShareRequest(Source("sales", "orders"), CONSUMER)
    assert parse_purpose(document) == "A forecast."


@pytest.mark.parametrize("given", ["r1:1", "a request:12", "40" * 20 + ":3", None])
def test_a_request_may_renew_a_share(given: str | None) -> None:
    assert parse_renews({**input_of(), "renews": given}) == given


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (7, "must be the id of a share, got a number."),
        (["r1:1"], "must be the id of a share, got a list."),
        *(
            (text, "must be the id of a share, which is its request's id, ':' and a number, got ")
            for text in (
                "",
                "r1",
                "r1:",
                ":1",
                "r1:one",
                "r1:\u0661",
                "r1:12345",
                "hold#r1:1",
                "x" * 81 + ":1",
                "a\n:1",
            )
        ),
    ],
)
def test_what_is_no_share_cannot_be_renewed(given: object, said: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        parse_renews({**input_of(), "renews": given})
    assert raised.value.field == "renews"
    assert str(raised.value).startswith(f"renews {said}")


def with_fields(part: str | None = None, /, **fields: object) -> dict[str, Any]:
    """A good input with further fields: in its source, in its target, or at the top."""
    document = input_of()
    return {**document, **({part: {**document[part], **fields}} if part else fields)}


UNKNOWN: list[tuple[dict[str, Any], str, str]] = [
    *(
        (with_fields("source", **{name: value}), f"source.{name}", f"source.{name} must not be given")
        for name, value in {
            "catalog_id": CENTRAL,
            "columns": ["id"],
            "row_filter": "id = 1",
            "scope": "safe",
            "filter": "eu",
            "region": "us-east-1",
            "Database": "sales",
            "reason": "x",
            "purpose": "x",
        }.items()
    ),
    *(
        (with_fields("target", **{name: value}), f"target.{name}", f"target.{name} must not be given")
        for name, value in {
            "role_arn": "arn:aws:iam::999999999999:role/x",
            "role": "x",
            "permissions": ["SELECT"],
            "requester": "x",
        }.items()
    ),
    *(
        (with_fields(**{name: value}), name, f"{name} must not be given")
        for name, value in {
            "permissions": ["DESCRIBE"],
            "Until": "2027-01-01",
            "end": 7,
            "renew": "r1:1",
            "Renews": "r1:1",
            "Purpose": "x",
            "client_token": "token-0001",
            "source.database": "other",
            "source.table": "other",
            "target.account_id": "888888888888",
        }.items()
    ),
    ({"source": {"x": 1, "y": 2}, "target": 7, "z": None}, "z", "z, source.x, source.y must not be given"),
    (with_fields(**{f"f{at}": at for at in range(5)}), "f0", "f0, f1, f2, f3, f4 must not be given"),
    (with_fields(**{f"f{at}": at for at in range(9)}), "f0", "f0, f1, f2, f3, f4 and 4 more must not be given"),
    (with_fields("source", **{"\ud800": 1}), "'source.\\ud800'", "'source.\\ud800' must not be given"),
    (with_fields(**{"x" * 100_000: 1}), f"'{'x' * 80}…'", "…' must not be given"),
]
"""Fields that no request has, at every level: what they were meant to narrow must not be shared whole."""


@pytest.mark.parametrize(("document", "field", "said"), UNKNOWN)
def test_unknown_fields_are_refused_by_name(document: dict[str, Any], field: str, said: str) -> None:
    with pytest.raises(UnknownField) as raised:
        parse_request(document)
    assert (raised.value.reason, raised.value.field) == ("UnknownField", field)
    assert said in str(raised.value)
    assert str(raised.value).endswith(
        "a request has source.database, source.table, target.account_id, target.roles, scope, columns, filter, "
        "purpose, until, days, renews and no other field."
    )


@pytest.mark.parametrize(
    ("purpose", "said"),
    [
        (7, "purpose must be a string, got a number."),
        ("x" * 1001, "purpose must have at most 1000 characters, got 1001."),
        ("a\x00b", "purpose must be text without control characters."),
    ],
)
def test_a_purpose_that_is_none_is_refused(world: World, purpose: object, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        world.classify(document=with_fields(purpose=purpose))
    assert world.register.records["r1"].purpose is None


def test_a_purpose_of_an_execution_is_written_down(world: World) -> None:
    world.classify(document=with_fields(purpose="A forecast."))
    assert world.register.records["r1"].purpose == "A forecast."


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=LONGEST_NAME))
def test_every_name_that_glue_may_hold_is_taken(name: str) -> None:
    assert parse_request(input_of(table=name)).source.table == name.lower()


@pytest.mark.parametrize("name", ["two words", "!", "~", "\x80", "n" * LONGEST_NAME])
def test_names_that_only_look_odd_are_taken(name: str) -> None:
    assert parse_request(input_of(table=name)).source.table == name


def test_the_whole_database() -> None:
    assert parse_request(input_of(table="*")).source.is_database
    assert not parse_request(input_of()).source.is_database
    assert str(parse_request(input_of(table="*")).source) == "sales.*"


def test_consumers() -> None:
    check_consumer(CONSUMER, CENTRAL, None)
    check_consumer(CONSUMER, CENTRAL, frozenset({CONSUMER}))
    with pytest.raises(TargetIsCentral):
        check_consumer(CENTRAL, CENTRAL, None)
    with pytest.raises(TargetIsCentral):
        check_consumer(CENTRAL, CENTRAL, frozenset({CENTRAL}))
    for allowed in (frozenset[str](), frozenset({"888888888888"})):
        with pytest.raises(ConsumerNotAllowed, match=CONSUMER):
            check_consumer(CONSUMER, CENTRAL, allowed)


def role(name: str = "analyst", account: str = CONSUMER, partition: str = "aws") -> str:
    """A role's ARN."""
    return f"arn:{partition}:iam::{account}:role/{name}"


@pytest.mark.parametrize(
    ("given", "roles"),
    [
        ({}, ()),
        ({"roles": None}, ()),
        ({"roles": []}, ()),
        ({"roles": [role("b"), role("A"), role("b")]}, (role("A"), role("b"))),
        ({"roles": [role("team/data/reader+x=1,@.-_")]}, (role("team/data/reader+x=1,@.-_"),)),
        ({"roles": [role(partition="aws-us-gov")]}, (role(partition="aws-us-gov"),)),
        ({"roles": [role(f"r{at}") for at in range(10)]}, tuple(role(f"r{at}") for at in range(10))),
    ],
)
def test_roles_of_the_target(given: dict[str, Any], roles: tuple[str, ...]) -> None:
    request = parse_request(with_fields("target", **given))
    assert request.roles == roles
    assert parse_request({**input_of(), "target": request.target}) == request
    assert ("roles" in request.target) == bool(roles)


_NO_ARN = "must be the ARN of a role (arn:aws:iam::…:role/…), got"


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        (role(), "target.roles", "must be a list of ARNs of roles, got a string."),
        ({}, "target.roles", "must be a list of ARNs of roles, got an object."),
        ([role(f"r{at}") for at in range(11)], "target.roles", "must have at most 10 roles, got 11."),
        ([role(), 7], "target.roles[1]", f"{_NO_ARN} a number."),
        (["analyst"], "target.roles[0]", f"{_NO_ARN} 'analyst'."),
        ([""], "target.roles[0]", f"{_NO_ARN} ''."),
        ([role("*")], "target.roles[0]", f"{_NO_ARN} '{role('*')}'."),
        ([role("a") + "\n"], "target.roles[0]", _NO_ARN),
        ([f"arn:aws:iam::{CONSUMER}:user/anna"], "target.roles[0]", _NO_ARN),
        ([f"arn:aws:sts::{CONSUMER}:assumed-role/a/b"], "target.roles[0]", _NO_ARN),
        ([f"arn:aws:iam::{CONSUMER}:root"], "target.roles[0]", _NO_ARN),
        ([role(account="\u0661" * 12)], "target.roles[0]", _NO_ARN),
        (
            [role(account=CENTRAL)],
            "target.roles[0]",
            f"must be a role of the target, account {CONSUMER}, got '{role(account=CENTRAL)}'.",
        ),
    ],
)
def test_what_is_no_role_of_the_target_is_refused(given: object, field: str, said: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        parse_request(with_fields("target", roles=given))
    assert raised.value.field == field
    assert str(raised.value).startswith(f"{field} {said}")


def test_roles_want_a_kit() -> None:
    request = parse_request(with_fields("target", roles=[role()]))
    check_roles(request, {CONSUMER})
    check_roles(parse_request(input_of()), ())
    for kits in ((), {OWNER}):
        with pytest.raises(RolesWithoutKit, match=f"Account {CONSUMER} has no kit"):
            check_roles(request, kits)
