"""API Gateway: serves the HTTP APIs that moto holds, as AWS serves them to functions and clients."""
