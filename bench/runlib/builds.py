"""Building every engine's index: the engines in turn, a limit on each, and what earlier runs measured."""

import json
import os

from . import corpus as corpora
from .measure import Failed, TookTooLong

BUILD_BUDGET_S = 60  # of one engine's builds together: slow ones are not repeated so often
HOPELESS = 1.2  # times the limit: then it is not even tried
TELLING_S = 20  # shorter builds say little of how long a larger one takes


class Builds:
    """What is measured: {(engine, threads): [a result a build]}; kept beside the indexes."""

    def __init__(self, places, corpus, args, say):
        self.places, self.corpus, self.args, self.say = places, corpus, args, say
        self.path = os.path.join(places.work, "builds.json")
        self.rates_path = os.path.join(places.cache_folder, "build-rates.json")
        self.seen = {}
        self.kept = set()
        for result in self._read(self.path, []):
            self.seen.setdefault((result["engine"], result["threads"]), []).append(result)

    @staticmethod
    def _read(path, otherwise):
        if not os.path.exists(path):
            return otherwise
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    def _write(self):
        with open(self.path, "w", encoding="utf-8") as file:
            json.dump([r for results in self.seen.values() for r in results], file)

    def _remember_rate(self, name, threads, seconds):
        if seconds < TELLING_S:
            return
        rates = self._read(self.rates_path, {})
        key = f"{name} {threads}"
        rates[key] = max(os.path.getsize(self.corpus.articles) / seconds, rates.get(key, 0))
        with open(self.rates_path, "w", encoding="utf-8") as file:
            json.dump(rates, file)

    def drop_old(self, engines):
        """Forget what is to be measured anew; what stays is in self.kept."""
        for name, engine in engines.items():
            keeps = self.args.keep or (self.args.keep_peers and not name.startswith("quoth"))
            for threads in engine.threads:
                is_there = (name, threads) in self.seen and (threads != 1 or os.path.exists(engine.index(threads)))
                if keeps and is_there:
                    self.kept.add((name, threads))
                    if self.args.tidy and threads != 1:
                        engine.clean(threads)
                else:
                    self.seen.pop((name, threads), None)

    def refusal(self, name, threads):
        """Why it is not even tried; None: it is."""
        rate = self._read(self.rates_path, {}).get(f"{name} {threads}")
        minutes = os.path.getsize(self.corpus.articles) / rate / 60 if rate else 0
        if name == "quoth" or minutes < self.args.build_limit * HOPELESS:
            return None
        return f"building would take {minutes:.0f} minutes or more, by what an earlier corpus took; " \
               f"the limit is {self.args.build_limit:g}"

    def is_done(self, name, threads):
        """Enough of it measured?"""
        times = [r["seconds"] for r in self.seen.get((name, threads), [])]
        is_kept = (name, threads) in self.kept or (name, 1) in self.kept
        return is_kept or bool(times) and sum(times) + max(times) > BUILD_BUDGET_S

    def build(self, engine, threads):
        """Once; a Failed goes up."""
        name = engine.name
        self.say(f"{name} builds, {threads} thread{'s'[: threads > 1]}")
        limit_s = None if name == "quoth" else self.args.build_limit * 60
        try:
            built = engine.build(self.corpus, threads, limit_s)
        except TookTooLong:
            self._remember_rate(name, threads, limit_s)
            raise
        result = {"engine": name, "corpus": self.corpus.name, "set": f"build{threads}", "threads": threads, **built,
                  "version": engine.version}
        self.seen.setdefault((name, threads), []).append(result)
        self._remember_rate(name, threads, result["seconds"])
        self._write()
        if self.args.tidy and threads != 1:
            engine.clean(threads)

    def results(self):
        """A result each: the median of its builds by time, of two the faster."""
        for builds in self.seen.values():
            result = sorted(builds, key=lambda r: r["seconds"])[(len(builds) - 1) // 2]
            text = self.corpus.text_bytes
            yield {**result, "n_builds": len(builds), "text_bytes": text, "mb_s": round(text / 1e6 / result["seconds"], 2),
                   "cpu_mb_s": round(text / 1e6 / result["cpu_s"], 2)}


def build_all(engines, corpus, places, args, page, say):
    """The results; engines that do not build are named and taken out of `engines`."""
    builds = Builds(places, corpus, args, say)
    builds.drop_old(engines)
    for name, engine in list(engines.items()):
        why = None if (name, 1) in builds.kept or 1 not in engine.threads else builds.refusal(name, 1)
        if why:
            page.skip(name, why)
            del engines[name]
    for turn in range(args.builds):
        for name, threads in [(name, threads) for name, e in engines.items() for threads in e.threads]:
            if name not in engines or threads not in args.threads or builds.is_done(name, threads):
                continue
            why = builds.refusal(name, threads) if threads != 1 else None
            if why:
                page.skip(f"{name}, {threads} threads", why)
                builds.kept.add((name, threads))
                continue
            try:
                builds.build(engines[name], threads)
            except (Failed, OSError) as why:
                if name == "quoth":
                    raise
                page.skip(name, f"building with {threads} thread{'s'[: threads > 1]}: {why}")
                engines[name].clean(threads)
                builds.kept.add((name, threads))  # not tried again
                if threads == 1:
                    del engines[name]
                continue
            if corpus.passages is None:
                corpora.corpus_passages(corpus, places.programs, engines["quoth"].index(1), args.keep or args.keep_peers)
    if corpus.passages is None:
        corpora.corpus_passages(corpus, places.programs, engines["quoth"].index(1), True)
    results = [r for r in builds.results() if r["engine"] in engines]
    results.sort(key=lambda r: (list(engines).index(r["engine"]), r["threads"]))
    for result in results:
        engines[result["engine"]].version = result["version"]
    return results
