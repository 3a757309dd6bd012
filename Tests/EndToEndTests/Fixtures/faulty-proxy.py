#!/usr/bin/env python3
"""A reverse proxy that makes one kind of fault.  faulty-proxy.py MODE TARGET PORT LOG

Modes (faults hit pack ranges unless said otherwise):
  none            passes everything
  ignore-range    answers 200 with the whole object to every range
  wrong-range     answers 206 with a Content-Range that is off by one
  short-body      sends half of the promised body and closes
  short-answer    promises half of the body and sends it, under the Content-Range of the whole
  html            answers 200 with an HTML page to everything
  html-packs      answers 200 with an HTML page to packs
  flip            flips one bit in every pack body
  flip-once       flips one bit in the first pack body
  redirect        redirects packs to the target itself (another origin)
  error-500       answers 500 to every pack
  redirect-loop   redirects packs to themselves
  redirect-file   redirects packs to a file: address
  flaky           answers 503 to every second request
  flaky-first     answers 503 to the first request for every object and range
  long-object     answers every list with an endless body
  lying-length    announces a Content-Length of 1 TiB for every manifest
  gzip-bomb       answers every list with 192 MiB of zeros under Content-Encoding: gzip, which nobody asked for
  stall-once      stops sending in the middle of the first pack body, for ever
  html-missing    answers 200 with an HTML page to everything that is not there
  long-error      answers every pack with 500 and an endless body
  long-answer     answers /v1/server with an endless body
  other-server    answers /v1/server with JSON of something else
  long-line       answers every manifest that is sent with an endless line
  cut-proof       answers every manifest that is sent with progress, and no verdict
  gate            holds the first pack and the first question for chunks until the file LOG.go is there
  gate-late       as gate, from the fifth pack on
"""
import gzip
import http.client
import http.server
import os
import sys
import threading
import time
import urllib.parse

MODE, TARGET, PORT, LOG = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
target = urllib.parse.urlsplit(TARGET)
lock = threading.Lock()
BOMB = gzip.compress(bytes(192 << 20)) if MODE == "gzip-bomb" else b""
state = {"requests": 0, "packs": 0, "hit": False, "seen": set()}


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def handle_any(self):
        length = int(self.headers.get("Content-Length") or 0)
        chunked = "chunked" in (self.headers.get("Transfer-Encoding") or "")
        body = self.read_chunked() if chunked else self.rfile.read(length)
        with lock:
            state["requests"] += 1
            number = state["requests"]
            with open(LOG, "a") as log:
                names = " ".join(f"{k}={v!r}" for k, v in self.headers.items())
                log.write(f"{self.command} {self.path} {names}\n")
        is_pack = self.path.startswith("/packs/")
        if MODE in ("gate", "gate-late"):
            with lock:
                state["packs"] += is_pack
                held = (is_pack and state["packs"] > 4) if MODE == "gate-late" else (is_pack or self.path == "/v1/have")
            while held and not os.path.exists(LOG + ".go"):
                time.sleep(0.02)
        if MODE == "flaky" and number % 2 == 0:
            return self.reply(503, b"busy", {"Retry-After": "0"})
        if MODE == "flaky-first":
            what = (self.command, self.path, self.headers.get("Range"))
            with lock:
                is_first = what not in state["seen"]
                state["seen"].add(what)
            if is_first:
                return self.reply(503, b"busy", {"Retry-After": "0"})
        if MODE == "html" or (MODE == "html-packs" and is_pack):
            return self.reply(200, b"<html><body>Sign in to the network</body></html>", {"Content-Type": "text/html"})
        if MODE == "error-500" and is_pack:
            return self.reply(500, b"<html>oops</html>", {"Content-Type": "text/html"})
        if MODE == "redirect" and is_pack:
            return self.reply(302, b"", {"Location": TARGET + self.path})
        if MODE == "redirect-loop" and is_pack:
            return self.reply(302, b"", {"Location": self.path})
        if MODE == "redirect-file" and is_pack:
            return self.reply(302, b"", {"Location": "file:///etc/hostname"})
        if MODE == "other-server" and self.path == "/v1/server":
            return self.reply(200, b'{"server":"other/1.0","status":"up"}', {"Content-Type": "application/json"})
        is_proof = self.command == "PUT" and self.path.startswith("/v1/manifests/")
        if MODE == "cut-proof" and is_proof:
            return self.reply(200, b'{"proved":0,"total":1}\n', {"Content-Type": "application/x-ndjson", "Waybill-Request": "0"})
        endless = {"long-object": self.path.startswith("/lists/"), "long-error": is_pack, "long-answer": self.path == "/v1/server",
                   "long-line": is_proof}
        if endless.get(MODE):
            self.send_response(500 if MODE == "long-error" else 200)
            self.send_header("Connection", "close")
            if MODE == "long-line":
                self.send_header("Waybill-Request", "0")
            self.end_headers()
            try:
                for _ in range(100_000):
                    self.wfile.write(b"x" * 65536)
            except OSError:
                pass
            self.close_connection = True
            return
        if MODE == "gzip-bomb" and self.path.startswith("/lists/"):
            return self.reply(200, BOMB, {"Content-Encoding": "gzip"})
        if MODE == "lying-length" and self.path.startswith("/manifests/"):
            self.send_response(200)
            self.send_header("Content-Length", str(1 << 40))
            self.end_headers()
            self.close_connection = True
            return
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection", "transfer-encoding", "content-length")}
        if MODE == "ignore-range":
            headers.pop("Range", None)
        upstream = http.client.HTTPConnection(target.hostname, target.port, timeout=120)
        upstream.request(self.command, self.path, body=body or None, headers=headers)
        answer = upstream.getresponse()
        data = answer.read()
        if MODE == "html-missing" and answer.status == 404:
            return self.reply(200, b"<html><body>There is no such page</body></html>", {"Content-Type": "text/html"})
        out = {k: v for k, v in answer.getheaders() if k.lower() not in ("transfer-encoding", "connection", "content-length", "date", "server")}
        if is_pack and self.command == "GET":
            if MODE == "wrong-range" and answer.status == 206:
                start, rest = out["Content-Range"].split(" ")[1].split("-", 1)
                out["Content-Range"] = f"bytes {int(start) + 1}-{rest}"
            hit = MODE == "flip"
            if MODE in ("flip-once", "stall-once"):
                with lock:
                    hit = not state["hit"]
                    state["hit"] = True
            if hit and data and MODE != "stall-once":
                middle = len(data) // 2
                data = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1:]
            if MODE == "short-answer":
                data = data[: len(data) // 2]
            if MODE == "short-body" or (hit and MODE == "stall-once"):
                self.send_response(answer.status)
                for k, v in out.items():
                    self.send_header(k, v)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data[: len(data) // 2])
                self.wfile.flush()
                if MODE == "stall-once":
                    time.sleep(600)
                self.close_connection = True
                return
        self.reply(answer.status, data, out, head=self.command == "HEAD")

    def read_chunked(self):
        parts = []
        while True:
            size = int(self.rfile.readline().strip() or b"0", 16)
            if size == 0:
                self.rfile.readline()
                return b"".join(parts)
            parts.append(self.rfile.read(size))
            self.rfile.readline()

    def reply(self, status, data, headers, head=False):
        self.send_response(status)
        for k, v in headers.items():
            self.send_header(k, v)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if not head:
            self.wfile.write(data)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_any


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


Server(("127.0.0.1", PORT), Proxy).serve_forever()
