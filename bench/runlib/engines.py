"""The engines: how each builds its index and how it is asked. The drivers' lines are those of bench/peers/driver.h."""

import os
import shutil
import subprocess
import time

from . import packages
from .measure import Failed, cpu_us, peak_bytes, run_child, tree_bytes

SEARCHD_START_S = 60


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

    def build(self, corpus, threads):
        """{seconds, finish_s, cpu_s, peak_rss_bytes, index_bytes} of an index of the corpus."""
        self.clean(threads)
        output, _, cpu, peak = run_child([*self.command(), "build", corpus.passages, self.index(threads), threads])
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
    name = "quoth"
    threads = [1, 2]

    def build(self, corpus, threads):
        self.clean(threads)
        program = os.path.join(self.places.programs, "quoth-index")
        _, wall, cpu, peak = run_child([program, "--quiet", "--threads", threads, self.index(threads), corpus.articles])
        self.version = run_child([program, "--version"])[0].strip()
        return {"seconds": wall, "finish_s": 0.0, "cpu_s": cpu, "peak_rss_bytes": peak,
                "index_bytes": tree_bytes(self.index(threads))}


class QuothMarked(Quoth):
    """The same index and kernel, the best 50 ranked again and what matched marked in the texts: what quothd does."""

    name = "quoth-marked"
    threads = []

    def index(self, threads=1):
        return os.path.join(self.places.work, f"index-quoth-{threads}")

    def serve(self):
        return Server([os.path.join(self.places.programs, "quoth_bench"), "marked", self.index()])


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
        self.class_path = packages.lucene(self.places.peers, self.places.tools)

    def command(self):
        return ["java", "-Xms2g", "-Xmx4g", "-cp", self.class_path, "LuceneBench"]


class Tantivy(Engine):
    name = "tantivy"
    threads = [1, 2]

    def prepare(self):
        self.program = packages.tantivy(self.places.peers, self.places.tools)

    def command(self):
        return [self.program]


SPHINX_CONF = """source passages
{{
  type = tsvpipe
  tsvpipe_command = cat {passages}
  tsvpipe_field_string = body
}}
index passages
{{
  source = passages
  path = {index}/passages
  morphology = stem_en
  min_word_len = 1
}}
indexer
{{
  mem_limit = 1024M
  write_buffer = 8M
}}
searchd
{{
  listen = {socket}:mysql41
  log = {index}/log
  pid_file = {index}/pid
  workers = threads
  binlog_path =
  read_timeout = 3600
  client_timeout = 3600
}}
"""


class Sphinx(Engine):
    name = "sphinx"
    debian = ("sphinxsearch",)
    searchd = None

    def prepare(self):
        super().prepare()
        if not shutil.which("indexer") or not shutil.which("searchd"):
            raise packages.Skipped("needs Debian's sphinxsearch")

    def build(self, corpus, threads):
        self.clean(threads)
        os.makedirs(self.index())
        config = os.path.join(self.index(), "sphinx.conf")
        self.socket = os.path.join(self.index(), "socket")
        with open(config, "w", encoding="utf-8") as file:
            file.write(SPHINX_CONF.format(passages=corpus.passages, index=self.index(), socket=self.socket))
        output, wall, cpu, peak = run_child(["indexer", "--config", config, "--all"])
        self.version = output.split("\n", 1)[0].split("-")[0].strip()
        size = sum(tree_bytes(os.path.join(self.index(), n)) for n in os.listdir(self.index()) if n.startswith("passages."))
        return {"seconds": wall, "finish_s": 0.0, "cpu_s": cpu, "peak_rss_bytes": peak, "index_bytes": size}

    def serve(self):
        config = os.path.join(self.index(), "sphinx.conf")
        self.socket = os.path.join(self.index(), "socket")
        if os.path.exists(self.socket):
            os.unlink(self.socket)
        self.searchd = subprocess.Popen(["searchd", "--config", config, "--nodetach"], stdout=subprocess.DEVNULL)
        until = time.monotonic() + SEARCHD_START_S
        while not os.path.exists(self.socket):
            if self.searchd.poll() is not None or time.monotonic() > until:
                raise Failed("searchd does not start; see its log")
            time.sleep(0.1)
        return Server([os.path.join(self.places.programs, "sphinx_bench"), "serve", self.socket], self.searchd.pid)

    def stop(self):
        if self.searchd is not None:
            self.searchd.terminate()
            try:
                self.searchd.wait(30)
            except subprocess.TimeoutExpired:
                self.searchd.kill()
                self.searchd.wait()
            self.searchd = None


ENGINES = {engine.name: engine for engine in (Quoth, QuothMarked, Libxapian, Fts5, Sphinx, Lucene, Tantivy)}
