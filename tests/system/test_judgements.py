"""The sample articles and what a reader would want of them: queries with judgements are a gate.

nDCG@10 with linear gains over articles (an article counts where its best passage stands), as trec_eval's ndcg_cut.10.
"""

import collections
import json
import math
import os
import re
import urllib.parse

import harness

JUDGEMENTS = os.path.join(harness.SOURCE, "tests", "corpus-judgements")
GATE = 0.90  # mean nDCG@10; what is reached is printed


def dcg(gains):
    return sum(gain / math.log2(rank + 2) for rank, gain in enumerate(gains))


class Judgements(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.need("quoth-index", "quothd")
        harness.build_index(self.path("index"), os.path.join(harness.SOURCE, "corpus"))
        self.daemon = self.start(self.path("index"))
        self.qrels = collections.defaultdict(dict)
        with open(os.path.join(JUDGEMENTS, "qrels.txt"), encoding="utf-8") as file:
            for query, _, article, gain in map(str.split, file):
                self.qrels[query][article] = int(gain)
        with open(os.path.join(JUDGEMENTS, "queries.jsonl"), encoding="utf-8") as file:
            self.queries = [json.loads(line) for line in file]

    def ask(self, connection, text):
        reply = connection.request(f"SEARCH n=10 per=1 mode=plain show=none -- {text}")
        self.assertTrue(reply.ok, reply)
        return [urllib.parse.unquote(re.sub(r"#\d+$", "", row[2])) for row in reply.rows()]

    def test_every_judged_article_is_there(self):
        for articles in self.qrels.values():
            for article in articles:
                self.assertTrue(self.daemon.request("GET -- " + urllib.parse.quote(article)).ok, article)

    def test_ndcg(self):
        scores = {}
        with self.daemon.connect() as connection:
            for query in self.queries:
                gains = self.qrels[query["_id"]]
                found = [gains.get(article, 0) for article in self.ask(connection, query["text"])]
                scores[query["_id"]] = dcg(found) / dcg(sorted(gains.values(), reverse=True)[:10])
        mean = sum(scores.values()) / len(scores)
        worst = sorted(scores, key=scores.get)[:5]
        print(f"nDCG@10 {mean:.4f} over {len(scores)} queries; the worst:",
              ", ".join(f"{query} {scores[query]:.2f}" for query in worst))
        self.assertGreaterEqual(len(scores), 40)
        self.assertGreater(mean, GATE)


if __name__ == "__main__":
    harness.main()
