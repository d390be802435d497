"""Lakeshare on the local mesh: who takes part, how their stacks are configured, and what to try."""
