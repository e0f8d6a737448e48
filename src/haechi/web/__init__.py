"""The match server over HTTP: HMA's surface for clients that exist, `/v1` beside it, and one plain page for people.

An operation is declared once: its types validate requests, make the OpenAPI file and shape the answers. Nothing here
opens a port (that is the command's) or names an adapter.
"""
