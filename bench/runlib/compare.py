"""Two files of --json: how the median times grow from the one to the other, engine by engine."""

import json

from .report import OWN, Page, times, us
from .wanted import GROWTH


def _read(path):
    with open(path, encoding="utf-8") as file:
        results = [json.loads(line) for line in file]
    return {(r["engine"], r["set"]): r for r in results if "p50_us" in r and not r["set"].startswith(("tcp", "kernel", "start"))}, \
        next((r["corpus"] for r in results if "corpus" in r), path)


def _are_alike(a, b):
    """Of the same queries; the mix of some of the sets is not that of others."""
    return a is not None and b is not None and (a["set"] != "mix" or a["n_queries"] == b["n_queries"])


def _cell(a, b):
    if not _are_alike(a, b):
        return ""
    sample = "*" if a.get("is_sample") or b.get("is_sample") else ""
    return f"{us(a['p50_us'])}, {us(b['p50_us'])}: {times(b['p50_us'] / a['p50_us'])}{sample}"


def compare(path_a, path_b, markdown):
    a, name_a = _read(path_a)
    b, name_b = _read(path_b)
    page = Page()
    engines = list(dict.fromkeys(e for e, s in a if any(other == e for other, _ in b)))
    sets = list(dict.fromkeys(s for e, s in a if any(_are_alike(a.get((o, s)), b.get((o, s))) for o in engines)))
    page.heading(4, f"Median (p50) of {name_a}, of {name_b}, and the second over the first")
    page.table(["set", *engines], [[s, *(_cell(a.get((e, s)), b.get((e, s))) for e in engines)] for s in sets])
    if any("*" in _cell(a.get(k), b.get(k)) for k in a):
        page.text("\\* of a sample of the queries in one of them or both, so not of the same queries.")
    for engine in [e for e in engines if e.startswith(OWN)]:
        mix = a.get((engine, "mix")), b.get((engine, "mix"))
        if _are_alike(*mix):
            growth = mix[1]["p50_us"] / mix[0]["p50_us"]
            page.text(f"`{engine}`, all queries: {times(growth)}; aimed at: at most {GROWTH}x"
                      f"{', reached' if growth <= GROWTH else ', not reached'}.")
    page.finish(markdown)
    return 0
