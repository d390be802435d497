"""IAM: AWS's own managed policies exist.

moto has them all or none: all cost 0.6 s and 40 MB. Here each is made when it is first named, from moto's copy of
AWS's text.
"""

import json
import re
from typing import Any

from localmesh.aws import moto

_AWS_POLICY = re.compile(r"^arn:[\w-]+:iam::aws:policy/(?:.*/)?([^/]+)$")


def install() -> None:
    """Corrects moto."""
    models = moto.module("moto.iam.models")
    texts: str = models.aws_managed_policies_data

    def provide(backend: Any, arn: object) -> None:
        match = _AWS_POLICY.match(str(arn))
        if match is None or arn in backend.managed_policies:
            return
        key = f'"{match[1]}":{{'
        at = texts.find(key)
        if at < 0:
            return
        data, _ = json.JSONDecoder().raw_decode(texts, at + len(key) - 1)
        policy = models.AWSManagedPolicy.from_data(match[1], backend.account_id, backend.region_name, data)
        if policy.arn == arn:
            backend.managed_policies[arn] = policy

    for name in ("attach_role_policy", "get_policy"):

        @moto.correct(models.IAMBackend, name)
        def _named(original: Any, self: Any, policy_arn: str, *args: Any, **kwargs: Any) -> Any:
            provide(self, policy_arn)
            return original(self, policy_arn, *args, **kwargs)

    @moto.correct(models.IAMBackend, "get_policy_version")
    def _version(original: Any, self: Any, policy_arn: str, version_id: str) -> Any:
        provide(self, policy_arn)
        return original(self, policy_arn, version_id)

    @moto.correct(models.IAMBackend, "delete_policy")
    def _delete_policy(original: Any, self: Any, policy_arn: str) -> Any:
        # AWS refuses to delete a policy that is attached; moto does not, and then the role cannot be deleted any more.
        policy = self.managed_policies.get(policy_arn)
        if policy is not None and policy.attachment_count > 0:
            raise models.DeleteConflictException("Cannot delete a policy attached to entities.")
        return original(self, policy_arn)
