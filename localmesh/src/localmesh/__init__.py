"""AWS, several accounts of it, on one machine: moto, corrected, and a Pulumi program that deploys onto it."""
