"""Waybill's own rows."""
import os
import shutil

from files import settle, tree_bytes
from process import execute
from rows import Row, Task
from servers import start_nginx

BOTH = "each chunk, each file"


class WaybillTasks:
    """Keeps one store with the file in it, served by `waybill serve` and by nginx, while the rows are measured."""

    def __init__(self, waybill, subject):
        self.waybill, self.subject, self.work = waybill, subject, subject.work
        self.store = waybill.new_store(f"{self.work}/store")
        self.servers = []
        self.mirror = self.started(waybill.serve(self.store))
        waybill.run("push", subject.folder, f"{self.mirror.url}/bench/model")
        self.nginx = self.started(start_nginx(self.work, self.work))
        # What nothing happens to: pushed from and pulled to once, and then again and again.
        self.quiet_source, self.checkout = f"{self.work}/quiet-source", f"{self.work}/checkout"
        for path in (self.quiet_source, self.checkout):
            shutil.rmtree(path, ignore_errors=True)
        os.makedirs(self.quiet_source)
        shutil.copyfile(subject.path, f"{self.quiet_source}/{subject.file}")
        waybill.run("push", self.quiet_source, f"{self.mirror.url}/bench/model")
        waybill.run("pull", f"{self.mirror.url}/bench/model", self.checkout)
        # A file that was written a moment ago is read again: its times could not show another change.
        settle()
        waybill.run("push", self.quiet_source, f"{self.mirror.url}/bench/model")

    def started(self, server):
        self.servers.append(server)
        return server

    def stop(self, server):
        self.servers.remove(server)
        server.stop()

    def close(self):
        for server in list(self.servers):
            self.stop(server)

    def tasks(self):
        def row(key, group, name, checked=BOTH, durable="yes"):
            return Row(key, group, "Waybill", name, checked, durable)

        push, pushed = row("waybill-push", "push", "waybill push to a directory", "pusher's own hashes"), f"file://{self.store}"
        served = row("waybill-push-serve", "push", "waybill push to waybill serve")
        yield Task(lambda: self.push_directory(push), push)
        yield Task(lambda: self.push_mirror(served), served)
        yield Task(lambda: self.pull(pushed), row("waybill-pull", "pull", "waybill pull from a directory"))
        yield Task(lambda: self.pull(self.mirror.url, self.mirror), row("waybill-pull-serve", "pull", "waybill pull from waybill serve"))
        yield Task(lambda: self.pull(f"{self.nginx.url}/store"), row("waybill-pull-nginx", "pull", "waybill pull from nginx"))
        yield Task(lambda: self.again("push", self.quiet_source, f"{self.mirror.url}/bench/model"),
                   row("waybill-push-again", "again", "waybill push again, nothing changed", "sizes and times"))
        yield Task(lambda: self.again("pull", f"{self.mirror.url}/bench/model", self.checkout),
                   row("waybill-pull-again", "again", "waybill pull again, nothing changed", "sizes and times"))
        yield Task(lambda: self.again("verify", self.checkout), row("waybill-verify", "verify", "waybill verify of a checkout", durable=""))
        yield Task(lambda: execute([self.waybill.program, "--help"])[0], row("waybill-help", "start", "waybill --help", "", ""))

    def push(self, address):
        """From a directory that was never pushed: what an earlier push noted in it is gone."""
        shutil.rmtree(f"{self.subject.folder}/.waybill", ignore_errors=True)
        settle()
        return self.waybill.run("push", self.subject.folder, f"{address}/bench/model")[0]

    def push_directory(self, row):
        store = self.waybill.new_store(f"{self.work}/push-store")
        run = self.push(f"file://{store}")
        row.stored = tree_bytes(store, {"private"})
        return run

    def push_mirror(self, row):
        store = self.waybill.new_store(f"{self.work}/push-store")
        mirror = self.started(self.waybill.serve(store))
        run = self.push(mirror.url)
        mirror.report(run)
        self.stop(mirror)
        row.stored = tree_bytes(store, {"private"})
        return run

    def pull(self, address, server=None):
        out = self.subject.new_out()
        shutil.rmtree(os.path.dirname(out))
        if server:
            server.reset()
        run, _ = self.waybill.run("pull", f"{address}/bench/model", os.path.dirname(out))
        if server:
            server.report(run)
        self.subject.compare(out, "waybill pull")
        return run

    def again(self, *words):
        settle()
        return self.waybill.run(*words)[0]
