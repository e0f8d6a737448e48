"""Imports one export into a vault and writes, after each commit, what is acknowledged to a file outside the vault.

Run as a process of its own, to be killed: `import_once.py VAULT KEY-FILE EXPORT ACKNOWLEDGED`.
"""

import json
import os
import sys
from pathlib import Path

from haechi import bootstrap


def main(vault: str, key_file: str, export: str, acknowledged: str) -> None:
    with bootstrap.open_vault(Path(vault), Path(key_file).read_text().strip(), workers=1) as opened:
        descriptor = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

        def acknowledge(_stage: str, _done: int, _total: int | None) -> None:
            now = opened.status()
            line = json.dumps({"log": now.log_size, "items": now.items, "messages": now.messages})
            os.write(descriptor, line.encode() + b"\n")

        opened.import_export(Path(export), case=opened.cases()[0], progress=acknowledge)


if __name__ == "__main__":
    main(*sys.argv[1:])
