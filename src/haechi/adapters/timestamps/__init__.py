"""Time stamps (RFC 3161): the question, the network, and checking the answer.

`der`, `query` and `reply` know the encoding, `chain` the certificates, `checking` the rules, `posting` the network;
`client` is the port's adapter, and `task` what it runs in a worker process.
"""

from haechi.adapters.timestamps.client import Rfc3161Client

__all__ = ["Rfc3161Client"]
