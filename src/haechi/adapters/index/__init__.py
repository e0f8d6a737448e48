"""Finding near fingerprints: what answers the index port."""
