"""What the project's own commands run: nothing of it is deployed, nothing imports it."""
