"""What a Lakeshare stack is made of: ComponentResources, one a file, and the pure functions they share."""
