"""Every setting, once: its name, default and meaning. Environment `HAECHI_*` is read here; the command line goes before it."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a person may set once instead of on every command. A passphrase is never among it."""

    model_config = SettingsConfigDict(env_prefix="HAECHI_", env_ignore_empty=True, frozen=True)

    vault: Path = Path("~/haechi")
    """The vault's folder."""
    case: str | None = None
    """The case to work on, when the vault has more than one."""
    lang: str | None = None
    """Language of sentences: `ko` or `en`. Without it, that of the locale."""
