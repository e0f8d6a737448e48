"""Drawn authorities, and a question about a drawn checkpoint."""

import hashlib
import os
import subprocess
from datetime import UTC, datetime

from cryptography.hazmat.primitives.serialization import Encoding

from drawn.authority import Authority, drawn_identity
from haechi.adapters.timestamps import Rfc3161Client
from haechi.adapters.timestamps.checking import check_reply
from haechi.adapters.timestamps.query import new_query

NOTE = "haechi.invalid/00\n1\nAAAA\n\n— haechi.invalid/00 BBBB\n".encode()
AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
IDENTITY = drawn_identity("first")


def at_that_time():
    return AT


def query(note=NOTE, policy=None):
    return new_query(hashlib.sha256(note).digest(), policy, os.urandom).encoded()


def trusted(identity=IDENTITY, url="http://127.0.0.1:1/", name="first", policy=None):
    with Rfc3161Client(os.urandom) as client:
        return client.authority(
            name, url, certificate=identity.certificate_pem, chain=identity.chain_pem, policy=policy
        )


TRUSTED = trusted()


def checked(asked, reply, *, authority=TRUSTED, note=NOTE):
    return check_reply(asked, reply, chain=authority.chain, certificate=authority.certificate, note=note)


def drawn(*faults, identity=IDENTITY):
    return Authority(identity, now=at_that_time, faults=set(faults))


def openssl_verifies(openssl, folder, asked, reply, *, at=AT, identity=IDENTITY, by="query"):
    """Say whether `openssl ts -verify` accepts the reply at the time `at` (None: now)."""
    pem = [one.public_bytes(Encoding.PEM) for one in identity.certificates]
    for name, content in {
        "q.tsq": asked, "r.tsr": reply, "note": NOTE, "root.pem": pem[-1], "all.pem": b"".join(pem)
    }.items():  # fmt: skip
        folder.joinpath(name).write_bytes(content)
    about = ["-queryfile", "q.tsq"] if by == "query" else ["-data", "note"]
    when = ["-attime", str(int(at.timestamp()))] if at else []
    trust = ["-CAfile", "root.pem", "-untrusted", "all.pem"]
    done = subprocess.run(
        [openssl, "ts", "-verify", *about, "-in", "r.tsr", *trust, *when], cwd=folder, capture_output=True, check=False
    )
    return done.returncode == 0
