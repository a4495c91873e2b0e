"""quoth-index and quothd as bench/eval uses them: an index in a folder, a daemon on a free port, questions in a pipeline."""

import os
import re
import select
import socket
import subprocess
import urllib.parse

from . import measure

IN_FLIGHT = 32        # requests without a reply; the daemon takes 64
LINE_MAX_BYTES = 8192
START_S = 120
PATIENCE = ("--deadline", "60000", "--queue-wait", "60000", "--log-level", "warning")

# What a profile asks for beside the query; parity is a profile of the index as well.
PROFILES = {
    "parity": {"rank": "first"},
    "first": {"rank": "first"},
    "full": {"rank": "full"},
    "expand": {"rank": "full", "expand": "on"},
}


def build_index(folder, index, corpus, profile, split):
    """An index of one corpus; the articles' ids are those of its lines."""
    command = [os.path.join(folder, "quoth-index"), "--quiet", "--split", split]
    if profile == "parity":
        command += ["--profile", "parity"]
    # 1 is "some input could not be read": a document without a word, say. It is named on stderr.
    if subprocess.run([*command, index, corpus], stdin=subprocess.DEVNULL, check=False).returncode not in (0, 1):
        raise RuntimeError(f"quoth-index cannot index {corpus}")


class Daemon:
    """A running quothd with one connection. with Daemon(…) as daemon: daemon.run(…)"""

    def __init__(self, folder, index):
        command = [os.path.join(folder, "quothd"), index, "--port", "0", *PATIENCE]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        try:
            ready = ""
            if select.select([self.process.stdout], [], [], START_S)[0]:
                ready = self.process.stdout.readline().decode()
            match = re.match(r"quothd ready port=(\d+)", ready)
            if match is None:
                raise RuntimeError(f"quothd does not start: {ready!r}")
            self.socket = socket.create_connection(("127.0.0.1", int(match.group(1))))
            self.lines = self.socket.makefile("rb", buffering=1 << 20)
            self.lines.readline()  # the greeting
            self.known = self.options()
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    def reply(self):
        """(status line, data lines)"""
        status = self.lines.readline()
        if not status.endswith(b"\n"):
            raise RuntimeError("quothd closed the connection")
        n = int(status.split()[1]) if status.startswith(b"OK ") else 0
        return status.decode().rstrip("\n"), [self.lines.readline() for _ in range(n)]

    def options(self):
        """The names of SEARCH's options."""
        self.socket.sendall(b"HELP SEARCH\n")
        return {line.split(b"\t")[0].decode() for line in self.reply()[1]}

    def request(self, profile, split):
        """The beginning of a request line, to which a query is added."""
        wanted = {"n": measure.DEPTH, "show": "none", "mode": "plain", "total": "none", **PROFILES[profile]}
        if split == "auto":
            wanted["per"] = 1
        if "spell" in self.known:
            wanted["spell"] = "off"  # the collections judge the words that were typed
        # Without a second stage its absence need not be asked for.
        if wanted["rank"] == "first" and "rank" not in self.known:
            del wanted["rank"]
        missing = [option for option in wanted if option not in self.known]
        if missing:
            raise LookupError(f"this quothd has no {missing[0]}= in SEARCH, which profile {profile} needs")
        return "SEARCH " + " ".join(f"{key}={value}" for key, value in wanted.items()) + " -- "

    def run(self, queries, profile, split):
        """{query: ranking} of documents, and what went wrong, as lines."""
        head = self.request(profile, split)
        run, trouble, waiting = {}, [], []
        pending = iter(queries.items())
        while True:
            batch = []
            while len(waiting) < IN_FLIGHT and (query := next(pending, None)):
                batch.append(one_line(head, query[1]))
                waiting.append(query[0])
            if batch:
                self.socket.sendall(b"".join(batch))
            if not waiting:
                return run, trouble
            # Half a window of replies at a time, so that requests go out in batches.
            for query in waiting[:IN_FLIGHT // 2]:
                status, lines = self.reply()
                run[query] = documents(lines)
                if not status.startswith("OK "):
                    trouble.append(f"{query}: {status}")
            del waiting[:IN_FLIGHT // 2]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lines.close()
        self.socket.close()
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def one_line(head, text):
    """A request; what cannot stand in a line is a space, what is beyond its bound is cut off."""
    text = re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", text)
    line = (head + text).encode(errors="replace")[:LINE_MAX_BYTES - 2]
    return line.decode(errors="ignore").encode() + b"\n"


def documents(lines):
    """The documents of data lines, each once: passages without their ordinals, percent-decoded."""
    passages = (line.split(b"\t", 3)[2].decode() for line in lines)
    return list(dict.fromkeys(urllib.parse.unquote(passage.rpartition("#")[0]) for passage in passages))
