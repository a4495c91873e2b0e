"""The same articles, whatever way they came in: the same answers, scores and order, byte for byte."""

import os
import random

import harness
from index_case import IndexCase, line

WORDS = ("comet storm harvest lantern glacier river tower window night apple stone winter music letter bridge "
         "garden iron salt north south morning silver").split()
QUERIES = ["comet storm", '"winter music"', "+salt -iron", "river OR bridge OR stone", "the garden of the night",
           "tow*", "title:letter apple", "author:miller silver", "tag:sea harvest", "date:2019..2021 lantern"]


def make_articles(n):
    """Articles of chance, each (name, JSON line)."""
    chance = random.Random(7)
    articles = []
    for i in range(n):
        paragraphs = [" ".join(chance.choice(WORDS) for _ in range(chance.randint(20, 200))).capitalize() + "."
                      for _ in range(chance.randint(1, 6))]
        fields = {"id": f"a{i:04}", "title": " ".join(chance.choice(WORDS) for _ in range(3)), "author": chance.choice(
            ["Ann Miller", "Bo Smith", "Cy Young"]), "date": f"{chance.randint(2018, 2023)}-05-{chance.randint(1, 28):02}",
            "tags": [chance.choice(["sea", "land", "air"])], "text": "\n\n".join(paragraphs)}
        articles.append(fields)
    return articles


class Same(IndexCase):

    @classmethod
    def setUpClass(cls):
        cls.articles = make_articles(400)

    def setUp(self):
        super().setUp()
        self.lines = [line(**a) for a in self.articles]
        self.put("all.jsonl", "".join(self.lines))
        self.update(self.tree, "--threads", 1)
        self.want = self.answers(QUERIES)
        for answer in self.want:
            self.assertNotEqual(answer, b"")

    def expect_same(self, index):
        self.check_index(index)
        for query, have, want in zip(QUERIES, self.answers(QUERIES, index), self.want):
            self.assertEqual(have, want, query)

    def other(self):
        """Another index from the same path, so that the answers can be equal in every byte."""
        os.makedirs(self.path("other"), exist_ok=True)
        return self.path("other", "index")

    def test_threads_and_memory(self):
        ways = (("--threads", 2), ("--threads", 7), ("--memory", "128M"), ("--writer", "libxapian"))
        for i, options in enumerate(ways):
            index = self.path(f"other{i}")
            self.update(self.tree, *options, index=index)
            self.expect_same(index)

    def shown(self, index):
        """All ways in which texts are shown."""
        ways = [("--show", "passage", "comet storm"), ("--show", "snippet", "--width", 80, "river bridge"),
                ("--show", "none", "comet"), ("--show", "passage", "-n", 3, "storm -comet"), ("--get", "a0003"), ("--get", "a0003#1")]
        return [harness.run("quoth", "--index", index, "--json", *way, check=0).stdout for way in ways]

    def test_compressed(self):
        want = self.shown(self.index)
        self.update(self.tree, "--compress", "--threads", 3, index=self.other())
        self.assertTrue(self.info(self.other())["compressed"])
        self.assertLess(self.info(self.other())["bytes"], self.info()["bytes"])
        self.expect_same(self.other())
        self.assertEqual(self.shown(self.other()), want)
        self.put("all.jsonl", "".join(self.lines[100:]))
        self.update(index=self.other())
        self.put("all.jsonl", "".join(self.lines))
        for options in ((), ("--compact",), ("--rebuild", "--threads", 2), ("--purge",)):
            self.update(*options, index=self.other())
            self.expect_same(self.other())
            self.assertTrue(self.info(self.other())["compressed"])
        self.assertEqual(self.shown(self.other()), want)

    def test_another_order(self):
        shuffled = self.lines[:]
        random.Random(1).shuffle(shuffled)
        self.put("all.jsonl", "".join(shuffled))
        self.update(self.tree, index=self.other())
        self.expect_same(self.other())

    def test_ten_updates_with_deletions(self):
        wrong = [line(**dict(a, text="Something else of the storm.", title="Old")) for a in self.articles[:40]]
        extra = [line(id=f"gone{i}", text="A comet storm that will go. " * 20) for i in range(60)]
        for i in range(10):
            now = self.lines[40:40 + 36 * (i + 1)]
            if i < 9:
                now = wrong + extra[:6 * i] + now
            else:
                now = self.lines
            self.put("all.jsonl", "".join(now))
            self.update(self.tree, "--threads", 1 + i % 3, index=self.other())
        self.assertEqual(self.info(self.other())["generation"], 10)
        self.expect_same(self.other())
        self.update("--compact", index=self.other())
        self.expect_same(self.other())

    def test_deleted_by_id(self):
        extra = [line(id=f"gone{i}", text="A comet storm that will go. " * 20) for i in range(20)]
        self.put("all.jsonl", "".join(extra + self.lines))
        self.update(self.tree, index=self.other())
        self.update(*[word for i in range(20) for word in ("--delete", f"gone{i}")], index=self.other())
        self.expect_same(self.other())
        self.update("--purge", index=self.other())
        self.expect_same(self.other())

    def test_rebuilt(self):
        self.update("--rebuild", "--threads", 2)
        self.expect_same(self.index)


if __name__ == "__main__":
    harness.main()
