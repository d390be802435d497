"""What Lakeshare tells the mesh of itself: ``pyproject.toml`` names this set-up."""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demo import edge, hints, kits, old_kit, stacks
from demo.people import CENTRAL, NAMES, PRODUCERS
from localmesh.setup import Clients, SetUp, StackPlan, WarmUp
from localmesh.web import Response

if TYPE_CHECKING:
    from localmesh.commands import Commands

_CATALOG = Path(__file__).with_name("catalog")
_LONGEST_APPROVAL = 364 * 24 * 3600
_WARM_UP = WarmUp(
    modules=("components.central_workflow", "components.producer_approval_kit"),
    resources=("apigatewayv2", "cloudwatch", "dynamodb", "iam", "lakeformation", "lambda_", "sfn", "sns"),
    services=(
        *("apigatewayv2", "cloudwatch", "dynamodb", "events", "iam", "lakeformation"),
        *("lambda", "logs", "sns", "stepfunctions", "sts"),
    ),
)
_WARM_UP_PORTAL = WarmUp(
    modules=("components.portal",),
    resources=("cloudfront", "cognito", "s3"),
    services=("cloudfront", "cognito-identity", "cognito-idp", "s3"),
)


class Lakeshare(SetUp):
    """A central account, three producers with Lakeshare's kit and one with the old, a consumer with a kit, the portal.

    The last if it is built.
    """

    title = "Lakeshare"
    catalog = _CATALOG
    accounts = NAMES
    mail_text = (
        "When somebody asks for a table with personal data, its owner's approvers get a mail. "
        "It will be here, with links to approve or deny."
    )
    site_config = "/config.json"
    default_provider = False
    pausing = ("handlers.sharing.grant",)
    # People search, and see which databases ask, from the start: nobody waits for the night here.
    invites = True

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Adds ``--approval-timeout`` and ``--config``."""
        parser.add_argument(
            "--approval-timeout", type=_seconds, metavar="SECONDS", help="how long an approver has (default: 7 days)"
        )
        parser.add_argument(
            "--config",
            type=_setting,
            action="append",
            default=[],
            metavar="KEY=JSON",
            help="a config key of the central stack, over the demo's; may be given more than once",
        )

    def warm_up(self, given: argparse.Namespace) -> WarmUp:
        """What the stacks take, the portal's part only where there is one."""
        if not stacks.with_portal(dict(given.config)):
            return _WARM_UP
        return WarmUp(
            modules=_WARM_UP.modules + _WARM_UP_PORTAL.modules,
            resources=_WARM_UP.resources + _WARM_UP_PORTAL.resources,
            services=_WARM_UP.services + _WARM_UP_PORTAL.services,
        )

    def stacks(self, given: argparse.Namespace) -> Sequence[StackPlan]:
        """Central first, then every producer that does not run the old kit, then the consumers that have a kit."""
        timeout = f"{given.approval_timeout}s" if given.approval_timeout else "7d"
        # Of another catalogue `--config` has to say which: it may have thousands, and nobody needs grants on all.
        databases = sorted(file.stem for file in _CATALOG.glob("*.json")) if given.catalog == _CATALOG else ()
        return stacks.stacks(timeout, dict(given.config), databases)

    def prepare(self, clients: Clients) -> None:
        """Makes what the old producer kit made, and roles of consumers."""
        old_kit.install(clients)
        kits.make_roles(clients)

    def finish(self, clients: Clients, outputs: Mapping[str, Mapping[str, Any]]) -> None:
        """Makes the consumers' kits administrators of their data lakes, as their stacks say."""
        kits.make_administrators(clients, outputs)

    def describe(self, outputs: Mapping[str, Mapping[str, Any]], site_url: str) -> Mapping[str, Any]:
        """The accounts, the central stack's outputs, and the portal with its users."""
        central = outputs.get("central", {})
        return {
            "central_account": CENTRAL,
            "producer_accounts": [
                {
                    "id": each.id,
                    "name": each.name,
                    "approver": each.approver,
                    "registered": each.registered,
                    "legacy_kit": each.legacy_kit,
                }
                for each in (PRODUCERS if outputs else ())
            ],
            "consumer_accounts": [
                {
                    "id": each.id,
                    "name": each.name,
                    "roles": [each.arn(each.people), each.arn(each.jobs)],
                    "administrator_command": command,
                }
                for each, command in kits.with_kits(outputs)
            ],
            "state_machine_arn": central.get("StateMachineArn"),
            "api_url": central.get("ApiUrl"),
            "register_table": central.get("RegisterTableName"),
            **_portal(central.get("PortalUserPoolId"), site_url),
        }

    def at_start(self, outputs: Mapping[str, Mapping[str, Any]]) -> Sequence[str]:
        """What the portal would otherwise know from the first night on: what to find, and which tables ask."""
        return ("-search-clock", "-survey-") if outputs.get("central", {}).get("PortalUserPoolId") else ()

    def viewer_request(self, code: str, path: str) -> str | Response:
        """What the portal's two functions do."""
        return edge.viewer_request(code, path)

    def places(self, mesh: Mapping[str, Any]) -> Sequence[str]:
        """Where the portal and the API are."""
        return hints.places(mesh)

    def suggestions(self, mesh: Mapping[str, Any], databases: Sequence[str], commands: "Commands") -> Sequence[str]:
        """What to ask for."""
        return hints.suggestions(mesh, databases, commands)

    def first_mail(self, mesh: Mapping[str, Any], databases: Sequence[str], commands: "Commands") -> str:
        """A request that takes an approval."""
        return hints.first_mail(mesh, databases, commands)


def _portal(pool: str | None, url: str) -> dict[str, Any]:
    """Where the portal is and who may sign in; nothing of it where it is not deployed."""
    if pool is None:
        return {"portal_url": None, "portal_users": []}
    from localmesh.sites.users import invite

    return {"portal_url": url, "portal_users": invite(pool)}


def _setting(text: str) -> tuple[str, object]:
    key, _, value = text.partition("=")
    try:
        return key, json.loads(value)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected KEY=JSON, such as consumerAccounts='[\"999999999999\"]', got {text!r}"
        ) from None


def _seconds(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= _LONGEST_APPROVAL:
        raise argparse.ArgumentTypeError(f"expected whole seconds between 1 and {_LONGEST_APPROVAL}, got {text!r}")
    return int(text)
