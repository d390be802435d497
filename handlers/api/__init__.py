"""What programs read: calls of the requests API, its answers, and its problems."""
