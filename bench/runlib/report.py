"""What is printed: tables in Markdown, so that they go into docs/BENCHMARKS.md as they are."""

import json

MB = 1e6


def write_json(path, results):
    with open(path, "w", encoding="utf-8") as file:
        for result in results:
            file.write(json.dumps({k: v for k, v in result.items() if not k.startswith("_")}) + "\n")


def _table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|---" * len(head) + "|")
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    print()


def _us(value):
    return f"{value / 1000:.0f} ms" if value >= 10000 else f"{value / 1000:.2f} ms" if value >= 1000 else f"{value:.0f} µs"


def _times(ratio):
    return f"{ratio:.0f}x" if ratio >= 20 else f"{ratio:.1f}x" if ratio >= 2 else f"{ratio:.2f}x"


def print_builds(results, versions):
    rows, builds = [], [r for r in results if r["set"].startswith("build")]
    base = {r["threads"]: r["mb_s"] for r in builds if r["engine"] == "quoth"}
    for r in builds:
        ratio = _times(base[r["threads"]] / r["mb_s"]) if r["threads"] in base and r["engine"] != "quoth" else ""
        rows.append([versions.get(r["engine"], r["engine"]), r["threads"], f"{r['mb_s']:.1f}", f"{r['cpu_mb_s']:.1f}",
                     f"{r['finish_s']:.1f}", f"{r['index_bytes'] / r['text_bytes']:.2f}", f"{r['peak_rss_bytes'] / MB:.0f}",
                     ratio])
    print("## Building\n")
    _table(["engine", "threads", "MB/s", "MB a CPU second", "then, to one segment: s", "index / text", "peak MB",
            "Quoth is faster by"], rows)


def print_queries(results, sets, engines):
    by = {(r["engine"], r["set"]): r for r in results}
    print("## Queries: mean (p50, p95, p99)\n")
    rows = []
    for name in sets:
        row = [name]
        for engine in engines:
            r = by.get((engine, name))
            sample = f" of {r['n_queries']}" if r and r["is_sample"] else ""
            row.append(f"{_us(r['mean_us'])} ({_us(r['p50_us'])}, {_us(r['p95_us'])}, {_us(r['p99_us'])}){sample}"
                       if r else "skipped")
        rows.append(row)
    _table(["set", *engines], rows)
    print("## Queries a second, one thread\n")
    _table(["set", *engines], [[s, *(f"{by[e, s]['qps']:.0f}" if (e, s) in by else "" for e in engines)] for s in sets])
    others = [e for e in engines if e != "quoth"]
    if "quoth" not in engines or not others:
        return
    print("## Quoth is faster by (mean over the queries that both ran; below 1x it is slower)\n")
    rows = [[s, *(_ratio(by.get((e, s)), by.get(("quoth", s))) for e in others)] for s in sets]
    _table(["set", *others], rows)
    print("## The same by CPU time\n")
    rows = [[s, *(_times(by[e, s]["cpu_us"] / by["quoth", s]["cpu_us"]) if (e, s) in by and ("quoth", s) in by and not
                  by[e, s]["is_sample"] else "" for e in others)] for s in sets]
    _table(["set", *others], rows)


def _ratio(other, quoth):
    if other is None or quoth is None:
        return ""
    n = min(len(other["_times"]), len(quoth["_times"]))
    return _times(sum(other["_times"][:n]) / sum(quoth["_times"][:n]))


def print_memory(peaks):
    print("## Peak memory while searching, MB\n")
    _table(list(peaks), [[f"{peak / MB:.0f}" for peak in peaks.values()]])


def agreement(mine, others):
    """How many queries have equal counts, how many within 5 percent (or 2), and theirs over ours in all."""
    n = min(len(mine), len(others))
    pairs = list(zip(mine[:n], others[:n]))
    equal = sum(a == b for a, b in pairs)
    near = sum(abs(a - b) <= max(2, 0.05 * max(a, b)) for a, b in pairs)
    return {"n": n, "equal": equal / n, "near": near / n, "total": sum(b for _, b in pairs) / max(1, sum(a for a, _ in pairs))}


def print_agreement(found, sets, engines):
    others = [e for e in engines if e != "quoth"]
    if not found or not others:
        return
    print("## Do they find the same? Queries with equal numbers of passages, within 5 % (or 2), all passages over Quoth's\n")
    rows = []
    for name in sets:
        row = [name]
        for engine in others:
            a = found.get((engine, name))
            row.append(f"{a['equal']:.0%}, {a['near']:.0%}, {a['total']:.3f}" if a else "")
        rows.append(row)
    _table(["set", *others], rows)


def print_daemon(results):
    rows = [r for r in results if r["set"] == "kernel" or r["set"].startswith("tcp")]
    if not rows:
        return
    kernel = next(r for r in rows if r["set"] == "kernel")
    print("## quothd over TCP, 2 workers, the client on the same machine (p: several requests under way on a connection)\n")
    _table(["", "p50", "p95", "p99", "queries a second", "CPU a query", "kernel's CPU over it"],
           [[r["set"], _us(r["p50_us"]), _us(r["p95_us"]), _us(r["p99_us"]), f"{r['qps']:.0f}", _us(r["cpu_us"]),
             f"{kernel['cpu_us'] / r['cpu_us']:.2f}"] for r in rows])
