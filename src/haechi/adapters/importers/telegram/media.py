"""What a message says of its files: paths, placeholders for files that were not exported, claimed sizes and types."""

from typing import Any

from haechi.domain.message import MediaRole, MediaStatus

# Fields that hold a path or a placeholder, with the fields that speak of the same file: size, type, name.
_FIELDS = (
    ("photo", MediaRole.ORIGINAL, "photo_file_size", None, None),
    ("file", MediaRole.ORIGINAL, "file_size", "mime_type", "file_name"),
    ("thumbnail", MediaRole.THUMBNAIL, "thumbnail_file_size", None, None),
    ("contact_vcard", MediaRole.ORIGINAL, "contact_vcard_file_size", None, None),
)
PATH_KEYS = frozenset(field[0] for field in _FIELDS)
_PLACEHOLDERS = {
    " unavailable, please try again later)": MediaStatus.UNAVAILABLE,
    " exceeds maximum size. Change data exporting settings to download.)": MediaStatus.TOO_BIG,
    " not included. Change data exporting settings to download.)": MediaStatus.SKIPPED_BY_SETTING,
}
FILE = "file"
"""Stands for a written path until the container's members are known."""


def status_of(reference: str) -> str:
    """Return a placeholder's `MediaStatus` value, or `file` for what reads as a path."""
    if reference.startswith("("):
        for word in ("(File", "(Photo"):
            status = _PLACEHOLDERS.get(reference.removeprefix(word)) if reference.startswith(word) else None
            if status:
                return status.value
        if "/" not in reference:  # every path that tdesktop writes names a folder
            return MediaStatus.NOT_EXPORTED.value
    if reference.startswith(("http://", "https://")):
        return MediaStatus.REMOTE_ONLY.value
    return FILE


def references(fields: dict[str, Any], flags: list[str]) -> list[list[Any]]:
    """Return rows of reference, status or `file`, role, claimed size, claimed type, claimed name, in writing order."""
    rows: list[list[Any]] = []
    for key, role, size_key, mime_key, name_key in _FIELDS:
        reference = fields.get(key)
        if not isinstance(reference, str):
            continue
        status = status_of(reference)
        if status == MediaStatus.NOT_EXPORTED.value:
            flags.append("unknown_placeholder")
        size, mime, name = fields.get(size_key), fields.get(mime_key or ""), fields.get(name_key or "")
        rows.append([
            reference,
            status,
            role.value,
            size if isinstance(size, int) and 0 <= size < 1 << 53 else None,
            mime if isinstance(mime, str) else None,
            name if isinstance(name, str) else None,
        ])  # fmt: skip
    if not rows and fields.get("self_destruct_period_seconds") is not None:
        rows.append(["", MediaStatus.SELF_DESTRUCTED.value, MediaRole.ORIGINAL.value, None, None, None])
    elif not rows and "media_type" in fields:
        rows.append(["", MediaStatus.NOT_EXPORTED.value, MediaRole.ORIGINAL.value, None, None, None])
    return rows


def nested_references(value: Any, flags: list[str], depth: int = 0) -> list[list[Any]]:  # noqa: ANN401 - any JSON value
    """Return the references of every object inside `value`: rich messages, polls and gifts carry their own files."""
    if isinstance(value, list):
        return [row for member in value for row in nested_references(member, flags, depth + 1)]
    if not isinstance(value, dict):
        return []
    rows = references(value, flags) if not PATH_KEYS.isdisjoint(value) else []
    reference = value.get("document_id")
    if isinstance(reference, str) and ("/" in reference or reference.startswith("(")):  # a custom emoji's picture
        rows.append([reference, status_of(reference), MediaRole.PREVIEW.value, None, None, None])
    for member in value.values():
        if isinstance(member, dict | list):
            rows.extend(nested_references(member, flags, depth + 1))
    return rows


def without_paths(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return `value` as two exports of one message agree on it: paths by their status, no local times of reactions."""
    if isinstance(value, list):
        return [without_paths(member) for member in value]
    if not isinstance(value, dict):
        return value
    kept: dict[str, Any] = {}
    for key, member in value.items():
        if type(member) is str:
            is_path = key in PATH_KEYS or (key == "document_id" and not member.isdigit())
            kept[key] = status_of(member) if is_path else member
        else:
            kept[key] = without_paths(member) if isinstance(member, dict | list) else member
    return kept
