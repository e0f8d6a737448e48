"""What flows ask of the outside world: one Protocol a file."""
