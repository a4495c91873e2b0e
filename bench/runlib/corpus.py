"""The corpus: Wikipedia's articles where they lie beside the source tree, else generated ones; and its passages for the
other engines."""

import gzip
import json
import os
import subprocess

from .measure import Failed, tree_bytes

GENERATED_PASSAGES = 140_000
QUICK_PASSAGES = 20_000
WIKIPEDIA = "data/bulk/wikipedia-100mb.jsonl.gz"


class Corpus:
    def __init__(self, name, articles, is_generated):
        self.name = name
        self.is_generated = is_generated
        self.articles = articles  # JSON Lines
        self.passages = None  # TSV; bench/peers/driver.h
        self.text_bytes = 0
        self.n_passages = 0


def shared_folder(source, given):
    """Where real articles and queries are: beside the source tree, or nowhere."""
    for folder in [given, os.path.join(source, "..", "shared")]:
        if folder and os.path.isfile(os.path.join(folder, WIKIPEDIA)):
            return folder
    return None


def _write_wikipedia(packed, path):
    # Without the titles, which Quoth would search, too: so all engines search the same text.
    with gzip.open(packed, "rt", encoding="utf-8") as source, open(path + ".part", "w", encoding="utf-8") as out:
        for line in source:
            article = json.loads(line)
            out.write(json.dumps({"_id": article["_id"], "text": article["text"]}, ensure_ascii=False) + "\n")
    os.rename(path + ".part", path)


def _generate(programs, passages, path):
    with open(path + ".part", "w", encoding="ascii") as out:
        if subprocess.run([os.path.join(programs, "generate_corpus"), str(passages)], stdout=out, check=False).returncode:
            raise Failed("generate_corpus failed")
    os.rename(path + ".part", path)


def corpus_make(work, programs, shared, passages, is_quick):
    if passages is None and not is_quick and shared is not None:
        path = os.path.join(work, "wikipedia.jsonl")
        if not os.path.exists(path):
            _write_wikipedia(os.path.join(shared, WIKIPEDIA), path)
        return Corpus("wikipedia", path, False)
    n = passages or (QUICK_PASSAGES if is_quick else GENERATED_PASSAGES)
    path = os.path.join(work, f"generated-{n}.jsonl")
    if not os.path.exists(path):
        _generate(programs, n, path)
    return Corpus(f"generated-{n}", path, True)


def corpus_passages(corpus, programs, index, is_kept):
    """The passages of Quoth's index as TSV: what the others index, and what sizes refer to."""
    corpus.passages = corpus.articles.removesuffix(".jsonl") + ".tsv"
    known = corpus.passages + ".json"
    if is_kept and os.path.exists(corpus.passages) and os.path.exists(known):
        with open(known, encoding="utf-8") as file:
            corpus.n_passages, corpus.text_bytes = json.load(file)
        return
    part = corpus.passages + ".part"
    with open(part, "wb") as out:
        if subprocess.run([os.path.join(programs, "quoth_bench"), "dump", index], stdout=out, check=False).returncode:
            raise Failed("quoth_bench dump failed")
    os.rename(part, corpus.passages)
    corpus.n_passages, numbers = 0, 0
    with open(corpus.passages, "rb") as file:
        for line in file:
            corpus.n_passages += 1
            numbers += line.index(b"\t") + 2
    corpus.text_bytes = tree_bytes(corpus.passages) - numbers
    with open(known, "w", encoding="utf-8") as file:
        json.dump([corpus.n_passages, corpus.text_bytes], file)


def generated_sample(programs, n):
    """Passages of which every generated corpus of at least so many begins."""
    child = subprocess.run([os.path.join(programs, "generate_corpus"), str(n)], stdout=subprocess.PIPE, text=True, check=True)
    for line in child.stdout.splitlines():
        yield from json.loads(line)["text"].split("\n\n")
