#!/usr/bin/env python3
"""A small S3 endpoint in memory, strict where a client could be careless.  bucket.py PORT STATE LOG

One bucket, `test-bucket`, in path style. STATE is a JSON file, read again for every request:
  keys         access key: secret key (default AK: SK); an empty object: anybody may ask
  token        session token that must be sent
  region       of the bucket (default us-east-1)
  page         keys of a page of a listing (default 1000)
  skew         seconds by which the endpoint's clock is ahead of this machine's
  ignoreIfNoneMatch, noIfNoneMatch   creates over what is there; answers 501
  faults       a list of rules {"fault", "method", "path", "first"}: the first rule that fits and is not used up hits a request.
               fault: slowdown (503), internal (500), busy (429), drop (no answer), lost-answer (done, not told), page (HTML with 200),
               garbage (200 with XML that is none), denied (403), conflict (409), cut (half of the body), flip (a bit of the body),
               flip-request (a bit of what was sent, before it is checked), redirect (307 to another host), endless, echo (403 with all
               that was sent)
LOG gets a line for each request: method, path, status, fault.
"""
import base64
import datetime
import email.utils
import hashlib
import hmac
import http.server
import json
import os
import sys
import threading
import time
import urllib.parse
from xml.sax.saxutils import escape

PORT, STATE, LOG = int(sys.argv[1]), sys.argv[2], sys.argv[3]
BUCKET = "test-bucket"
objects, lock, used = {}, threading.Lock(), {}
log = open(LOG, "a", buffering=1)


class Refused(Exception):
    def __init__(self, status, code, extra="", echo=""):
        super().__init__(code)
        self.status, self.code, self.extra, self.echo = status, code, extra, echo


def signature(secret, stamp, region, canonical):
    scope = f"{stamp[:8]}/{region}/s3/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = ("AWS4" + secret).encode()
    for part in (stamp[:8], region, "s3", "aws4_request", text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return scope, key.hex()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def now(self):
        return time.time() + self.state.get("skew", 0)

    def date_time_string(self, timestamp=None):
        return email.utils.formatdate(self.now() if timestamp is None else timestamp, usegmt=True)

    def fault(self):
        path = urllib.parse.unquote(self.path)
        for number, rule in enumerate(self.state.get("faults", [])):
            if rule.get("method", self.command) != self.command or rule.get("path", "") not in path:
                continue
            key = (number, json.dumps(rule))
            used[key] = used.get(key, 0) + 1
            if used[key] <= rule.get("first", 1 << 30):
                return rule["fault"]
        return None

    def authorize(self, body):
        keys = self.state.get("keys", {"AK": "SK"})
        region = self.state.get("region", "us-east-1")
        if not keys:
            return
        header = self.headers.get("Authorization")
        if header is None:
            raise Refused(403, "AccessDenied")
        parts = dict(p.strip().split("=", 1) for p in header.removeprefix("AWS4-HMAC-SHA256 ").split(","))
        access, day, asked, _, _ = parts["Credential"].split("/")
        if access not in keys:
            raise Refused(403, "InvalidAccessKeyId", f"<AWSAccessKeyId>{access}</AWSAccessKeyId>")
        if asked != region:
            raise Refused(400, "AuthorizationHeaderMalformed", f"<Region>{region}</Region>")
        stamp = self.headers["x-amz-date"]
        then = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc).timestamp()
        if abs(then - self.now()) > 900:
            raise Refused(403, "RequestTimeTooSkewed")
        if "token" in self.state and self.headers.get("x-amz-security-token") != self.state["token"]:
            raise Refused(400, "InvalidToken")
        names = parts["SignedHeaders"].split(";")
        for name in self.headers.keys():
            name = name.lower()
            if (name.startswith("x-amz-") or name in ("host", "range", "if-none-match")) and name not in names:
                raise Refused(403, "AccessDenied", f"<Unsigned>{name}</Unsigned>")
        path, _, query = self.path.partition("?")
        items = sorted(urllib.parse.parse_qsl(query, keep_blank_values=True))
        query = "&".join(f"{urllib.parse.quote(k, safe='~')}={urllib.parse.quote(v, safe='~')}" for k, v in items)
        head = "".join(f"{n}:{' '.join(self.headers[n].split())}\n" for n in names)
        payload = self.headers["x-amz-content-sha256"]
        canonical = f"{self.command}\n{path}\n{query}\n{head}\n{';'.join(names)}\n{payload}"
        _, wanted = signature(keys[access], stamp, region, canonical)
        if wanted != parts["Signature"]:
            raise Refused(403, "SignatureDoesNotMatch", f"<StringToSign>{escape(canonical)}</StringToSign>")
        if hashlib.sha256(body).hexdigest() != payload:
            raise Refused(400, "XAmzContentSHA256Mismatch")

    def answer(self, status, body=b"", headers=(), length=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("x-amz-request-id", "1")
        self.send_header("Content-Length", len(body) if length is None else length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        log.write(f"{self.command} {urllib.parse.unquote(self.path)} {status} {self.hit}\n")

    def gone(self):
        log.write(f"{self.command} {urllib.parse.unquote(self.path)} - {self.hit}\n")
        self.close_connection = True
        self.connection.close()

    def handle_any(self):
        self.state = json.load(open(STATE))
        self.hit = None
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            with lock:
                self.hit = self.fault()
            self.serve(body)
        except Refused as refused:
            xml = f"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{refused.code}</Code><Message>No: &lt;{escape(refused.code + refused.echo)}&gt;</Message>"
            xml += f"{refused.extra}<RequestId>1</RequestId></Error>"
            self.answer(refused.status, xml.encode(), [("Content-Type", "application/xml")])
        except BrokenPipeError:
            self.close_connection = True

    do_GET = do_HEAD = do_PUT = do_DELETE = handle_any

    def serve(self, body):
        simple = {
            "slowdown": (503, "SlowDown"), "internal": (500, "InternalError"), "busy": (429, "TooManyRequests"),
            "denied": (403, "AccessDenied"), "conflict": (409, "ConditionalRequestConflict"),
        }
        hit = self.hit
        if hit in simple:
            raise Refused(*simple[hit])
        if hit == "drop":
            return self.gone()
        if hit == "page":
            return self.answer(200, b"<!doctype html><html>Sign in</html>")
        if hit == "garbage":
            return self.answer(200, b"<?xml version=\"1.0\"?><ListBucketResult><IsTruncated>true</Contents>")
        if hit == "redirect":
            return self.answer(307, b"", [("Location", "http://127.0.0.1:1/elsewhere")])
        if hit == "echo":
            raise Refused(403, "SignatureDoesNotMatch", "", echo=str(self.headers).replace("\n", " "))
        if hit == "flip-request" and body:
            body = bytes([body[0] ^ 1]) + body[1:]
        self.authorize(body)
        path, _, query = self.path.partition("?")
        parts = urllib.parse.unquote(path).lstrip("/").split("/", 1)
        if parts[0] != BUCKET:
            raise Refused(404, "NoSuchBucket")
        key = parts[1] if len(parts) > 1 else ""
        if self.command == "GET" and key == "":
            return self.list(dict(urllib.parse.parse_qsl(query, keep_blank_values=True)))
        getattr(self, self.command.lower())(key, body)

    def put(self, key, body):
        condition = self.headers.get("If-None-Match")
        if condition and self.state.get("noIfNoneMatch"):
            raise Refused(501, "NotImplemented")
        with lock:
            if condition == "*" and key in objects and not self.state.get("ignoreIfNoneMatch"):
                raise Refused(412, "PreconditionFailed")
            objects[key] = (body, self.now())
        if self.hit == "lost-answer":
            return self.gone()
        self.answer(200, b"", [("ETag", f'"{hashlib.md5(body).hexdigest()}"')])

    def find(self, key):
        with lock:
            if key not in objects:
                raise Refused(404, "NoSuchKey")
            return objects[key]

    def head(self, key, _):
        data, when = self.find(key)
        self.answer(200, b"", [("Last-Modified", self.date_time_string(when))], length=len(data))

    def get(self, key, _):
        data, when = self.find(key)
        status, headers = 200, [("Last-Modified", self.date_time_string(when))]
        if "Range" in self.headers:
            first, last = self.headers["Range"].removeprefix("bytes=").split("-")
            total = len(data)
            if int(first) >= total:
                raise Refused(416, "InvalidRange")
            data = data[int(first):int(last) + 1]
            status = 206
            headers.append(("Content-Range", f"bytes {first}-{int(first) + len(data) - 1}/{total}"))
        if self.hit == "cut":
            self.answer(status, data[: len(data) // 2], headers, length=len(data))
            self.close_connection = True
            return self.connection.close()
        if self.hit == "flip" and data:
            data = data[:-1] + bytes([data[-1] ^ 1])
        if self.hit == "endless":
            self.answer(status, b"x" * (1 << 20), headers, length=1 << 40)
            return self.gone()
        self.answer(status, data, headers)

    def delete(self, key, _):
        with lock:
            objects.pop(key, None)
        self.answer(204)

    def list(self, query):
        if query.get("list-type") != "2":
            raise Refused(400, "InvalidArgument")
        prefix, delimiter, page = query.get("prefix", ""), query.get("delimiter"), self.state.get("page", 1000)
        after = query.get("start-after", "")
        if "continuation-token" in query:
            after = base64.b64decode(query["continuation-token"]).decode()
        contents, prefixes, last, more = [], [], "", False
        with lock:
            keys = sorted(k for k in objects if k.startswith(prefix))
            for key in keys:
                rest = key[len(prefix):]
                folder = prefix + rest.split(delimiter)[0] + delimiter if delimiter and delimiter in rest else None
                if (folder or key) <= after or (folder and folder in prefixes):
                    continue
                if len(contents) + len(prefixes) == page:
                    more = True
                    break
                last = folder or key
                if folder:
                    prefixes.append(folder)
                else:
                    contents.append((key, len(objects[key][0]), objects[key][1]))
        xml = '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        xml += f"<Name>{BUCKET}</Name><Prefix>{escape(prefix)}</Prefix><IsTruncated>{str(more).lower()}</IsTruncated>"
        if more:
            # With all that base64 can have, so that escaping is needed.
            xml += f"<NextContinuationToken>{base64.b64encode(last.encode()).decode()}</NextContinuationToken>"
        for key, size, when in contents:
            stamp = datetime.datetime.fromtimestamp(when, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            xml += f"<Contents><Key>{escape(key)}</Key><LastModified>{stamp}</LastModified><Size>{size}</Size>"
            xml += "<ETag>&quot;0&quot;</ETag></Contents>"
        xml += "".join(f"<CommonPrefixes><Prefix>{escape(p)}</Prefix></CommonPrefixes>" for p in prefixes)
        self.answer(200, (xml + "</ListBucketResult>").encode(), [("Content-Type", "application/xml")])


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True


Server(("127.0.0.1", PORT), Handler).serve_forever()
