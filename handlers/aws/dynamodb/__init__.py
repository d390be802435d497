"""The register on DynamoDB."""
