"""What is printed: Markdown, so that it goes into docs/BENCHMARKS.md as it is."""

import json

MB = 1e6
OWN = "quoth"


class Page:
    """Text that is printed at the end and, where wanted, written to a file."""

    def __init__(self):
        self.parts, self.skipped = [], []

    def text(self, text):
        self.parts.append(text)

    def heading(self, level, text):
        self.parts.append(f"{'#' * level} {text}")

    def table(self, head, rows):
        lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
        lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
        self.parts.append("\n".join(lines))

    def skip(self, name, why):
        self.skipped.append(f"{name}: {why}")

    def finish(self, path):
        whole = "\n\n".join(self.parts) + "\n"
        print(whole, end="")
        if path:
            with open(path, "w", encoding="utf-8") as file:
                file.write(whole)


def write_json(path, results):
    with open(path, "w", encoding="utf-8") as file:
        for result in results:
            file.write(json.dumps({k: v for k, v in result.items() if not k.startswith("_")}) + "\n")


def us(value):
    return f"{value / 1000:.0f} ms" if value >= 10000 else f"{value / 1000:.2f} ms" if value >= 1000 else f"{value:.0f} µs"


def times(ratio):
    return f"{ratio:.0f}x" if ratio >= 20 else f"{ratio:.1f}x" if ratio >= 2 else f"{ratio:.2f}x"


def ratio_of(other, mine):
    """How much faster mine is, over the queries that both ran; None where one of them did not."""
    if other is None or mine is None:
        return None
    n = min(len(other["_times"]), len(mine["_times"]))
    return sum(other["_times"][:n]) / sum(mine["_times"][:n])


def _or_blank(ratio):
    return "" if ratio is None else times(ratio)


def machine_text(corpus, origin, machine, args):
    return (f"{corpus.n_passages:,} passages, {corpus.text_bytes / MB:,.1f} MB of text; queries {origin}, {args.queries} a set, "
            f"{args.rounds} rounds. {machine['cores']} cores, {machine['cpu']}, {machine['memory_bytes'] / 2**30:.0f} GiB, Linux "
            f"{machine['kernel']}; load of other work when it began {machine['load']:.1f}.")


def _peak(built):
    """Of building, and where it takes more, of bringing the index into one segment."""
    peak, finish = built["peak_rss_bytes"], built.get("finish_peak_rss_bytes", 0)
    return f"{peak / MB:.0f}" + (f", then {finish / MB:.0f}" if finish > peak else "")


def builds(page, results, versions):
    rows, built = [], [r for r in results if r["set"].startswith("build")]
    base = {r["threads"]: r["mb_s"] for r in built if r["engine"] == OWN}
    for r in built:
        ratio = times(base[r["threads"]] / r["mb_s"]) if r["threads"] in base and r["engine"] != OWN else ""
        kind = " --compress" if r["engine"] == "quoth-compressed" else ""
        rows.append([versions.get(r["engine"], r["engine"]) + kind, r["threads"], f"{r['mb_s']:.1f}", f"{r['cpu_mb_s']:.1f}",
                     f"{r['finish_s']:.1f}", f"{r['index_bytes'] / r['text_bytes']:.2f}", _peak(r), r["n_builds"], ratio])
    page.heading(4, "Building")
    page.table(["engine", "threads", "MB/s", "MB a CPU second, in all", "then, to one segment: s", "index / text", "peak MB", "builds",
                "Quoth is faster by"], rows)


def queries(page, results, sets, engines):
    by = {(r["engine"], r["set"]): r for r in results}
    page.heading(4, "Queries: mean (p50, p95, p99)")
    rows = []
    for name in sets:
        row = [name]
        for engine in engines:
            r = by.get((engine, name))
            sample = f" of {r['n_queries']}" if r and r["is_sample"] else ""
            row.append(f"{us(r['mean_us'])} ({us(r['p50_us'])}, {us(r['p95_us'])}, {us(r['p99_us'])}){sample}" if r else "")
        rows.append(row)
    page.table(["set", *engines], rows)
    page.heading(4, "Queries a second, one thread")
    page.table(["set", *engines], [[s, *(f"{by[e, s]['qps']:.0f}" if (e, s) in by else "" for e in engines)] for s in sets])
    others = [e for e in engines if e != OWN]
    if not others:
        return
    page.heading(4, "The first stage of Quoth is faster by (mean over the queries that both ran; below 1x it is slower)")
    page.table(["set", *others], [[s, *(_or_blank(ratio_of(by.get((e, s)), by.get((OWN, s)))) for e in others)] for s in sets])
    page.heading(4, "The same by CPU time")
    page.table(["set", *others],
               [[s, *(times(by[e, s]["cpu_us"] / by[OWN, s]["cpu_us"]) if (e, s) in by and not by[e, s]["is_sample"] else ""
                      for e in others)] for s in sets])


def memory(page, peaks):
    page.heading(4, "Peak memory while searching, mapped files included, MB")
    page.table(list(peaks), [[f"{peak / MB:.0f}" for peak in peaks.values()]])


def agreement(mine, others):
    """How many queries have equal counts, how many within 5 percent (or 2), and theirs over ours in all."""
    n = min(len(mine), len(others))
    pairs = list(zip(mine[:n], others[:n]))
    equal = sum(a == b for a, b in pairs)
    near = sum(abs(a - b) <= max(2, 0.05 * max(a, b)) for a, b in pairs)
    return {"n": n, "equal": equal / n, "near": near / n, "total": sum(b for _, b in pairs) / max(1, sum(a for a, _ in pairs))}


def agreements(page, found, sets, engines):
    others = [e for e in engines if not e.startswith(OWN)]
    if not found or not others:
        return
    page.heading(4, "Do they find the same? Queries with equal numbers of passages, within 5 % (or 2), all passages over Quoth's")
    rows = []
    for name in sets:
        row = [name]
        for engine in others:
            a = found.get((engine, name))
            row.append(f"{a['equal']:.0%}, {a['near']:.0%}, {a['total']:.3f}" if a else "")
        rows.append(row)
    page.table(["set", *others], rows)


DAEMON_NAMES = {"kernel": "in process", "kernelfirst": "in process, rank=first", "tcp16first": "tcp16, rank=first",
                "tcp16again": "tcp16, --results 64M"}


def daemon(page, results):
    rows = [r for r in results if r["set"].startswith(("kernel", "tcp"))]
    if not rows:
        return
    by = {(r["engine"], r["set"]): r for r in rows}
    page.heading(4, "quothd over TCP, 2 workers, the client on the same machine (p: several requests under way on a connection)")
    table = []
    for r in rows:
        kernel = by.get((r["engine"], "kernelfirst" if r["set"].endswith("first") else "kernel"))
        kernel = None if r["set"].endswith("again") else kernel
        theirs = by.get(("libxapian", r["set"].removesuffix("first").removesuffix("again"))) if r["engine"] == OWN else None
        table.append(["quothd" if r["engine"] == OWN else "the same with Enquire", DAEMON_NAMES.get(r["set"], r["set"]),
                      us(r["p50_us"]), us(r["p95_us"]), us(r["p99_us"]), f"{r['qps']:.0f}", us(r["cpu_us"]),
                      f"{kernel['cpu_us'] / r['cpu_us']:.2f}" if kernel else "",
                      times(r["qps"] / theirs["qps"]) if theirs else ""])
    page.table(["", "", "p50", "p95", "p99", "queries a second", "CPU a query", "CPU in process over it",
                "queries a second over Enquire's"], table)


def skipped(page):
    for line in dict.fromkeys(page.skipped):
        page.text(f"Skipped: {line}.")
