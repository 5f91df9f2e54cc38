"""What the data give for a number, and what that says of it."""
