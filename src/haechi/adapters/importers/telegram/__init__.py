"""Telegram Desktop exports, JSON and HTML.

`importer` and `html_importer` run in haechi's own process; everything else runs in a limited worker and knows only bytes.
"""
