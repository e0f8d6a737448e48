"""A small web server on this machine, for tests of what fetches."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def serving(files):
    """Serve `path: (type, bytes)`; an integer in place of the type is a status, with the bytes as its Location."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            kind, octets = files.get(self.path, (404, b""))
            if isinstance(kind, int):
                self.send_response(kind)
                self.send_header("Location", octets.decode())
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(octets)))
            self.end_headers()
            self.wfile.write(octets)

        def log_message(self, *_anything):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
