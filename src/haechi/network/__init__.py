"""Network: connections out of this machine whose every wait and every length is bounded.

The standard library bounds neither: a time limit of a socket starts anew with each packet, so that a server which sends a
byte a second is waited for without end. Here one deadline counts for connecting, TLS and every byte that comes.
`url` takes an address of the web apart, `connecting` leads to it, `bounded` is what `http.client` reads the answer from,
`deadline` says what is left. Which addresses may be asked, and what a failure means, each adapter says for itself.
"""
