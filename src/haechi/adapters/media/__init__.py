"""Looking into files: what they are, what they show, in processes that cannot write and are replaced when they fail."""
