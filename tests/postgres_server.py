"""A PostgreSQL server of our own, in a folder, reached by a socket there: for tests of what runs on either database."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from stock_programs import needed

_SETTINGS = ("fsync=off", "listen_addresses=", "max_connections=40", "shared_buffers=16MB", "log_min_messages=panic")


@contextmanager
def postgres_server():
    """Yield the address of an empty database. As root it runs as `nobody`: PostgreSQL refuses to run as root."""
    programs = Path(needed("postgres")).resolve().parent
    as_other = []
    folder = Path(tempfile.mkdtemp(prefix="haechi-pg."))
    if os.geteuid() == 0:
        needed("setpriv")
        other = pwd.getpwnam("nobody")
        os.chown(folder, other.pw_uid, other.pw_gid)
        as_other = ["setpriv", f"--reuid={other.pw_uid}", f"--regid={other.pw_gid}", "--clear-groups"]
    data = folder / "data"
    try:
        initdb = [
            *as_other,
            programs / "initdb",
            "-D",
            data,
            "-U",
            "haechi",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "-N",
        ]
        subprocess.run(initdb, check=True, capture_output=True, cwd=folder)
        options = [word for one in _SETTINGS for word in ("-c", one)]
        server = subprocess.Popen(
            [*as_other, programs / "postgres", "-D", data, "-k", folder, *options],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            waiting = [programs / "pg_isready", "-h", folder, "-U", "haechi", "-t", "1"]
            for _try in range(600):
                if subprocess.run(waiting, capture_output=True, check=False).returncode == 0:
                    break
                time.sleep(0.05)
            else:
                raise TimeoutError(folder)
            yield f"postgresql://haechi@/postgres?host={folder}"
        finally:
            server.terminate()
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
