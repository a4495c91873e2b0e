"""quothd over TCP against the same kernel in process: 1, 16 and 256 connections, with one request under way on each, and with
several (the sets whose names end in p)."""

import os
import subprocess

from .measure import Failed, cpu_us, peak_bytes, run_child, summary

WORKERS = 2
UNDER_WAY_MAX = 512
DEPTH_MAX = 16
LOADS = [("tcp1", 1, 1), ("tcp16", 16, 1), ("tcp256", 256, 1), ("tcp1p", 1, 0), ("tcp16p", 16, 0), ("tcp256p", 256, 0)]


class Daemon:
    def __init__(self, programs, index):
        # The waits are the bench's own: it holds more requests under way than a user would wait for.
        self.child = subprocess.Popen(
            [os.path.join(programs, "quothd"), "--port", "0", "--workers", str(WORKERS), "--deadline", "30000", "--queue-wait",
             "30000", "--queue", "4096", "--log-level", "error", index], stdout=subprocess.PIPE, text=True)
        ready = self.child.stdout.readline()
        if "port=" not in ready:
            raise Failed("quothd does not start")
        self.port = ready.rsplit("port=", 1)[1].strip()

    def stop(self):
        self.child.terminate()
        self.child.wait(30)


def _load(programs, daemon, path, connections, depth, limit_ms):
    """Latencies, replies a second, quothd's CPU time a reply."""
    before = cpu_us(daemon.child.pid)
    output, *_ = run_child([os.path.join(programs, "tcp_bench"), daemon.port, path, connections, depth, limit_ms])
    cpu = cpu_us(daemon.child.pid) - before
    *rows, end = output.splitlines()
    _, wall_us, errors = end.split()
    if int(errors) or not rows:
        raise Failed(f"{errors} of {len(rows) + int(errors)} requests failed")
    times = [float(row.split()[0]) for row in rows]
    return times, len(times) / float(wall_us) * 1e6, cpu / len(times)


def daemon_run(programs, engine, path, n_queries, rounds, limit_ms, progress):
    """[results], the in-process kernel's first ("kernel"): the same queries, round by round in turn."""
    daemon = Daemon(programs, engine.index())
    kernel = engine.serve()
    seen = {name: [] for name, *_ in [("kernel",), *LOADS]}
    try:
        for turn in range(rounds + 1):  # the first is dropped
            rows, cpu = kernel.ask("run", path, n_queries, limit_ms)
            if turn:
                seen["kernel"].append(([row[0] for row in rows], 0, cpu / len(rows)))
            for name, connections, depth in LOADS:
                depth = depth or max(2, min(DEPTH_MAX, UNDER_WAY_MAX // connections))
                got = _load(programs, daemon, path, connections, depth, limit_ms)
                if turn:
                    seen[name].append(got)
            progress(f"daemon, round {turn} of {rounds}")
        peak = peak_bytes(daemon.child.pid)
    finally:
        kernel.close()
        daemon.stop()
    return [_result(name, seen[name], rounds, peak) for name in seen]


def _middle(values):
    return sorted(values)[len(values) // 2]


def _result(name, passes, rounds, peak):
    times = [t for one in passes for t in one[0]]
    result = {"engine": "quoth", "set": name, **summary(times), "cpu_us": round(_middle([p[2] for p in passes]), 1),
              "n_queries": len(times), "rounds": rounds}
    if name != "kernel":
        result["qps"] = round(_middle([p[1] for p in passes]), 1)
        result["peak_rss_bytes"] = peak
    return result
