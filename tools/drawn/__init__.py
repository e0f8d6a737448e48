"""Draws what Haechi is tried on: exports, messages and pictures that no person ever made or appears in."""
