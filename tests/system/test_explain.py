"""EXPLAIN's numbers recompute the score that SEARCH printed: of a thousand random hits, to 1e-6."""

import gzip
import math
import os
import random
import re

import harness

WIKIPEDIA = os.path.join(harness.SOURCE, "..", "shared", "data", "bulk", "wikipedia-100mb.jsonl.gz")
N_ARTICLES = 200  # of them, where they are at hand
N_HITS = 1000
IN_FLIGHT = 32


def recomputed(rows):
    """The score by RANKING.md's formulas, from the columns part, name, qtf, df, N, idf, impact, weight, value."""
    score = 0.0
    for part, _, qtf, df, n, idf, impact, weight, value in rows:
        if part == "term":
            x = (int(n) - int(df) + 0.5) / (int(df) + 0.5)
            assert math.isclose(float(idf), math.log(x if x >= 2 else 1 + x / 2), abs_tol=1e-12), (df, n, idf)
            assert math.isclose(float(weight), float(qtf) * float(idf), abs_tol=1e-12), (qtf, idf, weight)
            assert math.isclose(float(value), float(weight) * float(impact) / 127, abs_tol=1e-12), (weight, impact, value)
        if part != "sum":
            score += float(value)
    return score


class Explain(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.need("quoth-index", "quothd")
        paths = [os.path.join(harness.SOURCE, "corpus")]
        if os.path.exists(WIKIPEDIA):
            with gzip.open(WIKIPEDIA) as file:
                paths.append(self.write("wikipedia.jsonl", b"".join(file.readline() for _ in range(N_ARTICLES))))
        else:
            print("../shared/data is not here: corpus/ alone")
        harness.build_index(self.path("index"), *paths)
        self.daemon = self.start(self.path("index"))
        self.random = random.Random(12)

    def texts(self, connection):
        """Passages of all kinds: those that hold common words."""
        texts = []
        for word in ("time", "first", "part", "year", "work"):
            texts += [row[7] for row in connection.request(f"SEARCH n=200 show=passage -- {word}").rows()]
        return texts

    def queries(self, texts):
        """Words of one passage, near each other, sometimes with a word of another one."""
        while True:
            words = re.findall(r"\w+", self.random.choice(texts))
            at = self.random.randrange(len(words))
            query = words[at:at + self.random.randint(1, 6)]
            if self.random.random() < 0.3:
                query.append(self.random.choice(re.findall(r"\w+", self.random.choice(texts))))
            yield " ".join(query)

    def hits(self, connection):
        """(query, passage, score) of random hits, a few of each query, from all places of its ranking."""
        hits = []
        for query in self.queries(self.texts(connection)):
            rows = connection.request(f"SEARCH n=100 mode=plain show=none -- {query}").rows()
            hits += [(query, row[2], row[1]) for row in self.random.sample(rows, min(5, len(rows)))]
            if len(hits) >= N_HITS:
                return hits[:N_HITS]

    def test_scores(self):
        n_reranked = 0
        with self.daemon.connect() as connection:
            hits = self.hits(connection)
            for start in range(0, len(hits), IN_FLIGHT):
                batch = hits[start:start + IN_FLIGHT]
                connection.send("".join(f"EXPLAIN passage={passage} mode=plain -- {query}\n" for query, passage, _ in batch))
                for query, passage, score in batch:
                    reply = connection.reply()
                    self.assertTrue(reply.ok, (query, passage, reply))
                    rows = reply.rows()
                    self.assertAlmostEqual(recomputed(rows), float(score), delta=1e-6, msg=f"{query!r} {passage} {rows}")
                    self.assertEqual(rows[-1][0], "sum")
                    self.assertAlmostEqual(float(rows[-1][8]), float(score), delta=1e-6)
                    n_reranked += reply.keys["reranked"] == "yes"
        print(f"{len(hits)} hits, {n_reranked} of them re-ranked")


if __name__ == "__main__":
    harness.main()
