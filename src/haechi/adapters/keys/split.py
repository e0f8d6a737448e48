"""Recovery keys as SLIP-0039 shares."""

from collections.abc import Sequence

from shamir_mnemonic import (  # type: ignore[import-untyped]
    MnemonicError,
    combine_mnemonics,
    generate_mnemonics,
)
from shamir_mnemonic.share import Share  # type: ignore[import-untyped]

from haechi.adapters.keys.recovery_key import SECRET_BYTES, read_recovery_key, write_recovery_key
from haechi.domain.errors import SheetsRefusedError
from haechi.domain.sheet import Sheet, require_splittable

_EXPONENT = 0  # PBKDF2 protects a passphrase, and these shares have none: the secret has its full 160 bits already


class Slip39Splitter:
    """Splits and joins recovery keys."""

    def split(self, recovery_key: str, *, needed: int, total: int) -> Sequence[Sheet]:
        """Return `total` sheets of which any `needed` give the key."""
        require_splittable(needed=needed, total=total)
        secret = read_recovery_key(recovery_key)
        if secret is None:
            raise ValueError(len(recovery_key))
        (shares,) = generate_mnemonics(1, [(needed, total)], secret, iteration_exponent=_EXPONENT)
        return [Sheet(at, needed, total, tuple(share.split())) for at, share in enumerate(shares, 1)]

    def join(self, texts: Sequence[str]) -> str:
        """Return the recovery key that these sheets' words give."""
        chosen: dict[tuple[int, int], str] = {}
        needed = 0
        for at, text in enumerate(texts, 1):
            words = " ".join(text.lower().split())
            share = _share(words, at)
            chosen[share.identifier, share.index] = words
            needed = max(needed, share.member_threshold)
        if len(chosen) < needed:
            raise SheetsRefusedError(reason="few", needed=needed, given=len(chosen))
        try:
            # One sheet more than needed is no mistake; the standard's programs call it one.
            secret = combine_mnemonics(list(chosen.values())[:needed])
        except (MnemonicError, ValueError) as error:
            raise SheetsRefusedError(reason="words") from error
        if len(secret) != SECRET_BYTES:
            raise SheetsRefusedError(reason="words")
        return write_recovery_key(secret)


def _share(words: str, at: int) -> Share:
    """Return what the words of the sheet that was given as number `at` stand for."""
    try:
        share = Share.from_mnemonic(words)
    except (MnemonicError, ValueError) as error:
        raise SheetsRefusedError(reason="sheet", number=at) from error
    if share.iteration_exponent != _EXPONENT:  # none of ours; the largest would take minutes
        raise SheetsRefusedError(reason="words")
    return share
