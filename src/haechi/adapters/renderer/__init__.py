"""Adapters that make the report."""
