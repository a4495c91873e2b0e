"""bench/eval: its measures are trec_eval's, its significance test is right, and it measures through the daemon."""

import itertools
import json
import os
import random
import subprocess
import sys

import harness

sys.path.insert(0, os.path.join(harness.SOURCE, "bench"))

from evallib import collection, compare, measure, server  # noqa: E402 (the path comes first)

TREC = os.path.join(harness.SOURCE, "tests", "data", "trec")
NAMES = {"ndcg_cut_10": "ndcg10", "map": "map", "recall_100": "r100", "recip_rank": "mrr10"}
DOCUMENTS = [
    ("a#1", "Dikes", "The dikes broke in the night of the storm surge."),
    ("a#2", "Dikes", "Sheep graze upon the dikes."),
    ("b 50%", "Lighthouses", "A lens of glass throws the light of a lamp far over the sea."),
    ("c", "", "Nothing of the kind is told here."),
    ("d", "Storms", "A storm comes from the west."),
]
QUERIES = {"1": "storm surge", "2": "lens\tof a lighthouse", "3": "zeppelin", "4": "sheep"}
QRELS = {"1": {"a#1": 2, "d": 1}, "2": {"b 50%": 1}, "3": {"c": 1}, "4": {"a#2": 0}}


def trec(name):
    return os.path.join(TREC, name)


class Measures(harness.TestCase):
    def compare(self, expected, run):
        """Each query's values and their number, to 1e-4."""
        qrels = measure.read_qrels(trec("qrels.txt"))
        values = measure.of_run(qrels, run)
        self.assertEqual(set(values), set(measure.judged(qrels)))
        n = 0
        for query, got in values.items():
            for metric, value in expected.get(query, dict.fromkeys(measure.METRICS, 0)).items():
                self.assertAlmostEqual(got[metric], value, delta=1e-4, msg=f"{query} {metric}")
                n += value > 0
        return n

    def test_recorded(self):
        with open(trec("expected.json"), encoding="utf-8") as file:
            expected = json.load(file)
        for name, values in expected.items():
            with self.subTest(name):
                self.assertGreater(self.compare(values, measure.read_run(trec(name + ".txt"))), 7)

    def test_pytrec_eval(self):
        try:
            import pytrec_eval  # pylint: disable=import-outside-toplevel
        except ImportError:
            self.skipTest("pytrec_eval is not installed; the recorded values stand for it")
        qrels = measure.read_qrels(trec("qrels.txt"))
        for name in ("run", "ties"):
            run = measure.read_run(trec(name + ".txt"))
            scored = {query: {document: 1 / rank for rank, document in enumerate(ranking, 1)}
                      for query, ranking in run.items()}
            top = {query: dict(list(scores.items())[:10]) for query, scores in scored.items()}
            expected = {query: {} for query in qrels}
            for measures, of in (({"ndcg_cut.10", "map", "recall.100"}, scored), ({"recip_rank"}, top)):
                for query, got in pytrec_eval.RelevanceEvaluator(qrels, measures).evaluate(of).items():
                    expected[query] |= {NAMES[each]: value for each, value in got.items()}
            self.compare({query: values for query, values in expected.items() if values}, run)

    def test_run_file__read_as_written(self):
        run = {"q": [f"d{n}" for n in random.Random(1).sample(range(5000), 1000)], "r": ["x"]}
        measure.write_run(self.path("run"), run, "tag")
        self.assertEqual(measure.read_run(self.path("run")), run)

    def test_bad_files__named(self):
        with self.assertRaisesRegex(ValueError, "qrels:2: not"):
            measure.read_qrels(self.write("qrels", "q 0 d 1\nq 0 d\n"))
        with self.assertRaisesRegex(ValueError, "run:1: not"):
            measure.read_run(self.write("run", "q Q0 d 1\n"))


class Significance(harness.TestCase):
    def test_p_value__as_counted(self):
        """Against all patterns of signs of twelve differences."""
        source = random.Random(3)
        for shift in (0.0, 0.2, 0.6):
            differences = [source.gauss(shift, 1) for _ in range(12)]
            least = abs(sum(differences)) - 1e-9
            sums = [abs(sum(map(float.__mul__, differences, signs))) for signs in itertools.product((1.0, -1.0), repeat=12)]
            exact = sum(value >= least for value in sums) / len(sums)
            self.assertAlmostEqual(compare.p_value(differences), exact, delta=0.02)

    def test_p_value__the_same_each_time(self):
        differences = [random.Random(4).gauss(0.1, 1) for _ in range(50)]
        self.assertEqual(compare.p_value(differences), compare.p_value(differences))
        self.assertEqual(compare.p_value([0.0] * 9), 1.0)
        self.assertLess(compare.p_value([0.5] * 40), 0.001)


class Eval(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.need("quoth-index", "quothd")
        self.corpus = self.write("small/corpus.jsonl", "".join(
            json.dumps({"_id": name, "title": title, "text": text}) + "\n" for name, title, text in DOCUMENTS))
        self.write("small/queries.jsonl", "".join(
            json.dumps({"_id": query, "text": text}) + "\n" for query, text in QUERIES.items()))
        self.write("small/qrels.txt", "".join(f"{query} 0 {document.replace(' ', '_')} {gain}\n" for query, gains
                                              in QRELS.items() for document, gain in gains.items()))

    def eval(self, *args, check=0):
        done = subprocess.run([sys.executable, os.path.join(harness.SOURCE, "bench", "eval"), *args], timeout=300,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                              env={**os.environ, "QUOTH_BIN": harness.BIN})
        self.assertEqual(done.returncode, check, done.stderr.decode())
        return done.stdout.decode(), done.stderr.decode()

    def test_small_collection(self):
        out, _ = self.eval(self.path("small"), "--profile", "first,parity", "--losses", "3",
                           "--json", self.path("json"), "--run", self.path("run"))
        self.assertIn("against first:whole", out)
        with open(self.path("json"), encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        self.assertEqual([row["profile"] for row in rows], ["first", "parity"])
        self.assertEqual(rows[0]["collection"], "small")
        self.assertEqual(rows[0]["queries"], 3)  # the fourth has no positive judgement
        run = measure.read_run(self.path("run.small.first"))
        self.assertEqual(run["1"], ["a#1", "d"])
        self.assertEqual(run["2"], ["b%2050%"])
        self.assertAlmostEqual(rows[0]["mrr10"], 1 / 3, places=5)  # "b 50%" cannot stand in a qrels file
        out, _ = self.eval(self.path("small"), "--compare", self.path("run.small.first"), self.path("run.small.parity"))
        self.assertIn("B against A", out)

    def test_ids_are_decoded(self):
        index = self.path("index")
        server.build_index(harness.BIN, index, self.corpus, "first", "whole")
        with server.Daemon(harness.BIN, index) as daemon:
            run, trouble = daemon.run(QUERIES, "first", "whole")
        self.assertEqual(trouble, [])
        self.assertEqual(run["2"], ["b 50%"])
        self.assertEqual(run["3"], [])

    def test_many_queries__each_gets_its_own_answer(self):
        index = self.path("index")
        server.build_index(harness.BIN, index, self.corpus, "first", "whole")
        queries = {str(n): ("sheep", "storm surge", "lamp")[n % 3] for n in range(3 * server.IN_FLIGHT + 1)}
        queries["long"] = "lamp " * 5000
        with server.Daemon(harness.BIN, index) as daemon:
            run, trouble = daemon.run(queries, "first", "whole")
        self.assertEqual((trouble, len(run)), ([], len(queries)))
        for query, ranking in run.items():
            want = "b 50%" if query == "long" else ("a#2", "a#1", "b 50%")[int(query) % 3]
            self.assertEqual(ranking[0], want)

    def test_articles__by_their_best_passage(self):
        long = " ".join(f"Paragraph {n} tells of the weather, of the sea, and of much else besides. " * 12 + "\n\n"
                        for n in range(9))
        corpus = self.write("articles.jsonl", json.dumps({"_id": "a", "title": "Dikes", "text": long + DOCUMENTS[0][2]})
                            + "\n" + json.dumps({"_id": "z", "title": "Z", "text": "Another one."}) + "\n")
        out, _ = self.eval(self.path("small"), "--articles", corpus, "--profile", "first", "--run", self.path("run"))
        self.assertIn("first:auto", out)
        self.assertEqual(measure.read_run(self.path("run")), {"1": ["a"]})
        asked = collection.Collection(self.path("small"))
        asked.of_articles(corpus)
        self.assertEqual(asked.qrels, {"1": {"a": 2}})

    def test_refusals(self):
        self.eval(self.path("small"), "--profile", "best", check=2)
        self.assertIn("has no corpus.jsonl", self.eval(self.path("nowhere"), check=2)[1])
        os.remove(self.path("small", "queries.jsonl"))
        self.assertIn("queries.jsonl", self.eval(self.path("small"), check=2)[1])


if __name__ == "__main__":
    harness.main()
