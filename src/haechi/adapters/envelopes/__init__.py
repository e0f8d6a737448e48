"""Files closed for a recipient, the keys of recipients, and the receipts they sign."""

from haechi.adapters.envelopes.aes_zip import AesZipEnvelope
from haechi.adapters.envelopes.age_zip import AgeEnvelope, encrypt_for
from haechi.adapters.envelopes.contents import packet_contents
from haechi.adapters.envelopes.plain_zip import PlainZipEnvelope
from haechi.adapters.envelopes.public_keys import PublicKeys
from haechi.adapters.envelopes.ssh_signature import verify_receipt

__all__ = [
    "AesZipEnvelope",
    "AgeEnvelope",
    "PlainZipEnvelope",
    "PublicKeys",
    "encrypt_for",
    "packet_contents",
    "verify_receipt",
]
