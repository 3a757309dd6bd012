#!/usr/bin/env python3
"""A reverse proxy that behaves like a bad network.  faulty-network.py TARGET PORT RULES LOG SEED

RULES is a JSON file, a list of rules, read again whenever it changes; each request is hit by the first rule that fires. LOG gets a JSON
line for each request, {"method","path","fault"}, and one for each new maximum of open connections, {"open"}.

A rule has "fault" and, if it is not meant for all requests, "method" and "path" (a beginning of it). It fires always, or for the first N
requests that it fits ("first"), for every Nth ("every") or by chance ("probability", drawn from SEED).

Faults of requests: unread (the body is never read), slow-read (a byte of it each "seconds"), drop-body (an empty one is forwarded),
cut-body (half of it is), flip-body, lost (nothing is forwarded, the connection ends), refuse (reset before anything).
Faults of answers: lose-answer (the mirror did it, nobody is told), silence (never answered), truncate (half, then the end), reset (half,
then a reset), stall (half, then nothing), drip (half, then a byte each "seconds"), flip (one bit), whole (200 and everything for a
range), wrong-range, no-range (a Content-Range that is wrong or missing), duplicate (twice), late (the answer before comes once more, so
that every answer on the connection is one too late), swap (the answer to another request), status ("status", "retryAfter"), html (a
page with 200), noise (no HTTP at all), endless (a body without end), long-head (a head without end).
Of connections: limit (more than "limit" at once are reset).
"""
import asyncio
import json
import os
import random
import socket
import struct
import sys
import urllib.parse

TARGET, PORT, RULES, LOG, SEED = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], int(sys.argv[5])
target = urllib.parse.urlsplit(TARGET)
dice = random.Random(SEED)
log = open(LOG, "a", buffering=1)
PAGE = b"<!doctype html><html><body>Sign in to the network</body></html>\n"


class Rules:
    stamp, rules = None, []

    @classmethod
    def current(cls):
        status = os.stat(RULES)
        if cls.stamp != (status.st_ino, status.st_mtime_ns):
            cls.stamp = (status.st_ino, status.st_mtime_ns)
            cls.rules = [dict(rule, fits=0) for rule in json.load(open(RULES))]
        return cls.rules

    @classmethod
    def firing(cls, method, path):
        for rule in cls.current():
            if rule["fault"] == "limit" or rule.get("method", method) != method or not path.startswith(rule.get("path", "")):
                continue
            rule["fits"] += 1
            if "first" in rule:
                fires = rule["fits"] <= rule["first"]
            elif "every" in rule:
                fires = rule["fits"] % rule["every"] == 0
            else:
                fires = dice.random() < rule.get("probability", 1)
            if fires:
                return rule
        return {"fault": None}

    @classmethod
    def limit(cls):
        return min([rule["limit"] for rule in cls.current() if rule["fault"] == "limit"], default=1 << 30)


class Gone(Exception):
    """The connection ends here."""


def reset(writer):
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    raise Gone


def flipped(data):
    if not data:
        return data
    data = bytearray(data)
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(data)


async def read_head(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head[:-4].decode("latin-1").split("\r\n")
    return first, [tuple(part.strip() for part in line.split(":", 1)) for line in lines]


def value(headers, name):
    return next((v for k, v in headers if k.lower() == name), None)


def without(headers, *names):
    return [(k, v) for k, v in headers if k.lower() not in names]


def encode(first, headers):
    return "\r\n".join([first] + [f"{k}: {v}" for k, v in headers] + ["", ""]).encode("latin-1")


def answer(status, body, headers=()):
    return encode(f"HTTP/1.1 {status} x", [*headers, ("Content-Length", len(body))]) + body


class Connection:
    open = most = 0
    # An answer to some earlier request, for swapping.
    other = None

    def __init__(self, reader, writer):
        self.reader, self.writer, self.last = reader, writer, None
        self.is_late = False

    async def send(self, data):
        self.writer.write(data)
        await self.writer.drain()

    async def run(self):
        cls = Connection
        cls.open += 1
        try:
            if cls.open > Rules.limit():
                log.write(json.dumps({"refused": True}) + "\n")
                reset(self.writer)
            if cls.open > cls.most:
                cls.most = cls.open
                log.write(json.dumps({"open": cls.most}) + "\n")
            while await self.exchange():
                pass
        except (Gone, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            cls.open -= 1
            self.writer.close()

    async def exchange(self):
        first, headers = await read_head(self.reader)
        method, path, _ = first.split(" ", 2)
        rule = Rules.firing(method, path)
        fault = rule["fault"]
        log.write(json.dumps({"method": method, "path": path, "fault": fault}) + "\n")
        if fault == "refuse":
            reset(self.writer)
        length = int(value(headers, "content-length") or 0)
        if fault == "unread":
            self.reader._transport.pause_reading()
            await asyncio.sleep(600)
        if fault == "slow-read":
            self.reader._transport.pause_reading()
            while True:
                await asyncio.sleep(rule["seconds"])
                os.read(self.writer.get_extra_info("socket").fileno(), 1)
        body = await self.reader.readexactly(length)
        if fault == "lost":
            raise Gone
        if fault == "drop-body":
            body = b""
        if fault == "flip-body":
            body = flipped(body)
        if fault == "status":
            after = [("Retry-After", rule["retryAfter"])] if "retryAfter" in rule else []
            await self.send(answer(rule["status"], PAGE, after))
            return True
        if fault == "html":
            await self.send(answer(200, PAGE, [("Content-Type", "text/html")]))
            return True
        if fault == "noise":
            await self.send(bytes(dice.randrange(256) for _ in range(200)))
            raise Gone
        if fault == "endless":
            await self.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
            while True:
                await self.send(b"x" * 65536)
        if fault == "long-head":
            await self.send(b"HTTP/1.1 200 OK\r\n")
            while True:
                await self.send(b"X-Filler: " + b"x" * 1000 + b"\r\n")
        if fault == "silence":
            await asyncio.sleep(600)
        return await self.forward(first, headers, body, fault, rule)

    async def forward(self, first, headers, body, fault, rule):
        headers = without(headers, "connection", "host", "content-length", *(["range"] if fault == "whole" else []))
        declared = len(body)
        if fault == "cut-body":
            body = body[: declared // 2]
        if not first.startswith("GET"):
            headers.append(("Content-Length", declared))
        upstream, up = await asyncio.open_connection(target.hostname, target.port)
        try:
            up.write(encode(first, headers + [("Host", target.netloc), ("Connection", "close")]) + body)
            await up.drain()
            if fault == "cut-body":
                up.write_eof()
                await asyncio.sleep(0.1)
                raise Gone
            status, out = await read_head(upstream)
            out = without(out, "connection")
            if value(out, "content-length") is None:
                return await self.stream(status, out, upstream, fault)
            data = await upstream.readexactly(int(value(out, "content-length")))
        finally:
            up.close()
        return await self.reply(status, out, data, fault, rule)

    async def stream(self, status, headers, upstream, fault):
        """An answer of which nobody knows the length: passed on as it comes."""
        await self.send(encode(status, headers))
        while data := await upstream.read(65536):
            if fault in ("truncate", "reset", "lose-answer"):
                if fault == "truncate":
                    await self.send(data[: len(data) // 2])
                reset(self.writer) if fault == "reset" else self.writer.close()
                raise Gone
            await self.send(flipped(data) if fault == "flip" else data)
        return True

    async def reply(self, status, headers, data, fault, rule):
        half = len(data) // 2
        if fault == "lose-answer":
            raise Gone
        if fault == "flip":
            data = flipped(data)
        span = value(headers, "content-range")
        if span and fault in ("wrong-range", "no-range"):
            headers = without(headers, "content-range")
            if fault == "wrong-range":
                start, rest = span.split(" ")[1].split("-", 1)
                headers.append(("Content-Range", f"bytes {int(start) + 1}-{rest}"))
        whole = encode(status, headers) + data
        if fault in ("truncate", "reset", "stall", "drip"):
            await self.send(whole[: len(whole) - len(data) + half])
            if fault == "truncate":
                raise Gone
            await asyncio.sleep(0.05)
            if fault == "reset":
                reset(self.writer)
            if fault == "stall":
                await asyncio.sleep(600)
            for byte in data[half:]:
                await asyncio.sleep(rule["seconds"])
                await self.send(bytes([byte]))
            return True
        previous, self.last = self.last, whole
        if fault == "late" and previous:
            self.is_late = True
        if self.is_late:
            await self.send(previous)
            return True
        if fault == "swap" and Connection.other not in (None, whole):
            swapped, Connection.other = Connection.other, whole
            await self.send(swapped)
            return True
        if fault is None:
            Connection.other = whole
        await self.send(whole * 2 if fault == "duplicate" else whole)
        return True


async def main():
    async def serve(reader, writer):
        await Connection(reader, writer).run()

    listener = socket.create_server(("127.0.0.1", PORT), backlog=512)
    # Little is taken that nobody reads.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 128 << 10)
    server = await asyncio.start_server(serve, sock=listener, limit=1 << 18, backlog=512)
    async with server:
        await server.serve_forever()


asyncio.run(main())
