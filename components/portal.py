"""The portal: the web page on which people find data, ask for it and follow their requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.built_page import BuiltFile
from components.event_rules import rate, rule_that_calls
from components.function_routes import FunctionRoutes
from components.functions import Functions
from components.http_api import HttpApi
from components.identity_pool import IdentityPool, IdentityPoolArgs
from components.page_files import PageFiles, PageFilesArgs
from components.policies import Place
from components.portal_functions import PortalFunctions
from components.python_function import PythonFunction
from components.requests_api import RequestsApi, RequestsApiArgs
from components.search_index import MINUTES, SearchIndex
from components.security_headers import content_security_policy
from components.sign_in import SignIn, SignInArgs, sign_in_url
from components.site import API, Site, SiteArgs
from components.state_machine import StateMachine
from settings.portal import PortalSettings


@dataclass(frozen=True, kw_only=True)
class PortalArgs:
    """What the portal is told.

    Attributes:
        portal: its settings.
        page: the files of the built page.
        place: where the stack is.
        dns_suffix: what the addresses of AWS's services end with.
        deletion_protection: whether the users are protected from deletion.
        api: the stack's HTTP API.
        functions: the stack's functions, which the portal's are made like.
        notify: asks the producers who their approvers are.
        machine: what a request starts.
        revoking_arn: the state machine that takes back what is given back.
    """

    portal: PortalSettings
    page: Sequence[BuiltFile]
    place: Place
    dns_suffix: pulumi.Output[str]
    deletion_protection: bool
    api: HttpApi
    functions: Functions
    notify: PythonFunction
    machine: StateMachine
    revoking_arn: pulumi.Output[str]


class Portal(pulumi.ComponentResource):
    """Makes the sign-in, the API and the site, and tells the page about them; for other pages, an identity pool.

    Page and API have one origin, the distribution's: no CORS, and nothing that would have to know what is made later.
    """

    function_names: Mapping[str, pulumi.Output[str]]
    """Names of its functions, by a short name."""

    rule_names: Mapping[str, pulumi.Output[str]]
    """Names of the rules that call some of them, by the same."""

    reader_role_arns: Mapping[str, pulumi.Output[str]]
    """ARNs of those of its roles that read the catalogue, by a short name."""

    routes: Sequence[FunctionRoutes]
    """The routes of its API."""

    url: pulumi.Output[str]
    """Where people find it."""

    stack_outputs: dict[str, pulumi.Output[Any]]
    """What the stack exports of it."""

    def __init__(self, name: str, args: PortalArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:Portal", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        pages_url = sign_in_url(args.portal.domain_prefix, args.place.region)
        site = Site(
            f"{name}-site",
            SiteArgs(
                page=args.page,
                api_url=args.api.url,
                content_security_policy=content_security_policy([pages_url]),
                address=args.portal.address,
                web_acl_arn=args.portal.web_acl_arn,
            ),
            own,
        )
        sign_in = SignIn(
            f"{name}-sign-in",
            SignInArgs(
                portal=args.portal,
                region=args.place.region,
                portal_url=site.url,
                deletion_protection=args.deletion_protection,
                approvers_groups=[
                    each.approvers_group for each in args.functions.settings.producers if each.approvers_group
                ],
            ),
            own,
        )
        functions = PortalFunctions.under(self, name, args.functions, sign_in, args.notify)
        index = SearchIndex(f"{name}-search", own)
        indexing = functions.index_catalogue(index)
        requests = RequestsApi(
            f"{name}-requests",
            RequestsApiArgs(
                api=args.api,
                functions=functions,
                index=index,
                state_machine_arn=args.machine.arn,
                state_machine_name=args.machine.machine_name,
                revoking_arn=args.revoking_arn,
            ),
            own,
        )
        identity = self._identity_pool(name, args, sign_in) if args.portal.identity_pool else None
        PageFiles(
            f"{name}-files",
            PageFilesArgs(
                site=site,
                page=args.page,
                config={
                    "region": args.place.region,
                    "userPoolId": sign_in.pool_id,
                    "clientId": sign_in.client_id,
                    "issuer": sign_in.issuer,
                    "signIn": {
                        "authorizationEndpoint": f"{pages_url}/oauth2/authorize",
                        "tokenEndpoint": f"{pages_url}/oauth2/token",
                        "revocationEndpoint": f"{pages_url}/oauth2/revoke",
                        "logoutUrl": f"{pages_url}/logout",
                    },
                    "centralAccount": args.place.account_id,
                    "apiBase": f"/{API}",
                    "auditorsGroup": args.portal.auditors_group,
                    "drift": requests.findings is not None,
                    **(_for_other_pages(args, identity) if identity else {}),
                },
            ),
            own,
        )
        self.function_names = {
            "requests-api": requests.requests.function_name,
            "shares-api": requests.shares.function_name,
            "catalogue-api": requests.catalogue.function_name,
            "decide-signed-in": requests.decide.function_name,
            "index-catalogue": indexing.function_name,
            **({"findings-api": requests.findings.function_name} if requests.findings else {}),
        }
        self.rule_names = {
            "index-catalogue": rule_that_calls(
                f"{name}-search-clock", "has the catalogue indexed", indexing, self, schedule_expression=rate(MINUTES)
            )
        }
        self.url = site.url
        self.routes = requests.routes
        self.reader_role_arns = {"catalogue-api": requests.catalogue.role_arn, "index-catalogue": indexing.role_arn}
        if identity is not None:
            self.reader_role_arns = {**self.reader_role_arns, "identity-pool": identity.role_arn}
        self.stack_outputs = {
            "PortalUrl": site.url,
            "PortalUserPoolId": sign_in.pool_id,
            "PortalClientId": sign_in.client_id,
        }
        if args.portal.address is not None:
            self.stack_outputs["PortalDistributionDomain"] = site.domain
        self.register_outputs(self.stack_outputs)

    def _identity_pool(self, name: str, args: PortalArgs, sign_in: SignIn) -> IdentityPool:
        return IdentityPool(
            f"{name}-identity",
            IdentityPoolArgs(
                place=args.place,
                sign_in=sign_in,
                state_machine_arn=args.machine.arn,
                state_machine_name=args.machine.machine_name,
                direct_start=args.portal.direct_start,
                catalog_kms_key_arn=args.functions.settings.catalog_kms_key_arn,
            ),
            pulumi.ResourceOptions(parent=self),
        )


def _for_other_pages(args: PortalArgs, identity: IdentityPool) -> Mapping[str, Any]:
    """What pages of one's own need for AWS; Lakeshare's own page has no use for it."""
    return {
        "identityPoolId": identity.pool_id,
        "stateMachineArn": args.machine.arn,
        "endpoints": {
            short: pulumi.Output.concat(f"https://{service}.{args.place.region}.", args.dns_suffix)
            for short, service in (("glue", "glue"), ("states", "states"), ("cognitoIdentity", "cognito-identity"))
        },
        "directStart": args.portal.direct_start,
    }
