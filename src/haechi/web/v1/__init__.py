"""What HMA does not have: batch lookups with reasons, kinds and tiers, keys, the audit, lists. Numbers are numbers here."""
