"""The domain's ports on AWS, one module a service: the only users of boto3."""
