"""The programs under measurement: Waybill with a configuration of its own, its mirror, and nginx over a folder."""
import json
import os
import shutil
import socket
import subprocess
import sys
import time

from files import fresh
from process import Server, Started


class Waybill:
    def __init__(self, program, work):
        self.program, self.work = program, work
        self.environment = dict(os.environ, XDG_CONFIG_HOME=f"{work}/config")
        self.environment.pop("WAYBILL_TOKEN_FILE", None)

    def start(self, *words):
        return Started([self.program, *words, "--json"], env=self.environment)

    def run(self, *words):
        """(Run, the command's JSON object)"""
        run, output = self.start(*words).wait()
        return run, json.loads(output)

    def new_store(self, path):
        shutil.rmtree(path, ignore_errors=True)
        self.run("store", "init", path)
        return path

    def serve(self, store):
        server = Server([self.program, "serve", store, "--listen", "127.0.0.1:0", "--allow-anonymous-push", "--json"],
                        f"{self.work}/serve.log", stdout=subprocess.PIPE, env=self.environment)
        line = server.process.stdout.readline()
        if not line:
            sys.exit(f"the mirror did not start; see {self.work}/serve.log")
        server.url = json.loads(line)["address"]
        return server


def nginx_program():
    return shutil.which("nginx") or "/usr/sbin/nginx"


def start_nginx(work, root):
    """nginx over the folder `root`, on loopback."""
    folder = fresh(f"{work}/nginx")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with open(f"{folder}/nginx.conf", "w") as file:
        file.write(f"""daemon off; worker_processes 2; pid {folder}/pid; error_log {folder}/error.log;
{"user root;" if os.getuid() == 0 else ""}
events {{ worker_connections 256; }}
http {{
    access_log off; sendfile on; tcp_nopush on; default_type application/octet-stream;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        root {root};
        location /store/private/ {{ deny all; }}
    }}
}}
""")
    server = Server([nginx_program(), "-c", f"{folder}/nginx.conf", "-e", f"{folder}/error.log"], f"{folder}/log")
    server.url = f"http://127.0.0.1:{port}"
    for _ in range(100):
        if subprocess.run(["curl", "-s", "-o", "/dev/null", server.url], check=False).returncode == 0:
            return server
        time.sleep(0.1)
    server.stop()
    sys.exit(f"nginx does not answer; see {folder}/error.log")
