"""A collection: a folder with corpus.jsonl (or .gz, .zst), queries.jsonl and qrels.txt."""

import gzip
import json
import os

from . import measure

CORPORA = ("corpus.jsonl", "corpus.jsonl.gz", "corpus.jsonl.zst")


class Collection:
    """name, corpus (path), queries ({id: text}, those that count), qrels (of the same queries)."""

    def __init__(self, folder, limit=None):
        self.name = os.path.basename(os.path.abspath(folder))
        self.corpus = next((os.path.join(folder, name) for name in CORPORA
                            if os.path.exists(os.path.join(folder, name))), None)
        if self.corpus is None:
            raise ValueError(f"{folder} has no {' or '.join(CORPORA)}")
        texts = {}
        with open(os.path.join(folder, "queries.jsonl"), encoding="utf-8") as file:
            for line in filter(str.strip, file):
                query = json.loads(line)
                texts[str(query["_id"])] = query["text"]
        qrels = measure.judged(measure.read_qrels(os.path.join(folder, "qrels.txt")))
        self.take({query: gains for query, gains in qrels.items() if query in texts}, texts, limit)

    def take(self, qrels, texts, limit=None):
        """Keep these judgements and their queries, the first ones up to the limit."""
        self.qrels = dict(list(qrels.items())[:limit])
        self.queries = {query: texts[query] for query in self.qrels}
        if not self.queries:
            raise ValueError(f"{self.name}: no query has a positive judgement")

    def of_articles(self, corpus):
        """
        Ask for whole articles instead: corpus has the articles that the documents are passages of. A document ARTICLE#N
        stands for the article whose _id is ARTICLE; queries of other articles are dropped.
        """
        articles = set()
        opened = gzip.open if corpus.endswith(".gz") else open
        with opened(corpus, "rt", encoding="utf-8") as file:
            for line in file:
                articles.add(str(json.loads(line)["_id"]))
        qrels = {}
        for query, gains in self.qrels.items():
            best = {}
            for document, gain in gains.items():
                article = document.rpartition("#")[0]
                if article in articles and gain > 0:
                    best[article] = max(gain, best.get(article, 0))
            if best:
                qrels[query] = best
        self.name += "-articles"
        self.corpus = corpus
        self.take(qrels, self.queries)
