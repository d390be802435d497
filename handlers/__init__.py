"""What runs in Lambda: one small module an entry point, over `sharing` (the domain), `aws` and `pages`."""
