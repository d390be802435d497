"""The Pulumi program: one stack for the central account, one for each producer, one for each consumer with a kit."""

import pulumi

from components.account_provider import account_provider
from components.central_workflow import CentralWorkflow
from components.consumer_kit import ConsumerKit
from components.deletion_guard import DeletionGuard
from components.producer_approval_kit import ProducerApprovalKit
from settings import load
from settings.stacks import CentralSettings, ConsumerSettings

settings = load()
provider = account_provider(settings.account_id, settings.region, settings.profile, settings.tags)
opts = pulumi.ResourceOptions(providers=[provider])
if isinstance(settings, CentralSettings):
    stack = CentralWorkflow("lakeshare", settings, opts)
    # Its name is in Pulumi's refusal to destroy the stack, and says which key is to be changed.
    DeletionGuard("lakeshare-deletionProtection", stack, protect=settings.deletion_protection)
elif isinstance(settings, ConsumerSettings):
    stack = ConsumerKit("lakeshare", settings, opts)
else:
    stack = ProducerApprovalKit("lakeshare", settings, opts)
for name, value in stack.stack_outputs.items():
    pulumi.export(name, value)
