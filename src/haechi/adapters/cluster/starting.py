"""Joining a Ray cluster, or making one on this machine that nobody else can use."""

import logging
import os
import secrets
import shutil
import socket
import tempfile
from pathlib import Path
from types import ModuleType

from haechi.domain.errors import ClusterUnavailableError

_STORE_BYTES = 80 << 20
"""Ray's smallest. Answers of up to 100 KB do not go through it."""
_REACH_S = 10.0
_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",  # else Ray sends statistics to its makers
    "RAY_USAGE_STATS_PROMPT_ENABLED": "0",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
}


class Started:
    """A connection to Ray; `ray` is the module."""

    def __init__(self, ray: ModuleType, private: Path | None) -> None:
        self.ray = ray
        self._private = private

    def stop(self) -> None:
        """Leave the cluster; one that was made here ends."""
        self.ray.shutdown()
        if self._private is not None:
            shutil.rmtree(self._private, ignore_errors=True)


def start(address: str | None) -> Started:
    """Return a connection to the cluster at `address` (`host:port`; `auto`: the one this machine is in), or to a new one here if None.

    The new one listens on the loopback alone and asks for a secret that this account alone can read: whoever may talk to Ray may run
    programs as this account. Raises `ClusterUnavailableError`.
    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    if address is not None and ":" in address:
        _look_for(address)
    private = None if address else _private()
    try:
        import ray  # noqa: PLC0415 - takes two seconds, and may be missing
    except ImportError as error:
        raise ClusterUnavailableError(address=address, reason="missing") from error
    try:
        if private is None:
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
        else:
            ray.init(
                address="local",
                num_cpus=1,
                object_store_memory=_STORE_BYTES,
                include_dashboard=False,
                log_to_driver=False,
                logging_level=logging.ERROR,
                _node_ip_address="127.0.0.1",
                _temp_dir=str(private),
            )
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise ClusterUnavailableError(address=address, reason="connection") from error
    return Started(ray, private)


def _look_for(address: str) -> None:
    """Raise `ClusterUnavailableError` when nobody listens there: Ray itself tries for minutes."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_REACH_S).close()
    except (OSError, ValueError, OverflowError) as error:
        raise ClusterUnavailableError(address=address, reason="connection") from error


def _private() -> Path:
    """Return a folder for Ray's files, with the secret in it. Its name is short, because sockets are in it."""
    folder = Path(tempfile.mkdtemp(prefix="haechi-ray-", suffix=str(os.getpid())))
    secret = folder / "token"
    secret.touch(mode=0o600)
    secret.write_text(secrets.token_hex(32), "ascii")
    # Without this, Ray turns 127.0.0.1 into the machine's address and listens to the world. It is read when Ray is imported.
    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    os.environ["RAY_AUTH_MODE"] = "token"
    os.environ["RAY_AUTH_TOKEN_PATH"] = str(secret)
    return folder
