"""The domain: requests, their classification, approval and grants. Knows neither AWS nor HTML."""
