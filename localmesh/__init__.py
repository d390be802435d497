"""The whole system on one machine: AWS is moto, and the real Pulumi program makes the resources."""
