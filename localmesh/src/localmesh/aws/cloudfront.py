"""CloudFront: response headers policies, published functions; and nothing goes while something else needs it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from localmesh.aws import moto


def install() -> None:
    """Corrects moto."""
    models = moto.module("moto.cloudfront.models")
    response = moto.module("moto.cloudfront.responses").CloudFrontResponse
    _install_distributions(models)
    _install_access(models)
    _install_functions(models, response)
    _install_policies(response)
    paths = moto.module("moto.cloudfront.urls").url_paths
    root = "{0}/2020-05-31"
    for path in (
        "function/(?P<function_name>[^/]+)/publish$",
        "response-headers-policy$",
        "response-headers-policy/(?P<policy_id>[^/]+)$",
    ):
        paths[f"{root}/{path}"] = response.dispatch


def _install_distributions(models: Any) -> None:
    @moto.correct(models.Origin, "__init__")
    def _origin(original: Any, self: Any, origin: dict[str, Any]) -> None:
        original(self, origin)
        # moto drops it.
        self.origin_access_control_id = origin.get("OriginAccessControlId") or ""

    for name in ("DefaultCacheBehaviour", "CacheBehaviour"):

        @moto.correct(getattr(models, name), "__init__")
        def _behaviour(original: Any, self: Any, config: dict[str, Any]) -> None:
            original(self, config)
            associations: Mapping[str, Any] = config.get("FunctionAssociations") or {}
            items: list[Any] = associations.get("Items") or []
            self.function_associations = {"Quantity": len(items), "Items": items}
            # What a cache policy decides is no part of the behaviour.
            if config.get("CachePolicyId"):
                self.forwarded_values = None

    def check(backend: Any, config: Any) -> None:
        for behaviour in _behaviours(config):
            for association in behaviour.function_associations["Items"]:
                function = next((f for f in backend.functions.values() if f.arn == association["FunctionARN"]), None)
                if function is None or not getattr(function, "live", None):
                    raise _error("InvalidFunctionAssociation", f"no live function {association['FunctionARN']}")
            policy = behaviour.response_headers_policy_id
            if policy and policy not in _policies(backend):
                raise _error("NoSuchResponseHeadersPolicy", f"The response headers policy {policy} does not exist.")
        for origin in config.Origins["Items"]:
            access = origin.origin_access_control_id
            if access and access not in backend.origin_access_controls:
                raise _error("InvalidOriginAccessControl", f"The origin access control {access} does not exist.")

    @moto.correct(models.CloudFrontBackend, "create_distribution_with_tags")
    def _create(original: Any, self: Any, distribution_config: dict[str, Any], tags: Any) -> Any:
        made = original(self, distribution_config, tags)
        try:
            check(self, made[0].distribution_config)
        except Exception:
            del self.distributions[made[0].distribution_id]
            raise
        made[0].last_modified_time = datetime.now(UTC)
        return made

    @moto.correct(models.CloudFrontBackend, "update_distribution")
    def _update(original: Any, self: Any, dist_config: dict[str, Any], _id: str, if_match: str) -> Any:
        distribution = self.distributions.get(_id)
        before = distribution and distribution.distribution_config
        answer = original(self, dist_config, _id, if_match)
        try:
            check(self, distribution.distribution_config)
        except Exception:
            distribution.distribution_config = before
            raise
        distribution.last_modified_time = datetime.now(UTC)
        return answer

    @moto.correct(models.CloudFrontBackend, "delete_distribution")
    def _delete(original: Any, self: Any, distribution_id: str, if_match: str) -> None:
        distribution = self.distributions.get(distribution_id)
        if distribution is not None and str(distribution.distribution_config.Enabled).lower() == "true":
            raise _error("DistributionNotDisabled", "The distribution you are trying to delete has not been disabled.")
        original(self, distribution_id, if_match)


def _install_access(models: Any) -> None:
    @moto.correct(models.CloudFrontBackend, "create_origin_access_control")
    def _create(original: Any, self: Any, config_dict: dict[str, str]) -> Any:
        name = config_dict.get("Name")
        if any(each.name == name for each in self.origin_access_controls.values()):
            raise _error("OriginAccessControlAlreadyExists", f"an origin access control {name} exists already")
        made = original(self, config_dict)
        made.origin_access_control_origin_type = made.origin_type
        return made

    @moto.correct(models.CloudFrontBackend, "update_origin_access_control")
    def _update(original: Any, self: Any, control_id: str, config: dict[str, str]) -> Any:
        made = original(self, control_id, config)
        made.origin_access_control_origin_type = made.origin_type
        return made

    @moto.correct(models.CloudFrontBackend, "delete_origin_access_control")
    def _delete(original: Any, self: Any, control_id: str) -> None:
        self.get_origin_access_control(control_id)
        used = (origin.origin_access_control_id for config in _configs(self) for origin in config.Origins["Items"])
        _refuse_in_use(control_id in used, "OriginAccessControlInUse", control_id)
        original(self, control_id)


def _install_functions(models: Any, response: Any) -> None:
    @moto.correct(models.CloudFrontBackend, "delete_function")
    def _delete(original: Any, self: Any, name: str, if_match: str) -> None:
        arn = self.describe_function(name).arn
        used = (
            association["FunctionARN"]
            for config in _configs(self)
            for behaviour in _behaviours(config)
            for association in behaviour.function_associations["Items"]
        )
        _refuse_in_use(arn in used, "FunctionInUse", name)
        original(self, name, if_match)

    def at_stage(self: Any) -> tuple[Any, Mapping[str, Any], bytes]:
        function = self.backend.describe_function(name=self._get_param("Name"))
        live = getattr(function, "live", None)
        if self._get_param("Stage") != "LIVE":
            summary = {**function.function_summary, "Status": "UNASSOCIATED" if live else "UNPUBLISHED"}
            return function, summary, function.code
        if live is None:
            raise moto.module("moto.cloudfront.exceptions").NoSuchFunctionExists(function.name)
        return function, live[0], live[1]

    @moto.correct(response, "describe_function")
    def _describe(original: Any, self: Any) -> Any:
        del original
        function, summary, _ = at_stage(self)
        return _result({"FunctionSummary": summary, "ETag": function.etag})

    @moto.correct(response, "get_function")
    def _get(original: Any, self: Any) -> Any:
        del original
        function, _, code = at_stage(self)
        return _result({"FunctionCode": code, "ETag": function.etag, "ContentType": "application/octet-stream"})

    def update_function(self: Any) -> Any:
        function = self.backend.describe_function(name=self._get_param("Name"))
        _check_version(self, function.etag)
        function.config = self._get_param("FunctionConfig")
        function.code = self._get_param("FunctionCode")
        function.last_modified_time = datetime.now(UTC)
        function.etag = _new_id()
        return _result({"FunctionSummary": function.function_summary, "ETag": function.etag})

    def publish_function(self: Any) -> Any:
        function = self.backend.describe_function(name=self._get_param("Name"))
        _check_version(self, function.etag)
        summary = function.function_summary
        metadata = {**summary["FunctionMetadata"], "Stage": "LIVE", "LastModifiedTime": datetime.now(UTC)}
        function.live = ({**summary, "Status": "UNASSOCIATED", "FunctionMetadata": metadata}, function.code)
        return _result({"FunctionSummary": function.live[0]})

    moto.add(response, update_function)
    moto.add(response, publish_function)


def _install_policies(response: Any) -> None:
    def found(self: Any) -> dict[str, Any]:
        id_ = self._get_param("Id")
        if id_ not in _policies(self.backend):
            raise _error("NoSuchResponseHeadersPolicy", f"The response headers policy {id_} does not exist.")
        return _policies(self.backend)[id_]

    def answer(policy: Mapping[str, Any]) -> Any:
        shown = {name: policy[name] for name in ("Id", "LastModifiedTime", "ResponseHeadersPolicyConfig")}
        return _result({"ResponseHeadersPolicy": shown, "ETag": policy["ETag"]})

    def fill(self: Any, policy: dict[str, Any]) -> Any:
        config = self._get_param("ResponseHeadersPolicyConfig")
        for other in _policies(self.backend).values():
            if other is not policy and other["ResponseHeadersPolicyConfig"]["Name"] == config["Name"]:
                raise _error("ResponseHeadersPolicyAlreadyExists", f"a policy {config['Name']} exists already")
        policy.update(ResponseHeadersPolicyConfig=config, ETag=_new_id(), LastModifiedTime=datetime.now(UTC))
        return answer(policy)

    def create_response_headers_policy(self: Any) -> Any:
        policy: dict[str, Any] = {"Id": str(uuid4())}
        made = fill(self, policy)
        _policies(self.backend)[policy["Id"]] = policy
        return made

    def get_response_headers_policy(self: Any) -> Any:
        return answer(found(self))

    def update_response_headers_policy(self: Any) -> Any:
        _check_version(self, found(self)["ETag"])
        return fill(self, found(self))

    def delete_response_headers_policy(self: Any) -> Any:
        policy = found(self)
        _check_version(self, policy["ETag"])
        used = (b.response_headers_policy_id for config in _configs(self.backend) for b in _behaviours(config))
        _refuse_in_use(policy["Id"] in used, "ResponseHeadersPolicyInUse", policy["Id"])
        del _policies(self.backend)[policy["Id"]]
        return moto.module("moto.core.responses").EmptyResult()

    def list_response_headers_policies(self: Any) -> Any:
        kept = list(_policies(self.backend).values())
        items = [
            {
                "Type": "custom",
                "ResponseHeadersPolicy": {
                    name: policy[name] for name in ("Id", "LastModifiedTime", "ResponseHeadersPolicyConfig")
                },
            }
            for policy in kept
        ]
        return _result({"ResponseHeadersPolicyList": {"MaxItems": 100, "Quantity": len(items), "Items": items}})

    calls: tuple[Callable[[Any], Any], ...] = (
        create_response_headers_policy,
        get_response_headers_policy,
        update_response_headers_policy,
        delete_response_headers_policy,
        list_response_headers_policies,
    )
    for call in calls:
        moto.add(response, call)


def _configs(backend: Any) -> Iterator[Any]:
    for distribution in backend.distributions.values():
        yield distribution.distribution_config


def _behaviours(config: Any) -> Iterator[Any]:
    yield config.DefaultCacheBehavior
    yield from config.CacheBehaviors.get("Items") or ()


def _policies(backend: Any) -> dict[str, dict[str, Any]]:
    return backend.__dict__.setdefault("response_headers_policies", {})


def _check_version(response: Any, etag: str) -> None:
    if response._get_param("IfMatch") != etag:
        raise _error("PreconditionFailed", "The precondition in one or more of the request-header fields is false.")


def _refuse_in_use(used: bool, code: str, what: str) -> None:
    if used:
        raise _error(code, f"{what} is attached to a distribution; take it off there first")


def _new_id() -> str:
    return moto.module("moto.cloudfront.models").random_id()


def _result(value: Mapping[str, Any]) -> Any:
    return moto.module("moto.core.responses").ActionResult(value)


def _error(code: str, message: str) -> Exception:
    return moto.module("moto.cloudfront.exceptions").CloudFrontException(code, message)
