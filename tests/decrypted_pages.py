"""Every page of a ledger as its key opens it, free ones and those of the write-ahead log among them: what a thief with the key sees.

SQLCipher 4 (https://www.zetetic.net/sqlcipher/design/): pages of 4,096 bytes, AES-256-CBC with the raw key; the last 80 bytes of
a page are its IV and its HMAC, the first 16 of the file a salt.
"""

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_PAGE, _RESERVED, _SALT = 4096, 80, 16
_WAL_HEADER, _FRAME_HEADER = 32, 24


def decrypted_pages(ledger: Path, key: bytes) -> Iterator[bytes]:
    """Yield each page of the file and of the log beside it, in clear."""
    content = ledger.read_bytes()
    for at in range(0, len(content), _PAGE):
        yield _clear(content[at : at + _PAGE], key, is_first=at == 0)
    log = ledger.with_name(ledger.name + "-wal")
    frames = log.read_bytes()[_WAL_HEADER:] if log.exists() else b""
    for at in range(0, len(frames) - _PAGE, _FRAME_HEADER + _PAGE):
        head, page = frames[at : at + _FRAME_HEADER], frames[at + _FRAME_HEADER :][:_PAGE]
        yield _clear(page, key, is_first=int.from_bytes(head[:4]) == 1)


def _clear(page: bytes, key: bytes, *, is_first: bool) -> bytes:
    body, reserved = page[_SALT if is_first else 0 : -_RESERVED], page[-_RESERVED:]
    decryptor = Cipher(algorithms.AES256(key), modes.CBC(reserved[:16])).decryptor()
    return decryptor.update(body) + decryptor.finalize()
