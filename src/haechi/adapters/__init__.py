"""What reaches the outside world: one folder a port."""
