"""The measures, as trec_eval defines them, and its run files.

Gains are linear: a document's is its judgement, at least 0. A query without a positive judgement is not counted; one that
found nothing counts 0 (trec_eval -c). A ranking is a list of document ids, best first.
"""

import collections
import math
import re
import urllib.parse

DEPTH = 1000  # of MAP, and how much is asked for
METRICS = ("ndcg10", "map", "mrr10", "r100")
TITLES = {"ndcg10": "nDCG@10", "map": "MAP", "mrr10": "MRR@10", "r100": "R@100"}


def read_qrels(path):
    """{query: {document: gain}} from lines "query 0 document gain"."""
    qrels = collections.defaultdict(dict)
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            words = line.split()
            if not words:
                continue
            try:
                query, _, document, gain = words
                qrels[query][document] = int(gain)
            except ValueError:
                raise ValueError(f'{path}:{number}: not "query 0 document gain": {line.rstrip()!r}') from None
    return dict(qrels)


def judged(qrels):
    """The queries that count: those with a positive judgement."""
    return {query: gains for query, gains in qrels.items() if max(gains.values()) > 0}


def dcg(gains):
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1) if gain > 0)


def of_query(gains, ranking):
    """{metric: value} of one query's ranking."""
    ranking = ranking[:DEPTH]
    positive = sum(gain > 0 for gain in gains.values())
    at = [rank for rank, document in enumerate(ranking, 1) if gains.get(document, 0) > 0]
    return {
        "ndcg10": dcg(gains.get(document, 0) for document in ranking[:10]) /
                  dcg(sorted(gains.values(), reverse=True)[:10]),
        "map": sum(n / rank for n, rank in enumerate(at, 1)) / positive,
        "mrr10": 1 / at[0] if at and at[0] <= 10 else 0.0,
        "r100": sum(rank <= 100 for rank in at) / positive,
    }


def of_run(qrels, run):
    """{query: {metric: value}} of every query that counts."""
    return {query: of_query(gains, run.get(query, ())) for query, gains in judged(qrels).items()}


def means(values):
    """{metric: mean} of what of_run() returned."""
    return {metric: sum(value[metric] for value in values.values()) / len(values) for metric in METRICS}


def write_run(path, run, tag):
    """
    As trec_eval reads it. The score is 1/rank: no tie and no rounding can put documents in another order. White space in an
    id, which would break a line, is percent-encoded.
    """
    with open(path, "w", encoding="utf-8") as file:
        for query, ranking in run.items():
            for rank, document in enumerate(ranking, 1):
                document = re.sub(r"\s", lambda match: urllib.parse.quote(match.group()), document)
                file.write(f"{query} Q0 {document} {rank} {1 / rank:.9f} {tag}\n")


def read_run(path):
    """{query: ranking}: by falling score, as trec_eval has it, equal scores by falling document id."""
    scored = collections.defaultdict(list)
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                query, _, document, _, score, _ = line.split()
                scored[query].append((float(score), document))
            except ValueError:
                raise ValueError(f'{path}:{number}: not "query Q0 document rank score tag"') from None
    return {query: [document for _, document in sorted(rows, reverse=True)] for query, rows in scored.items()}
