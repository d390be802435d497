"""What people read: the approval mail and the decision page."""
