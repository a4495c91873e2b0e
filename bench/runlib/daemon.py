"""quothd over TCP, the same search in process, and the same daemon with libxapian's Enquire as the search of its workers: 1, 16
and 256 connections, with one request under way on each, and with several (the sets whose names end in p)."""

import os
import socket
import subprocess
import time

from .engines import QuothFirstMarked, QuothMarked
from .measure import Failed, cpu_us, peak_bytes, run_child, summary

WORKERS = 2
UNDER_WAY_MAX = 512
DEPTH_MAX = 16
LOAD_MS = 1000
LOADS = [("tcp1", 1, 1), ("tcp16", 16, 1), ("tcp256", 256, 1), ("tcp1p", 1, 0), ("tcp16p", 16, 0), ("tcp256p", 256, 0)]
FIRST_STAGE = ("tcp16first", 16, 1)  # with rank=first: no more than Enquire does
AGAIN = ("tcp16again", 16, 1)  # from the cache of replies, which is off by default
AGAIN_OPTIONS = ["--results", "64M"]
STARTS = 5
REPLY_S = 30


class Daemon:
    def __init__(self, program, index, options, environment=None):
        # The waits are the bench's own: it holds more requests under way than a user would wait for.
        command = [program, "--port", "0", "--workers", WORKERS, "--deadline", "30000", "--queue-wait", "30000", "--queue",
                   "4096", "--log-level", "error", *options, index]
        self.child = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True,
                                      env={**os.environ, **(environment or {})})
        ready = self.child.stdout.readline()
        if "port=" not in ready:
            self.child.wait(REPLY_S)
            raise Failed(f"{os.path.basename(program)} does not start")
        self.port = int(ready.split("port=", 1)[1].split()[0])

    def ask(self, line):
        """The reply to one request, as text."""
        with socket.create_connection(("127.0.0.1", self.port), REPLY_S) as s:
            s.sendall(f"{line}\nQUIT\n".encode())
            reply = b""
            while data := s.recv(1 << 16):
                reply += data
        return reply.decode(errors="replace")

    def stop(self):
        self.child.terminate()
        self.child.wait(REPLY_S)


def _load(programs, daemon, path, load, options=()):
    """Latencies, replies a second, the daemon's CPU time a reply."""
    _, connections, depth = load
    depth = depth or max(2, min(DEPTH_MAX, UNDER_WAY_MAX // connections))
    before = cpu_us(daemon.child.pid)
    output, *_ = run_child([os.path.join(programs, "tcp_bench"), daemon.port, path, connections, depth, LOAD_MS, *options])
    cpu = cpu_us(daemon.child.pid) - before
    *rows, end = output.splitlines()
    _, wall_us, errors = end.split()
    if int(errors) or not rows:
        raise Failed(f"{errors} of {len(rows) + int(errors)} requests failed")
    times = [float(row.split()[0]) for row in rows]
    return times, len(times) / float(wall_us) * 1e6, cpu / len(times)


def _in_process(server, path, n):
    """The same, of the search without a network, for as long."""
    times, cpu, start = [], 0.0, time.monotonic()
    while time.monotonic() < start + LOAD_MS / 1000:
        rows, used = server.ask("run", path, n, LOAD_MS)
        times += [row[0] for row in rows]
        cpu += used
    return times, len(times) / sum(times) * 1e6, cpu / len(times)


def _starts(program, index, options, line):
    """Milliseconds from the start of quothd to its first answer, the files in the page cache."""
    times = []
    for _ in range(STARTS):
        start = time.monotonic()
        daemon = Daemon(program, index, options)
        try:
            if not daemon.ask(line).count("\nOK 1"):
                raise Failed("quothd finds nothing")
            times.append((time.monotonic() - start) * 1e6)
        finally:
            daemon.stop()
    return times


def _request(path):
    with open(path, encoding="ascii") as file:
        words = file.readline().split("\t")[1].split()
    return "SEARCH n=10 show=passage -- " + " ".join(f'"{word}"' for word in words)


class Pools:
    """The daemons and the searches in process; `turns` says what is measured, one after the other."""

    def __init__(self, engines, places, path, n):
        self.programs, self.path = places.programs, path
        self.cache = ["--cache", places.daemon_cache] if places.daemon_cache else []
        marked, first = QuothMarked(places), QuothFirstMarked(places)
        for engine in (marked, first):
            engine.cache = lambda: [places.daemon_cache] if places.daemon_cache else []
        self.quothd = os.path.join(places.programs, "quothd")
        self.index = marked.index()
        self.daemons, self.servers = {}, {}
        self.turns = []
        try:
            self.daemons["quoth"] = Daemon(self.quothd, self.index, self.cache)
            self._in_process("quoth", "kernel", marked, n)
            self._in_process("quoth", "kernelfirst", first, n)
            if "libxapian" in engines:
                self._start_xapian(engines["libxapian"], n)
            for load in LOADS:
                for name, daemon in self.daemons.items():
                    self.turns.append((name, load[0], lambda d=daemon, l=load: _load(self.programs, d, path, l)))
            self.turns.append(("quoth", FIRST_STAGE[0], lambda: _load(self.programs, self.daemons["quoth"], path, FIRST_STAGE,
                                                                      ["rank=first"])))
            again = self.daemons["again"] = Daemon(self.quothd, self.index, [*self.cache, *AGAIN_OPTIONS])
            self.turns.append(("quoth", AGAIN[0], lambda: _load(self.programs, again, path, AGAIN)))
        except BaseException:
            self.stop()
            raise

    def _in_process(self, name, label, engine, n):
        server = self.servers[name, label] = engine.serve()
        self.turns.append((name, label, lambda: _in_process(server, self.path, n)))

    def _start_xapian(self, engine, n):
        daemon = Daemon(os.path.join(self.programs, "quothd_xapian"), self.index, [], {"QUOTHD_XAPIAN_INDEX": engine.index()})
        self.daemons["libxapian"] = daemon
        if "xapian#" not in daemon.ask(_request(self.path)):
            raise Failed("quothd_xapian does not ask libxapian")
        self._in_process("libxapian", "kernel", engine, n)

    def starts(self):
        return _starts(self.quothd, self.index, self.cache, _request(self.path))

    def peak(self, name):
        return peak_bytes(self.daemons[name].child.pid)

    def stop(self):
        for server in self.servers.values():
            server.close()
        for daemon in self.daemons.values():
            daemon.stop()


def daemon_run(engines, places, path, n_queries, rounds, say):
    """[results]: the same queries, round by round in turn; the first round is dropped."""
    pools = Pools(engines, places, path, n_queries)
    seen = {turn[:2]: [] for turn in pools.turns}
    try:
        for turn in range(rounds + 1):
            for name, label, measure in pools.turns:
                got = measure()
                if turn:
                    seen[name, label].append(got)
            say(f"daemon, round {turn} of {rounds}")
        results = [_result(name, label, passes, pools.peak(name)) for (name, label), passes in seen.items()]
        results.append({"engine": "quoth", "set": "start", **summary(pools.starts()), "n_queries": STARTS})
    finally:
        pools.stop()
    return results


def _middle(values):
    return sorted(values)[len(values) // 2]


def _result(name, label, passes, peak):
    times = [t for one in passes for t in one[0]]
    result = {"engine": name, "set": label, **summary(times), "cpu_us": round(_middle([p[2] for p in passes]), 1),
              "n_queries": len(times), "rounds": len(passes), "qps": round(_middle([p[1] for p in passes]), 1)}
    if label.startswith("tcp"):
        result["peak_rss_bytes"] = peak
    return result
