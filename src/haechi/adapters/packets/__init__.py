"""Packets as BagIt folders: written, and checked without any vault."""
