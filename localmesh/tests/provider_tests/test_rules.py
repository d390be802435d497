"""What holds for every type: names, tags, defaults, differences, archives, invokes, the account."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest

from localmesh.provider import AwsProvider, CheckFailedError, Endpoint, ProviderError
from localmesh.provider.archives import on_wire, same_code, zip_of
from localmesh.provider.values import UNKNOWN, same_in_any_order, same_json, same_policy
from provider_tests.cases import World, archive, policy, trust

ROLE = "aws:iam/role:Role"
GROUP = "aws:cloudwatch/logGroup:LogGroup"
TABLE = "aws:dynamodb/table:Table"
ROLE_ARN = "arn:aws:iam::123456789012:role/r"
FUNCTION = "aws:lambda/function:Function"


class TestNames:
    def test_logical_name_and_seven_digits_from_the_seed(self, provider: AwsProvider) -> None:
        names = {provider.check(GROUP, "logs", {}, seed=seed)["name"] for seed in (b"a", b"a", b"b")}
        assert len(names) == 2
        assert all(re.fullmatch(r"logs-[0-9a-f]{7}", name) for name in names)

    def test_fits_the_limit(self, provider: AwsProvider) -> None:
        name = provider.check(ROLE, "r" * 80, {"assumeRolePolicy": "{}"}, seed=b"a")["name"]
        assert len(name) == 64

    def test_random_without_a_seed(self, provider: AwsProvider) -> None:
        assert provider.check(GROUP, "logs", {})["name"] != provider.check(GROUP, "logs", {})["name"]

    def test_prefix(self, provider: AwsProvider) -> None:
        asked = {"namePrefix": "/aws/vendedlogs/states/shop-"}
        inputs = provider.check(GROUP, "logs", asked)
        assert "name" not in inputs
        assert provider.foresee(GROUP, inputs)["name"] == UNKNOWN
        id_, state = provider.create(GROUP, inputs)
        assert re.fullmatch(r"/aws/vendedlogs/states/shop-[0-9a-f]{26}", id_)
        known = provider.read(GROUP, id_, inputs, state)
        assert known is not None
        assert known.inputs == inputs
        assert provider.foresee(GROUP, {**inputs, "retentionInDays": 1}, state)["name"] == id_
        assert provider.update(GROUP, id_, inputs, {**inputs, "retentionInDays": 1}, state)["name"] == id_

    def test_both_are_refused(self, provider: AwsProvider) -> None:
        with pytest.raises(CheckFailedError, match="either name or namePrefix"):
            provider.check(GROUP, "logs", {"name": "a", "namePrefix": "b"})


class TestTags:
    def test_default_tags_are_merged(self, provider: AwsProvider) -> None:
        inputs = provider.check(GROUP, "logs", {"tags": {"team": "a"}})
        assert inputs["tags"] == {"application": "x", "team": "a"}
        assert provider.create(GROUP, inputs)[1]["tagsAll"] == inputs["tags"]

    def test_own_tags_win(self, provider: AwsProvider) -> None:
        assert provider.check(GROUP, "logs", {"tags": {"application": "y"}})["tags"] == {"application": "y"}

    def test_only_where_aws_takes_them(self, provider: AwsProvider) -> None:
        assert "tags" not in provider.check("aws:iam/rolePolicy:RolePolicy", "p", {"role": "r", "policy": "{}"})


class TestDiff:
    def test_places(self, provider: AwsProvider) -> None:
        old = provider.check(GROUP, "logs", {"tags": {"a": "1", "b": "1"}}, seed=b"a")
        new = provider.check(GROUP, "logs", {"tags": {"b": "2", "c": "1"}, "retentionInDays": 30}, olds=old)
        diff = provider.diff(GROUP, old, new)
        assert {(place.path, place.kind) for place in diff.details} == {
            ("tags.a", "delete"),
            ("tags.b", "update"),
            ("tags.c", "add"),
            ("retentionInDays", "update"),
        }
        assert not diff.replaces

    def test_documents_by_what_they_say(self, provider: AwsProvider) -> None:
        old = provider.check(ROLE, "r", {"assumeRolePolicy": trust("lambda.amazonaws.com")}, seed=b"a")
        new = {**old, "assumeRolePolicy": json.dumps(json.loads(trust("lambda.amazonaws.com")), indent=2)}
        assert provider.diff(ROLE, old, new).names == ()

    def test_a_definition_as_text(self, provider: AwsProvider) -> None:
        machine = {"definition": '{"StartAt": "A", "States": {}}', "roleArn": ROLE_ARN, "name": "machine"}
        old = provider.check("aws:sfn/stateMachine:StateMachine", "m", machine)
        new = {**old, "definition": '{"StartAt":"A","States":{}}'}
        assert provider.diff("aws:sfn/stateMachine:StateMachine", old, new).names == ("definition",)

    @pytest.mark.parametrize(
        ("wanted", "differs"), [(["DESCRIBE", "SELECT"], False), (["SELECT", "DESCRIBE"], True), (["SELECT"], True)]
    )
    def test_permissions_are_a_list_that_is_read_sorted(
        self, wanted: list[str], differs: bool, provider: AwsProvider
    ) -> None:
        token, world = "aws:lakeformation/permissions:Permissions", World(provider)
        asked = {"permissions": ["DESCRIBE", "SELECT"], "principal": world.role()["arn"]}
        inputs = provider.check(token, "p", {**asked, "table": {"databaseName": "shop", "name": "customer"}})
        _, state = provider.create(token, inputs)
        diff = provider.diff(token, inputs, {**inputs, "permissions": wanted}, state=state)
        assert diff.replaces == (("permissions",) if differs else ())

    def test_permissions_that_are_not_sorted_never_come_to_rest(self, provider: AwsProvider) -> None:
        token, world = "aws:lakeformation/permissions:Permissions", World(provider)
        asked = {"permissions": ["SELECT", "DESCRIBE"], "principal": world.role()["arn"]}
        inputs = provider.check(token, "p", {**asked, "table": {"databaseName": "shop", "name": "customer"}})
        _, state = provider.create(token, inputs)
        assert provider.diff(token, inputs, inputs, state=state).replaces == ("permissions",)

    def test_an_attachment_goes_before_the_next_one_comes(self, provider: AwsProvider) -> None:
        token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
        old = provider.check(token, "a", {"role": "r", "policyArn": "arn:aws:iam::aws:policy/One"})
        diff = provider.diff(token, old, {**old, "policyArn": "arn:aws:iam::aws:policy/Two"})
        assert (diff.replaces, diff.delete_before_replace) == (("policyArn",), True)

    def test_unknown_is_a_change(self, provider: AwsProvider) -> None:
        old = provider.check(ROLE, "r", {"assumeRolePolicy": "{}"}, seed=b"a")
        assert provider.diff(ROLE, old, {**old, "assumeRolePolicy": UNKNOWN}).names == ("assumeRolePolicy",)

    def test_given_name_must_be_free_first(self, provider: AwsProvider) -> None:
        token, attributes = "aws:dynamodb/table:Table", [{"name": "id", "type": "S"}]
        old = provider.check(token, "t", {"attributes": attributes, "hashKey": "id", "name": "orders"})
        diff = provider.diff(token, old, {**old, "hashKey": "other"})
        assert diff.replaces == ("hashKey",)
        assert diff.delete_before_replace

    def test_new_name_needs_no_waiting(self, provider: AwsProvider) -> None:
        old = provider.check(ROLE, "r", {"assumeRolePolicy": "{}", "name": "a"})
        assert not provider.diff(ROLE, old, {**old, "name": "b"}).delete_before_replace

    def test_default_is_no_change(self, provider: AwsProvider) -> None:
        old = provider.check(GROUP, "logs", {}, seed=b"a")
        assert provider.diff(GROUP, {k: v for k, v in old.items() if k != "retentionInDays"}, old).names == ()


class TestDrift:
    def test_policy_edited_by_hand(self, provider: AwsProvider) -> None:
        world, token = World(provider), "aws:iam/rolePolicy:RolePolicy"
        asked = {"role": world.role()["name"], "policy": policy("s3:GetObject")}
        inputs = provider.check(token, "p", asked)
        id_, state = provider.create(token, inputs)
        provider.aws.client("iam").put_role_policy(
            RoleName=asked["role"], PolicyName=inputs["name"], PolicyDocument=policy("s3:*")
        )
        known = provider.read(token, id_, inputs, state)
        assert known is not None
        assert same_policy(known.inputs["policy"], policy("s3:*"))
        assert provider.diff(token, known.inputs, inputs).names == ("policy",)
        mended = provider.update(token, id_, known.inputs, inputs, known.state)
        assert mended["policy"] == asked["policy"]

    def test_tag_added_by_hand(self, provider: AwsProvider) -> None:
        world = World(provider)
        inputs = provider.check(GROUP, "logs", {})
        id_, state = provider.create(GROUP, inputs)
        provider.aws.client("logs").tag_resource(resourceArn=state["arn"], tags={"by": "hand"})
        known = provider.read(GROUP, id_, inputs, state)
        assert known is not None
        assert known.inputs["tags"] == {"application": "x", "by": "hand"}
        assert provider.update(GROUP, id_, known.inputs, inputs, known.state)["tags"] == {"application": "x"}
        assert world

    def test_code_is_not_read_back(self, provider: AwsProvider) -> None:
        """The plug-in compares sources with what it sent: what somebody put there is no drift, nor is it mended."""
        world = World(provider)
        asked = {"code": archive(a="1"), "handler": "a.b", "role": world.role()["arn"], "runtime": "python3.13"}
        inputs = provider.check(FUNCTION, "f", asked)
        id_, state = provider.create(FUNCTION, inputs)
        provider.aws.client("lambda").update_function_code(FunctionName=id_, ZipFile=zip_of(archive(a="2")))
        known = provider.read(FUNCTION, id_, inputs, state)
        assert known is not None
        assert known.inputs == inputs
        assert known.state["codeSha256"] != state["codeSha256"]
        assert provider.diff(FUNCTION, known.inputs, inputs, state=known.state).names == ()


class TestArchives:
    def test_same_sources_same_bytes(self, tmp_path: Path) -> None:
        for folder in ("one", "two"):
            (tmp_path / folder / "pkg" / "__pycache__").mkdir(parents=True)
            (tmp_path / folder / "pkg" / "a.py").write_text("x = 1")
            (tmp_path / folder / "pkg" / "__pycache__" / "a.pyc").write_text(folder)
        one, two = (on_wire(pulumi.FileArchive(str(tmp_path / folder))) for folder in ("one", "two"))
        parts = {"pkg/a.py": pulumi.FileAsset(str(tmp_path / "one" / "pkg" / "a.py"))}
        listed = on_wire(pulumi.AssetArchive(dict(parts)))
        nested = on_wire(pulumi.AssetArchive({"pkg": pulumi.AssetArchive({"a.py": pulumi.StringAsset("x = 1")})}))
        assert zip_of(one) == zip_of(two) == zip_of(listed) == zip_of(nested)
        assert same_code(one, nested)
        assert not same_code(one, archive(a="x = 1"))

    def test_hashes_of_the_engine_decide(self) -> None:
        assert same_code({**archive(a="1"), "hash": "h"}, {**archive(a="2"), "hash": "h"})
        assert not same_code({**archive(a="1"), "hash": "h"}, {**archive(a="1"), "hash": "i"})

    def test_far_away_files_are_refused(self) -> None:
        with pytest.raises(ProviderError, match="RemoteArchive"):
            on_wire(pulumi.RemoteArchive("https://example.org/a.zip"))
        with pytest.raises(ProviderError, match="on this machine"):
            zip_of(on_wire(pulumi.FileArchive("/nowhere/at/all")))


ONE = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"}
TWO = {"Effect": "Deny", "Action": "s3:*", "Principal": {"AWS": "111111111111"}, "Resource": ["a"]}


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ([ONE, TWO], [TWO, {**ONE, "Action": ["s3:PutObject", "s3:GetObject"], "Resource": ["*"]}], True),
        ([TWO], [{**TWO, "Principal": {"AWS": ["arn:aws:iam::111111111111:root"]}, "Resource": "a"}], True),
        ([ONE], [{**ONE, "Action": ["s3:GetObject"]}], False),
        ([ONE, TWO], [ONE], False),
        ([TWO], [{**TWO, "Principal": {"AWS": "222222222222"}}], False),
    ],
)
def test_policies_by_what_they_allow(left: list[Any], right: list[Any], same: bool) -> None:
    one, two = (json.dumps({"Version": "2012-10-17", "Statement": each}) for each in (left, right))
    assert same_policy(one, two) is same


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [('{"a": 1, "b": [2]}', '{"b":[2],"a":1}', True), ('{"b": [2]}', '{"b": 2}', False), ("[1, 2]", "[2, 1]", False)],
)
def test_other_json_by_what_it_says(left: str, right: str, same: bool) -> None:
    assert same_json(left, right) is same


def test_in_any_order() -> None:
    assert same_in_any_order([{"a": [1, 2]}, {"b": None}], [{}, {"a": [2, 1]}]) is True
    assert same_in_any_order(["a"], ["a", "b"]) is False


class TestAccount:
    @pytest.mark.parametrize("allowed", [["123456789012"], '["123456789012"]'])
    def test_wrong_account_is_refused(self, endpoint: Endpoint, account: str, allowed: object) -> None:
        with pytest.raises(ProviderError, match=f"expected credentials of .*123456789012, got those of {account}"):
            AwsProvider.configured(endpoint, {"allowedAccountIds": allowed})

    def test_right_account(self, endpoint: Endpoint, account: str) -> None:
        provider = AwsProvider.configured(endpoint, {"allowedAccountIds": [account], "region": "eu-west-1"})
        assert (provider.aws.account_id, provider.aws.partition) == (account, "aws")

    def test_unknown_setting(self, endpoint: Endpoint) -> None:
        with pytest.raises(CheckFailedError, match="ignoreTags"):
            AwsProvider.configured(endpoint, {"ignoreTags": "{}"})


class TestInvokes:
    def test_all(self, provider: AwsProvider, account: str) -> None:
        assert provider.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})["accountId"] == account
        assert provider.invoke("aws:index/getPartition:getPartition", {})["partition"] == "aws"
        assert provider.invoke("aws:index/getRegion:getRegion", {})["region"] == "us-east-1"

    def test_unknown(self, provider: AwsProvider) -> None:
        with pytest.raises(ProviderError, match="getAvailabilityZones"):
            provider.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", {})


def test_unknown_type(provider: AwsProvider) -> None:
    with pytest.raises(ProviderError, match="aws:sqs/queue:Queue"):
        provider.check("aws:sqs/queue:Queue", "q", {})


def test_answer_of_aws_in_words(provider: AwsProvider) -> None:
    inputs = provider.check(ROLE, "r", {"assumeRolePolicy": trust("lambda.amazonaws.com"), "name": "taken"})
    provider.create(ROLE, inputs)
    with pytest.raises(ProviderError, match=r"CreateRole: EntityAlreadyExists: .*taken"):
        provider.create(ROLE, inputs)


def test_protected_table_stays(provider: AwsProvider) -> None:
    asked = {"attributes": [{"name": "pk", "type": "S"}], "billingMode": "PAY_PER_REQUEST", "hashKey": "pk"}
    inputs = provider.check(TABLE, "t", {**asked, "deletionProtectionEnabled": True})
    id_, state = provider.create(TABLE, inputs)
    with pytest.raises(ProviderError, match="DeletionProtectionEnabled"):
        provider.delete(TABLE, id_, state)
    assert provider.read(TABLE, id_, inputs, state)


def test_attached_policy_is_not_deleted(provider: AwsProvider) -> None:
    world = World(provider)
    arn, role = world.policy(), world.role()["name"]
    token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    world.make(token, {"role": role, "policyArn": arn})
    with pytest.raises(ProviderError, match=f"DeleteConflict: .*{role}"):
        provider.delete("aws:iam/policy:Policy", arn, {})


def test_retention_that_aws_does_not_take(provider: AwsProvider) -> None:
    with pytest.raises(ProviderError, match="got 42"):
        provider.create(GROUP, provider.check(GROUP, "logs", {"retentionInDays": 42}))


def test_accounts_are_apart(endpoint_in: Callable[[str], Endpoint]) -> None:
    for account in ("800000000001", "800000000002"):
        provider = AwsProvider.configured(endpoint_in(account), {"region": "us-east-1"})
        inputs = provider.check(ROLE, "r", {"assumeRolePolicy": trust("lambda.amazonaws.com"), "name": "Same"})
        assert provider.create(ROLE, inputs)[1]["arn"] == f"arn:aws:iam::{account}:role/Same"
