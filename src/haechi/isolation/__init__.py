"""Isolation: our code that reads strangers' bytes runs in child processes that may compute and answer, nothing else.

`worker.Worker` is one such process, `pool.Pool` keeps several busy, `limits.Limits` says what each may use. A task is
named by its import string, `package.module:function`, and has the type `Task`:

    def task(request: Mapping[str, Any], fd: int | None) -> Iterator[tuple[Mapping[str, Any], bytes]]

Each pair it yields is one frame: a header of plain JSON values and some bytes. Frames stream to the caller, and the
worker waits while nobody reads them. There is no pickle: what a hostile file made a worker say is data, never code.
This module imports nothing, so that a worker starts in little time with little in it.
"""
