"""Cognito: user pools, and the addresses of their sign-in pages."""

from __future__ import annotations

from typing import Any, ClassVar

from localmesh.provider.connection import Aws
from localmesh.provider.resource import AutoName, Change, Input, Output, ResourceType, fields, undone_on_failure
from localmesh.provider.values import Props, camel, given, or_none, part, pascal, same_in_any_order, tag_changes

GONE = "ResourceNotFoundException"
_POLICY = (
    *("minimumLength", "requireLowercase", "requireNumbers", "requireSymbols", "requireUppercase"),
    *("passwordHistorySize", "temporaryPasswordValidityDays"),
)
_NESTED = {
    "accountRecoverySetting": "AccountRecoverySetting",
    "adminCreateUserConfig": "AdminCreateUserConfig",
    "autoVerifiedAttributes": "AutoVerifiedAttributes",
    "deletionProtection": "DeletionProtection",
    "userAttributeUpdateSettings": "UserAttributeUpdateSettings",
    "userPoolTier": "UserPoolTier",
}
_SPELT = {
    "attributesRequireVerificationBeforeUpdates": "AttributesRequireVerificationBeforeUpdate",
    "smsMessage": "SMSMessage",
}
_MFA = ("mfaConfiguration", "softwareTokenMfaConfiguration")


class UserPool(ResourceType):
    """A user pool. Its id is what AWS gives it."""

    type_name = "aws:cognito/userPool:UserPool"
    tagged = True
    inputs: ClassVar = {
        "accountRecoverySetting": Input(
            same=same_in_any_order, computed=True, fields=fields(recoveryMechanisms=fields("name", "priority"))
        ),
        "adminCreateUserConfig": Input(
            computed=True,
            fields=fields(
                "allowAdminCreateUserOnly",
                inviteMessageTemplate=fields("emailMessage", "emailSubject", "smsMessage"),
            ),
        ),
        "autoVerifiedAttributes": Input(same=same_in_any_order),
        "deletionProtection": Input(default="INACTIVE"),
        "mfaConfiguration": Input(default="OFF"),
        "name": Input(auto=AutoName(128)),
        "passwordPolicy": Input(computed=True, fields=fields(*_POLICY)),
        "softwareTokenMfaConfiguration": Input(fields=fields("enabled")),
        "userAttributeUpdateSettings": Input(fields=fields("attributesRequireVerificationBeforeUpdates")),
        "userPoolTier": Input(computed=True),
        "usernameConfiguration": Input(replaces=True, fields=fields("caseSensitive")),
    }
    outputs: ClassVar = {"arn": Output(), "creationDate": Output(), "endpoint": Output()}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the pool, and set its second factor, which AWS takes by itself."""
        client = aws.client("cognito-idp")
        answer = client.create_user_pool(
            PoolName=inputs["name"],
            UserPoolTags=inputs.get("tags") or {},
            **_request(inputs),
            **({"UsernameConfiguration": _naming(inputs)} if inputs.get("usernameConfiguration") else {}),
        )
        id_ = answer["UserPool"]["Id"]
        with undone_on_failure(self, aws, id_):
            self._set_mfa(client, id_, inputs)
        return id_

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the pool as it is."""
        client = aws.client("cognito-idp")
        answer = or_none(lambda: client.describe_user_pool(UserPoolId=id_), GONE)
        if answer is None:
            return None
        found: dict[str, Any] = answer["UserPool"]
        mfa: dict[str, Any] = client.get_user_pool_mfa_config(UserPoolId=id_)
        creation: Props = camel(found.get("AdminCreateUserConfig"), _SPELT) or {}
        creation.pop("unusedAccountValidityDays", None)  # an older name of the password policy's
        case: Props = part(found, "UsernameConfiguration")
        return {
            **{name: camel(found.get(key), _SPELT) for name, key in _NESTED.items()},
            "adminCreateUserConfig": creation,
            "arn": found["Arn"],
            "creationDate": f"{found['CreationDate']:%Y-%m-%dT%H:%M:%SZ}",
            "deletionProtection": found.get("DeletionProtection") or "INACTIVE",
            "endpoint": f"cognito-idp.{aws.region}.amazonaws.com/{id_}",
            "mfaConfiguration": mfa.get("MfaConfiguration") or "OFF",
            "name": found["Name"],
            "passwordPolicy": camel(part(found, "Policies").get("PasswordPolicy")),
            "softwareTokenMfaConfiguration": camel(mfa.get("SoftwareTokenMfaConfiguration")),
            "tags": found.get("UserPoolTags") or {},
            "usernameConfiguration": {"caseSensitive": case["CaseSensitive"]} if "CaseSensitive" in case else None,
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change in place: all of the settings at once, as AWS takes what is not named back to its default."""
        client, new = aws.client("cognito-idp"), change.new
        if change.names - {"tags", *_MFA}:
            client.update_user_pool(
                UserPoolId=id_, PoolName=new["name"], UserPoolTags=change.old.get("tags") or {}, **_request(new)
            )
        if change.touches(*_MFA):
            self._set_mfa(client, id_, new)
        if change.touches("tags"):
            wanted, unwanted = tag_changes(change.old, new)
            if unwanted:
                client.untag_resource(ResourceArn=change.old["arn"], TagKeys=unwanted)
            if wanted:
                client.tag_resource(ResourceArn=change.old["arn"], Tags=wanted)

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the pool with its users; AWS refuses while it is protected."""
        client = aws.client("cognito-idp")
        or_none(lambda: client.delete_user_pool(UserPoolId=id_), GONE)

    def _set_mfa(self, client: Any, id_: str, inputs: Props) -> None:
        token: Props = part(inputs, "softwareTokenMfaConfiguration")
        client.set_user_pool_mfa_config(
            UserPoolId=id_,
            MfaConfiguration=inputs.get("mfaConfiguration") or "OFF",
            **({"SoftwareTokenMfaConfiguration": pascal(token)} if token else {}),
        )


class UserPoolDomain(ResourceType):
    """Where a pool's sign-in pages are. Its id is the domain, or the prefix of Cognito's."""

    type_name = "aws:cognito/userPoolDomain:UserPoolDomain"
    inputs: ClassVar = {
        "domain": Input(required=True, replaces=True),
        "managedLoginVersion": Input(computed=True),
        "userPoolId": Input(required=True, replaces=True),
    }
    outputs: ClassVar = {"awsAccountId": Output(), "cloudfrontDistribution": Output(), "version": Output()}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Give the pool its pages."""
        aws.client("cognito-idp").create_user_pool_domain(
            Domain=inputs["domain"],
            UserPoolId=inputs["userPoolId"],
            **given(inputs, managedLoginVersion="ManagedLoginVersion"),
        )
        return inputs["domain"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the domain as it is. AWS answers about one that is not there with nothing."""
        found: Props = part(aws.client("cognito-idp").describe_user_pool_domain(Domain=id_), "DomainDescription")
        if not found.get("UserPoolId"):
            return None
        return {
            "awsAccountId": found["AWSAccountId"],
            "cloudfrontDistribution": found["CloudFrontDistribution"],
            "domain": found["Domain"],
            "managedLoginVersion": found.get("ManagedLoginVersion"),
            "userPoolId": found["UserPoolId"],
            "version": found["Version"],
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change which pages it shows."""
        new = change.new
        aws.client("cognito-idp").update_user_pool_domain(
            Domain=id_, UserPoolId=new["userPoolId"], **given(new, managedLoginVersion="ManagedLoginVersion")
        )

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Take the pages away."""
        client = aws.client("cognito-idp")
        found = self.read(aws, id_, state)
        if found:
            client.delete_user_pool_domain(Domain=id_, UserPoolId=found["userPoolId"])


TYPES = (UserPool(), UserPoolDomain())


def _request(inputs: Props) -> Props:
    made: Props = {aws: pascal(inputs[name], _SPELT) for name, aws in _NESTED.items() if inputs.get(name) is not None}
    if inputs.get("passwordPolicy"):
        made["Policies"] = {"PasswordPolicy": pascal(inputs["passwordPolicy"])}
    return made


def _naming(inputs: Props) -> Props:
    return {"CaseSensitive": bool(inputs["usernameConfiguration"].get("caseSensitive"))}
