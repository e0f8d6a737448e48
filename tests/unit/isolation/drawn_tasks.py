"""Tasks that a worker can be told to run: well behaved, hostile and broken ones."""

import ctypes
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

from haechi.domain.errors import UnknownExportError


def echo(request, fd):
    blob = b"" if fd is None else os.pread(fd, 100, 0)
    yield {"said": request}, blob


def count(request, _fd):
    for number in range(request["to"]):
        yield {"number": number}, bytes(request.get("blob", 0))


def process(_request, _fd):
    yield {"pid": os.getpid(), "modules": sorted(sys.modules), "environment": dict(os.environ)}, b""


def slow(request, _fd):
    time.sleep(request["s"])
    yield {"slept": request["s"]}, b""


def misbehave(request, _fd):
    yield from globals()[f"_{request['how'].replace('-', '_')}"](request) or ()


def _exit(_request):
    os._exit(3)


def _fault(_request):
    ctypes.string_at(0)


def _hang(_request):
    time.sleep(600)


def _spin(_request):
    while True:
        pass


def _eat_memory(_request):
    return [({"size": len(bytearray(4 << 30))}, b"")]


def _raise(_request):
    int("the words of the file")


def _refuse(_request):
    raise UnknownExportError(path="secret-name")


def _not_json(_request):
    yield {"value": object()}, b""


def _rubbish(_request):
    """Bypass the framework, as code that has been taken over would."""
    channel = next(socket.socket(fileno=number) for number in range(3, 1024) if _is_socket(number))
    channel.sendall(b"\xff" * 4096)
    time.sleep(600)


def _deep(_request):
    channel = next(socket.socket(fileno=number) for number in range(3, 1024) if _is_socket(number))
    text = b'{"row":' + b"[" * 200_000
    channel.sendall(len(text).to_bytes(4, "big") + bytes(4) + text)
    time.sleep(600)


def _is_socket(number):
    try:
        return stat.S_ISSOCK(os.fstat(number).st_mode)
    except OSError:
        return False


def forbidden(request, _fd):
    """Try one forbidden thing and say how it went."""
    try:
        globals()[f"_try_{request['what'].replace('-', '_')}"](request)
    except OSError as error:
        yield {"refused": type(error).__name__}, b""
    else:
        yield {"refused": None}, b""


def _try_write(request):
    with Path(request["path"]).open("wb", buffering=0) as file:
        file.write(b"picture")


def _try_append(request):
    with Path(request["path"]).open("ab", buffering=0) as file:
        file.write(b"picture")


def _try_write_memory_file(_request):
    os.write(os.memfd_create("m"), b"picture")


def _try_make_folder(request):
    Path(request["path"]).mkdir()


def _try_link(request):
    Path(request["path"]).symlink_to("picture-bytes-as-a-name")


def _try_remove(request):
    Path(request["path"]).unlink()


def _try_start_a_program(_request):
    subprocess.run([sys.executable, "-c", "pass"], check=True)


def _try_connect(request):
    socket.create_connection(("127.0.0.1", request["port"]), timeout=5).close()


def _try_signal(request):
    os.kill(request["pid"], signal.SIGCONT)
