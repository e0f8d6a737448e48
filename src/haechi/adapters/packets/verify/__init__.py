"""What travels inside each packet: the two verifiers that need no haechi, and how to use them."""
