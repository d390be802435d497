"""Register and vault on DynamoDB."""
