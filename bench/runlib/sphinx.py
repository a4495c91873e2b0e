"""Sphinx: its indexer, and a searchd that is asked at a Unix socket."""

import os
import shutil
import subprocess
import time

from . import packages
from .engines import Engine, Server
from .measure import Failed, run_child, tree_bytes

SEARCHD_START_S = 60

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

    def build(self, corpus, threads, limit_s):
        self.clean(threads)
        os.makedirs(self.index())
        config = os.path.join(self.index(), "sphinx.conf")
        self.socket = os.path.join(self.index(), "socket")
        with open(config, "w", encoding="utf-8") as file:
            file.write(SPHINX_CONF.format(passages=corpus.passages, index=self.index(), socket=self.socket))
        output, wall, cpu, peak = run_child(["indexer", "--config", config, "--all"], limit_s)
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
