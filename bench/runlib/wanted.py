"""What Quoth sets itself as goals, as ratios, beside what this run reached."""

from .report import MB, OWN, ratio_of, times

PEERS = ["libxapian", "fts5", "sphinx", "lucene", "tantivy"]
BEST = {"lucene": 1, "tantivy": 1}  # at least as fast as the best there are
BUILDS = [("build, 1 thread", 1, {"libxapian": 10, "fts5": 1.5, "sphinx": 2, **BEST}),
          ("build, 2 threads", 2, {"libxapian": 18, "fts5": 2.5, "sphinx": 3.5, **BEST})]
SETS = [("1 word", "one1", BEST), ("OR, 2 words", "or2", BEST),
        ("OR, 3 words", "or3", {"libxapian": 10, "fts5": 300, "sphinx": 15, **BEST}),
        ("AND, 2 words", "and2", BEST),
        ("AND, 3 words", "and3", {"libxapian": 4, "fts5": 20, "sphinx": 9, **BEST}),
        ("phrase, 2 words", "phrase2", {"libxapian": 4, "fts5": 10, "sphinx": 6, **BEST}),
        ("phrase, 3 to 5 words with stopwords", "phrase35", {"libxapian": 2.5, "fts5": 10, "sphinx": 6, **BEST}),
        ("question, 8 words", "question8", {"libxapian": 9, "fts5": 400, "sphinx": 20, **BEST})]
DAEMON_RATIO = 12
KERNEL_SHARE = 0.9
INDEX_SIZE, INDEX_SIZE_COMPRESSED = 1.7, 1.1
START_MS = 100
INDEXER_MEMORY = 512 << 20
GROWTH = 6  # p50 at ten times the passages


def cell(reached, wanted):
    if reached is None:
        return ""
    shown = times(reached)
    if wanted is None:
        return shown
    return f"**{shown}** (of {wanted:g}x)" if reached >= wanted else f"{shown} (of {wanted:g}x)"


def _build_ratio(by, peer, threads):
    """Against the most threads that the peer can use, up to as many."""
    mine = by.get((OWN, f"build{threads}"))
    theirs = by.get((peer, f"build{threads}")) or by.get((peer, "build1"))
    return mine["mb_s"] / theirs["mb_s"] if mine and theirs else None


def _verdict(reached, wanted, at_most=False):
    return "yes" if (reached <= wanted if at_most else reached >= wanted) else "no"


def _figures(by):
    """Rows (what, reached, wanted, is it)."""
    rows = []
    kernels = {"": "as asked by default: ranked again, marked", "first": "rank=first"}
    for suffix, what in kernels.items():
        tcp, kernel = by.get((OWN, f"tcp16{suffix}")), by.get((OWN, f"kernel{suffix}"))
        theirs = by.get(("libxapian", "tcp16"))
        if tcp and theirs:
            ratio = tcp["qps"] / theirs["qps"]
            rows.append([f"quothd, OR with texts, 16 connections, over Enquire in the same pool ({what})", times(ratio),
                         f"{DAEMON_RATIO}x", _verdict(ratio, DAEMON_RATIO)])
        if tcp and kernel:
            share = kernel["cpu_us"] / tcp["cpu_us"]
            rows.append([f"CPU time of a query in process over quothd's, 16 connections ({what})", f"{share:.2f}", f"{KERNEL_SHARE}",
                         _verdict(share, KERNEL_SHARE)])
    pipelined, kernel = by.get((OWN, "tcp16p")), by.get((OWN, "kernel"))
    if pipelined and kernel:
        share = kernel["cpu_us"] / pipelined["cpu_us"]
        rows.append(["the same by default, with several requests under way on each connection", f"{share:.2f}",
                     f"{KERNEL_SHARE}", _verdict(share, KERNEL_SHARE)])
    for name, wanted in ((OWN, INDEX_SIZE), ("quoth-compressed", INDEX_SIZE_COMPRESSED)):
        built = by.get((name, "build1"))
        if built:
            size = built["index_bytes"] / built["text_bytes"]
            rows.append([f"index over text{', --compress' if name != OWN else ''}", f"{size:.2f}", f"at most {wanted}",
                         _verdict(size, wanted, True)])
    start = by.get((OWN, "start"))
    if start:
        rows.append(["from the start of quothd to its first answer, files in the page cache", f"{start['p50_us'] / 1000:.0f} ms",
                     f"under {START_MS} ms", _verdict(start["p50_us"] / 1000, START_MS, True)])
    built = [by[OWN, s] for s in ("build1", "build2") if (OWN, s) in by]
    if built:
        rows.append(["peak memory of quoth-index, by threads", " and ".join(f"{b['peak_rss_bytes'] / MB:.0f} MB" for b in built), "512 MiB",
                     _verdict(max(b["peak_rss_bytes"] for b in built), INDEXER_MEMORY, True)])
    return rows


def write(page, results):
    """The goals and what was reached."""
    by = {(r["engine"], r["set"]): r for r in results}
    peers = [p for p in PEERS if any(r["engine"] == p for r in results)]
    rows = [[label, *(cell(_build_ratio(by, p, threads), wanted.get(p)) for p in peers)] for label, threads, wanted in BUILDS
            if (OWN, f"build{threads}") in by]
    rows += [[label, *(cell(ratio_of(by.get((p, name)), by.get((OWN, name))), wanted.get(p)) for p in peers)]
             for label, name, wanted in SETS if (OWN, name) in by]
    if peers and rows:
        page.heading(4, "How much faster Quoth is, and (of) how much was aimed at; bold where that is reached")
        page.table(["", *(f"than {p}" for p in peers)], rows)
    figures = _figures(by)
    if figures:
        page.table(["", "reached", "aimed at", "reached?"], figures)
