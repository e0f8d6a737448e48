"""A checkpoint that was kept elsewhere, as a person has it: a file, a proof file, or a packet or back-up that holds one."""

from pathlib import Path

from haechi.domain.errors import CheckpointForeignError, PathMissingError

_MOST_BYTES = 2**20  # a checkpoint with the 64 signatures it may have has some 110 kB, a proof less
_IN_FOLDERS = ("seal/checkpoint", "checkpoint")


def read_kept_checkpoint(path: Path) -> str:
    """Return the text of the file at `path`, or of the checkpoint in the folder there: a packet's, or a vault's copy's.

    Raises `PathMissingError`, `CheckpointForeignError`.
    """
    if not path.exists():
        raise PathMissingError(path=str(path))
    place = next((inside for name in _IN_FOLDERS if (inside := path / name).is_file()), path)
    if not place.is_file():
        # A folder without one, or a device that never ends.
        raise CheckpointForeignError(path=str(path), reason="form")
    with place.open("rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise CheckpointForeignError(path=str(path), reason="form")
    try:
        return content.decode()
    except ValueError as error:
        raise CheckpointForeignError(path=str(path), reason="form") from error
