"""One plain page for people: what the server holds, and a form to ask it. No script, no picture, no other host."""
