"""The rows of programs with a deduplicating repository of their own: restic, borg, casync. Repositories lie on the same disk."""
import os
import shutil

from files import fresh, settle, tree_bytes
from process import execute
from rows import Row, Task, skip


class Archive:
    """Stores the folder of the file in a fresh repository (push), again in the same (again), and restores it (pull)."""

    tool = ""
    pushed, pulled = ("", "no"), ("", "no")
    has_again = True

    def __init__(self, subject):
        self.subject, self.work = subject, f"{subject.work}/{self.tool}"
        self.kept = f"{self.work}/kept"

    def close(self):
        pass

    def tasks(self):
        push = Row(f"{self.tool}-push", "push", self.tool, f"{self.tool} {self.words[0]}", *self.pushed)
        again = Row(f"{self.tool}-push-again", "again", self.tool, f"{self.tool} {self.words[0]} again, nothing changed", *self.again_says)
        pull = Row(f"{self.tool}-pull", "pull", self.tool, f"{self.tool} {self.words[1]}", *self.pulled)
        rows = (push, again, pull) if self.has_again else (push, pull)
        if not shutil.which(self.tool):
            yield skip(f"{self.tool} is not installed", *rows)
            return
        fresh(self.work)
        self.create(self.kept)
        self.store(self.kept)
        yield Task(lambda: self.push(push), push)
        if self.has_again:
            yield Task(self.again, again)
        yield Task(self.pull, pull)

    def push(self, row):
        repository = f"{self.work}/repository"
        shutil.rmtree(repository, ignore_errors=True)
        self.create(repository)
        settle()
        run = self.store(repository)
        row.stored = tree_bytes(repository)
        return run

    def again(self):
        settle()
        return self.store(self.kept)

    def pull(self):
        out = self.subject.new_out()
        run = self.restore(self.kept, os.path.dirname(out))
        for folder, _, names in os.walk(os.path.dirname(out)):
            if self.subject.file in names:
                self.subject.compare(f"{folder}/{self.subject.file}", f"{self.tool} {self.words[1]}")
                return run
        raise SystemExit(f"{self.tool} restored nothing")


class Restic(Archive):
    tool, words = "restic", ("backup", "restore")
    pushed, again_says, pulled = ("no", "yes"), ("sizes and times", "yes"), ("each chunk", "no")

    def restic(self, repository, *words):
        environment = dict(os.environ, RESTIC_PASSWORD="benchmark", RESTIC_CACHE_DIR=f"{repository}.cache")
        return execute(["restic", "--repo", repository, "--quiet", *words], env=environment)

    def create(self, repository):
        shutil.rmtree(f"{repository}.cache", ignore_errors=True)
        self.restic(repository, "init")

    def store(self, repository):
        return self.restic(repository, "backup", self.subject.folder)[0]

    def restore(self, repository, folder):
        return self.restic(repository, "restore", "latest", "--target", folder)[0]


class Borg(Archive):
    tool, words = "borg", ("create", "extract")
    pushed, again_says, pulled = ("no", "yes"), ("sizes and times", "yes"), ("each chunk", "no")
    made = 0

    def borg(self, repository, *words, **options):
        environment = dict(os.environ, BORG_BASE_DIR=f"{repository}.base", BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK="yes",
                           BORG_RELOCATED_REPO_ACCESS_IS_OK="yes")
        return execute(["borg", *words], env=environment, **options)

    def create(self, repository):
        shutil.rmtree(f"{repository}.base", ignore_errors=True)
        self.borg(repository, "init", "--encryption", "none", repository)

    def store(self, repository):
        self.made += 1
        return self.borg(repository, "create", f"{repository}::{self.made}", self.subject.folder)[0]

    def restore(self, repository, folder):
        return self.borg(repository, "extract", f"{repository}::1", cwd=folder)[0]


class Casync(Archive):
    tool, words = "casync", ("make", "extract")
    pushed, pulled = ("no", "no"), ("each chunk", "no")
    again_says = ("no", "no")

    def create(self, repository):
        fresh(repository)

    def store(self, repository):
        return execute(["casync", "make", f"--store={repository}/store.castr", f"{repository}/file.caibx", self.subject.path])[0]

    def restore(self, repository, folder):
        out = f"{folder}/{self.subject.file}"
        return execute(["casync", "extract", f"--store={repository}/store.castr", f"{repository}/file.caibx", out])[0]


ARCHIVES = (Restic, Borg, Casync)
