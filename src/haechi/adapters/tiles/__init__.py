"""A log's tiles in a folder that any web server can serve."""
