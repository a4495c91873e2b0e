"""The query sets, asked of every engine in turn."""

import os
import time

from . import queries, report
from .measure import Failed, per_query_median, summary

WARM_S = 1.0
SHORT_S = 0.2  # a pass that takes less begins with the processor's caches full of what others left
SAMPLE_MIN = 10  # queries, where that does not take four times --limit
OWN_PATIENCE = 5  # times --limit: Quoth should run all of the queries, so that runs can be compared


class Asking:
    """Servers of all engines; those that fail are named and left out from then on."""

    def __init__(self, engines, page):
        self.engines, self.page = engines, page
        self.started, self.servers = [], {}
        for name, engine in list(engines.items()):
            try:
                self.servers[name] = engine.serve()
                self.started.append((engine, self.servers[name]))
            except (Failed, OSError) as why:
                engine.stop()
                if name == "quoth":
                    raise
                page.skip(name, f"it does not start: {why}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for engine, server in self.started:
            try:
                server.close()
            finally:
                engine.stop()

    def each(self, verb, path, n, limit_s, first=None, short=()):
        """(engine, rows, CPU) of each in turn. `first` may give each its own number of queries; those of `short` passes run
        twice, and the second counts."""
        for name, server in list(self.servers.items()):
            try:
                limit_ms = int(patience(name, limit_s) * 1000)
                if name in short:
                    server.ask(verb, path, n, limit_ms)
                rows, cpu = server.ask(verb, path, first[name] if first else n, limit_ms)
                if verb == "run" and sum(r[1] for r in rows) > 0 and sum(r[2] for r in rows) == 0:
                    raise Failed("it returns no texts")
            except Failed as why:
                if name == "quoth":
                    raise
                self.page.skip(name, f"from here on: {why}")
                del self.servers[name]
                continue
            yield name, rows, cpu

    def peaks(self):
        return {name: server.peak() for name, server in self.servers.items()}


def patience(name, limit_s):
    return limit_s * OWN_PATIENCE if name.startswith("quoth") else limit_s


def _run_set(asking, path, n, rounds, limit_s):
    """{engine: (per-query times, CPU a query, is it a sample)}: the engines in turn, what warms them up dropped."""
    first, short = {}, set()
    start = time.monotonic()
    for name, rows, _ in asking.each("run", path, n, limit_s * 2):
        took = time.monotonic() - start
        # Fast ones go on for a while: Java compiles what has run often.
        while len(rows) == n and time.monotonic() < start + WARM_S:
            asking.servers[name].ask("run", path, n, int(limit_s * 2000))
        most = patience(name, limit_s)
        first[name] = len(rows) if took <= most else max(min(n, SAMPLE_MIN), int(len(rows) * most / took))
        if took < SHORT_S:
            short.add(name)
        start = time.monotonic()
    times, cpu = {name: [] for name in first}, {name: [] for name in first}
    for _ in range(rounds):
        for name, rows, used in asking.each("run", path, n, limit_s * 4, first, short):
            times[name].append([row[0] for row in rows])
            cpu[name].append(used / len(rows))
    medians = {name: per_query_median(times[name]) for name in asking.servers}
    return {name: (medians[name], sorted(cpu[name])[rounds // 2], len(medians[name]) < n) for name in medians}


def _count_set(asking, path, n, limit_s):
    counts = {name: [row[0] for row in rows] for name, rows, _ in asking.each("count", path, n, limit_s)}
    mine = counts.get("quoth")
    return {name: report.agreement(mine, theirs) for name, theirs in counts.items()
            if mine and theirs and not name.startswith("quoth")}


def _mix(results, sets):
    """One result an engine over the queries of all sets, where it ran all of them."""
    for name in dict.fromkeys(r["engine"] for r in results):
        mine = [r for r in results if r["engine"] == name]
        if len(mine) == len(sets) and not any(r["is_sample"] for r in mine):
            times = [t for r in mine for t in r["_times"]]
            yield {**mine[0], "set": "mix", **summary(times), "n_queries": len(times), "_times": times,
                   "cpu_us": round(sum(r["cpu_us"] * r["n_queries"] for r in mine) / len(times), 1)}


def query_all(asking, corpus, sets, args, places, say):
    """(results, {(engine, set): agreement})"""
    results, agreed = [], {}
    for name, chosen in sets.items():
        path = os.path.join(places.work, f"{name}.queries")
        queries.query_file(path, chosen)
        for engine, (times, cpu, is_sample) in _run_set(asking, path, len(chosen), args.rounds, args.limit).items():
            results.append({"engine": engine, "corpus": corpus.name, "set": name, **summary(times), "cpu_us": round(cpu, 1),
                            "n_queries": len(times), "rounds": args.rounds, "is_sample": is_sample, "_times": times})
        for engine, found in _count_set(asking, path, len(chosen), args.limit).items():
            agreed[engine, name] = found
        say(f"set {name}: {len(chosen)} queries, {args.rounds} rounds")
    results += list(_mix(results, sets))
    peaks = asking.peaks()
    for result in results:
        result["peak_rss_bytes"] = peaks.get(result["engine"], 0)
    return results, agreed
