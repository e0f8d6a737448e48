"""What goes wrong with packets, and with handing them over."""

from haechi.domain.errors.family import ConflictError, NotFoundError, UnavailableError, UnsupportedError


class RecipientMissingError(NotFoundError):
    """The recipient directory has nobody of this `name`."""

    code = "recipient-missing"


class PacketUnreadableError(UnsupportedError):
    """What lies at `path` is not a packet."""

    code = "packet-unreadable"


class RecipientKeyError(UnsupportedError):
    """What was given as a recipient's key is none that haechi can use; `kind` is `age`, `ssh` or `missing` (neither)."""

    code = "recipient-key"


class PacketBrokenError(ConflictError):
    """The packet does not verify; `findings` lists what is wrong, in order."""

    code = "packet-broken"


class PacketOtherError(PacketBrokenError):
    """The packet is intact, but not by those whom the checker named; `reason` is `signer`, `authority` or `quorum`.

    `vault`: it was to be handed over from a vault that did not make it.
    """

    code = "packet-other"


class PacketExistsError(ConflictError):
    """The packet's folder `path` exists already; a packet never overwrites anything."""

    code = "packet-exists"


class SealedForOthersError(ConflictError):
    """`names` (exhibits, or a file) were sealed for others only; no key in this vault opens them."""

    code = "sealed-for-others"


class ReadersMissingError(ConflictError):
    """A case can be sealed for others only when somebody is named who can open it."""

    code = "readers-missing"


class HandOverRefusedError(ConflictError):
    """The packet cannot be closed for this recipient; `reason` says why.

    It is `age-missing`, `passphrase-short`, `changed` (the file `path` of the packet) or `nothing-sealed`.
    """

    code = "hand-over-refused"


class ReceiptRefusedError(ConflictError):
    """What came back is not the receipt of a hand-over; `reason` says why.

    It is `form`, `text`, `transfer-unknown`, `recipient-unknown`, `key-missing`, `signature-form`, `key-other`,
    `namespace-other`, `signature` or `received-already`.
    """

    code = "receipt-refused"


class EnvelopeBrokenError(UnavailableError):
    """What was written to `path` for a recipient did not read back as it was; it was removed."""

    code = "envelope-broken"
