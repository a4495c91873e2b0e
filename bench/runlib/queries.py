"""Query sets: the same lists of words for every engine, from real query logs where there are some, else from the corpus.

Words are runs of a to z, and each stands somewhere in the corpus. One to three words are without stopwords, as people
type them; phrases of three to five words have at least one; questions are taken as they are, stopwords and all, and every
engine searches every one of their words. Generated corpora begin alike, and the queries are sampled from that beginning:
they are the same whatever the size."""

import os
import random
import re

from . import corpus as corpora

SETS = ["one1", "or2", "or3", "and2", "and3", "phrase2", "phrase35", "question8"]
KINDS = {"one1": "or", "or2": "or", "or3": "or", "and2": "and", "and3": "and", "phrase2": "phrase", "phrase35": "phrase",
         "question8": "or"}
SAMPLED_PASSAGES = 40_000
SAMPLED_GENERATED = 20_000
CANDIDATES_MAX = 60_000
STOPWORDS = frozenset("""a about after all also an and any are as at be because been but by can could did do does for from
    had has have he her him his how i if in into is it its me more most my no not of on one or other our out over she so some
    such than that the their them then there these they this to up was we were what when where which who whom whose why will
    with would you your""".split())
_ONLY_WORDS = re.compile(r"[a-z]+(?: [a-z]+)*")


def _texts(corpus, programs):
    """Some of the passages' texts: the first ones of a generated corpus, else every so-manieth."""
    if corpus.is_generated:
        yield from corpora.generated_sample(programs, min(SAMPLED_GENERATED, corpus.n_passages))
        return
    step = max(1, corpus.n_passages // SAMPLED_PASSAGES)
    with open(corpus.passages, encoding="utf-8") as file:
        for number, line in enumerate(file):
            if number % step == 0:
                yield line.split("\t", 1)[1]


def _sample(texts):
    """Runs of words, cut where other characters come between two of them."""
    for text in texts:
        for run in re.split(r"[^a-z ]+", text.lower()):
            if run.strip():
                yield run.split()


def _log(shared, names):
    lines = []
    for name in names:
        path = os.path.join(shared or "", "data", "queries", name)
        if shared and os.path.exists(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                lines += [line.strip().lower() for line in file]
    return [line.split() for line in lines if _ONLY_WORDS.fullmatch(line)]


def _grams(words, n):
    return zip(*(words[i:] for i in range(n)))


def _has_stopword(gram):
    return any(word in STOPWORDS for word in gram) and not all(word in STOPWORDS for word in gram)


def _phrase_candidates(logs):
    pairs, longer = set(), set()
    for words in logs:
        pairs.update(g for g in _grams(words, 2) if not any(w in STOPWORDS or len(w) < 2 for w in g))
        for n in (3, 4, 5):
            longer.update(g for g in _grams(words, n) if _has_stopword(g))
    return pairs, longer


def _found_in(sample, candidates):
    lengths = {len(c) for c in candidates}
    return [g for run in sample for n in lengths for g in _grams(run, n) if g in candidates]


def _from_corpus(sample, rng):
    """Where there is no log: words that stand near each other make a query, runs of words a phrase."""
    logs = []
    runs = [run for run in sample if len(run) >= 8]
    for run in rng.sample(runs, min(len(runs), 6000)):
        at = rng.randrange(len(run) - 7)
        logs.append(run[at : at + 8])
        content = [w for w in run if w not in STOPWORDS and len(w) > 1]
        for n in (1, 2, 3):
            if len(content) >= n:
                logs.append(rng.sample(content, n))
    return logs


def query_sets(corpus, programs, shared, wanted, n):
    """{set: [(kind, words)]}, n of each at most, and where they are from."""
    rng = random.Random(7)
    sample = list(_sample(_texts(corpus, programs)))
    vocabulary = {word for run in sample for word in run}
    web = _log(shared, ["million-query.txt"]) if not corpus.is_generated else []
    questions = _log(shared, ["nq-dev.txt", "nq-test.txt"]) if web else []
    origin = "out of the logs" if web and questions else "sampled from the corpus"
    if not (web and questions):
        web = questions = _from_corpus(sample, rng)
    pairs, longer = _phrase_candidates(web + questions)
    known = [q for q in web if all(w in vocabulary and w not in STOPWORDS and len(w) > 1 for w in q)]
    by_length = {k: sorted({tuple(q) for q in known if len(q) == k}) for k in (1, 2, 3)}
    pools = {
        "one1": by_length[1], "or2": by_length[2], "or3": by_length[3], "and2": by_length[2], "and3": by_length[3],
        "question8": sorted({tuple(q) for q in questions if len(q) == 8 and all(w in vocabulary for w in q)}),
        "phrase2": sorted(set(_found_in(sample, pairs))), "phrase35": sorted(set(_found_in(sample, longer))),
    }
    chosen = {}
    for name in wanted:
        pool = pools[name][:CANDIDATES_MAX]
        # The same choice for OR and AND.
        picked = random.Random(len(pool)).sample(pool, min(n, len(pool)))
        chosen[name] = [(KINDS[name], words) for words in picked]
    return chosen, origin


def query_file(path, queries):
    with open(path, "w", encoding="ascii") as file:
        file.writelines(f"{kind}\t{' '.join(words)}\n" for kind, words in queries)


