"""What runs in a worker process: checks one reply and says what it says, or why it is none."""

from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any

from haechi.adapters.timestamps.checking import StampError, check_reply


def check(request: Mapping[str, Any], _fd: int | None) -> Iterator[tuple[Mapping[str, Any], bytes]]:
    """Yield `{at_us, serial, expires_at}`, or `{reason}` when the stamp is not the one asked for."""
    try:
        found = check_reply(
            b64decode(request["query"]),
            b64decode(request["reply"]),
            chain=request["chain"],
            certificate=request["certificate"],
            note=b64decode(request["note"]),
        )
    except StampError as error:
        yield {"reason": error.reason}, b""
        return
    yield {"at_us": found.at_us, "serial": found.serial, "expires_at": found.expires_at}, b""
