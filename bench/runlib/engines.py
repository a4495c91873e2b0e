"""The engines: how each builds its index and how it is asked. The drivers' lines are those of bench/peers/driver.h."""

import os
import shutil
import subprocess

from . import packages
from .measure import Failed, cpu_us, peak_bytes, run_child, tree_bytes

MERGE_MEMORY = "4G"  # for Quoth to bring its segments into one; Lucene and Tantivy take as much at 5 million passages


class Server:
    """A driver that answers: one query file after the other."""

    def __init__(self, command, searching_pid=None):
        self.child = subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      text=True)
        self.searching_pid = searching_pid  # where another process does the work

    def ask(self, verb, path, first, limit_ms):
        """The rows of numbers, and the CPU time in microseconds."""
        before = cpu_us(self.searching_pid) if self.searching_pid else 0
        try:
            self.child.stdin.write(f"{verb} {path} {first} {limit_ms}\n")
            self.child.stdin.flush()
        except BrokenPipeError as why:
            raise Failed(f"its driver ended with {self.child.wait()}") from why
        rows = []
        for line in self.child.stdout:
            if line.startswith("end "):
                cpu = float(line.split()[1])
                if self.searching_pid:
                    cpu += cpu_us(self.searching_pid) - before
                return rows, cpu
            rows.append([float(part) for part in line.split()])
        raise Failed(f"its driver ended with {self.child.wait()}")

    def peak(self):
        return peak_bytes(self.searching_pid or self.child.pid)

    def close(self):
        try:
            self.child.stdin.close()
        except BrokenPipeError:
            pass  # it has ended
        try:
            self.child.wait(30)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


class Engine:
    name = ""
    threads = [1]
    debian = ()

    def __init__(self, places):
        self.places = places
        self.version = ""

    def prepare(self):
        if self.debian:
            packages.debian(*self.debian)

    def index(self, threads=1):
        return os.path.join(self.places.work, f"index-{self.name}-{threads}")

    def command(self):
        return [os.path.join(self.places.programs, f"{self.name}_bench")]

    def clean(self, threads):
        for path in (self.index(threads), self.index(threads) + ".raw"):
            if os.path.isdir(path):
                shutil.rmtree(path)
            elif os.path.exists(path):
                os.unlink(path)

    def build(self, corpus, threads, limit_s):
        """{seconds, finish_s, cpu_s, peak_rss_bytes, index_bytes} of an index of the corpus."""
        self.clean(threads)
        output, _, cpu, peak = run_child([*self.command(), "build", corpus.passages, self.index(threads), threads], limit_s)
        words = output.strip().splitlines()[-1].split(None, 3)
        self.version = words[3]
        if os.path.isdir(self.index(threads) + ".raw"):
            shutil.rmtree(self.index(threads) + ".raw")
        return {"seconds": float(words[1]), "finish_s": float(words[2]), "cpu_s": cpu, "peak_rss_bytes": peak,
                "index_bytes": tree_bytes(self.index(threads))}

    def serve(self):
        return Server([*self.command(), "serve", self.index()])

    def stop(self):
        pass


class Quoth(Engine):
    """The first stage: the work that is asked of the others, too."""

    name = "quoth"
    threads = [1, 2]
    mode = "serve"  # bench/peers/quoth_bench.c
    options = []

    def build(self, corpus, threads, limit_s):
        self.clean(threads)
        program = os.path.join(self.places.programs, "quoth-index")
        command = [program, "--quiet", "--threads", threads, *self.options, self.index(threads), corpus.articles]
        _, wall, cpu, peak = run_child(command, limit_s)
        compact = [program, "--quiet", "--compact", "--memory", MERGE_MEMORY, self.index(threads)]
        _, finish, finish_cpu, finish_peak = run_child(compact, limit_s)
        self.version = " ".join(run_child([program, "--version"])[0].strip().replace("quoth-index", "Quoth").split())
        return {"seconds": wall, "finish_s": finish, "cpu_s": cpu + finish_cpu, "peak_rss_bytes": peak,
                "finish_peak_rss_bytes": finish_peak, "index_bytes": tree_bytes(self.index(threads))}

    def cache(self):
        return []

    def serve(self):
        return Server([os.path.join(self.places.programs, "quoth_bench"), self.mode, self.index(), *self.cache()])


class QuothOfSameIndex(Quoth):
    """Another search of the index of `quoth`."""

    threads = []

    def index(self, threads=1):
        return os.path.join(self.places.work, f"index-quoth-{threads}")


class QuothReranked(QuothOfSameIndex):
    """The best 50 ranked again."""

    name = "quoth-reranked"
    mode = "reranked"


class QuothMarked(QuothOfSameIndex):
    """The best 50 ranked again and what matched marked in the texts: what quothd does."""

    name = "quoth-marked"
    mode = "marked"


class QuothFirstMarked(QuothOfSameIndex):
    """What quothd does with rank=first. Only its daemon's part asks for it."""

    name = "quoth-first-marked"
    mode = "first-marked"


class QuothCached(QuothOfSameIndex):
    """The first stage with the cache of --cache."""

    name = "quoth-cached"

    def cache(self):
        return [self.places.cache]


class QuothCompressed(Quoth):
    """An index with compressed texts."""

    name = "quoth-compressed"
    options = ["--compress"]

    def prepare(self):
        if "--compress" not in run_child([os.path.join(self.places.programs, "quoth-index"), "--help"])[0]:
            raise packages.Skipped("this quoth-index has no --compress")


class Libxapian(Engine):
    name = "libxapian"

    def command(self):
        return [os.path.join(self.places.programs, "xapian_bench")]


class Fts5(Engine):
    name = "fts5"
    debian = ("libsqlite3-dev",)

    def prepare(self):
        super().prepare()
        if not os.path.exists(self.command()[0]):
            raise packages.Skipped("its driver was not built: libsqlite3-dev is missing")


class Lucene(Engine):
    name = "lucene"
    threads = [1, 2]

    def prepare(self):
        self.java = packages.lucene(self.places.peers, self.places.tools)

    def command(self):
        return [*self.java, "LuceneBench"]


class Tantivy(Engine):
    name = "tantivy"
    threads = [1, 2]

    def prepare(self):
        self.program = packages.tantivy(self.places.peers, self.places.tools)

    def command(self):
        return [self.program]
