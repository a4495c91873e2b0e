"""The two articles that the project was born from, where they are at hand (../shared/articles beside the sources)."""

import os
import re
import shlex
import unittest

import harness

ARTICLES = os.path.join(harness.SOURCE, "..", "shared", "articles")
BYMAN = "000_956db21ea8cb7646.txt"
MAHMOUDIAN = "004_e7c2825186644854.txt"

# What is asked, and which passage must answer first.
QUESTIONS = [
    ("Kurilla central command", f"{BYMAN}#5"),
    ("Crocus City Hall", f"{BYMAN}#2"),
    ("Tajikistan suspects", f"{MAHMOUDIAN}#9"),
    ("memorial for Qassem Soleimani", f"{MAHMOUDIAN}#8"),
    ("disassociate from al-Qaeda al-Nusra", f"{MAHMOUDIAN}#7"),
]


@unittest.skipUnless(os.path.isdir(ARTICLES), "../shared/articles is not here")
class RealArticles(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.need("quoth-index", "quothd")
        harness.build_index(self.path("index"), ARTICLES)
        self.daemon = self.start(self.path("index"))

    def cut(self, name, at):
        """The bytes of the file that a printed range names."""
        start, length = map(int, at.split("+"))
        with open(os.path.join(ARTICLES, name), "rb") as file:
            file.seek(start)
            return file.read(length).decode()

    def test_fields(self):
        want = {BYMAN: ("What to Make of the ISIS-K Attack on Moscow", "Daniel Byman", "2024-03-27"),
                MAHMOUDIAN: ("Moscow Attack Reflects Russian Intelligence Weakness and ISIS-K Ambitions",
                             "Arman Mahmoudian", "")}
        for name, fields in want.items():
            reply = self.daemon.request(f"GET -- {name}")
            got = dict(row[:2] for row in reply.rows()[:int(reply.keys["fields"])])
            self.assertEqual((got["title"], got["author"], got["date"]), fields)

    def test_passages_are_bytes_of_the_file(self):
        for name in (BYMAN, MAHMOUDIAN):
            reply = self.daemon.request(f"GET -- {name}")
            passages = reply.rows()[int(reply.keys["fields"]):]
            self.assertGreater(len(passages), 5)
            for passage, at, text in (row[:3] for row in passages):
                self.assertEqual(self.cut(name, at), text, passage)
                if not text.startswith("Arman Mahmoudian is"):  # his handle has no full stop
                    self.assertRegex(text, r"[.!?”\"’)]$", "a passage ends with a sentence")

    def test_boilerplate_is_in_no_passage(self):
        for name in (BYMAN, MAHMOUDIAN):
            text = self.daemon.request(f"GET -- {name}").raw.decode()
            for line in ("Subscribe to Lawfare", "pxhere", "Published by", "Recent & Related", "* indicates required",
                         "Subscription Options"):
                self.assertNotIn(line, text)

    def test_the_passage_that_says_it_comes_first(self):
        for query, passage in QUESTIONS:
            with self.subTest(query):
                row = self.daemon.request(f"SEARCH show=passage -- {query}").rows()[0]
                self.assertEqual(row[2], passage)
                self.assertEqual(self.cut(passage.split("#")[0], row[3]), row[7])
                self.assertTrue(row[4], "the matched words are marked")

    def test_not_found_by_what_is_not_said(self):
        """Boilerplate that was cut off, and what only the other article has."""
        for query, article in (("Subscribe", BYMAN), ("Brookings", BYMAN), ("Salami", MAHMOUDIAN), ("Wagner", BYMAN),
                               ("Pensacola", MAHMOUDIAN)):
            found = [row[2] for row in self.daemon.request(f"SEARCH spell=off show=none -- {query}").rows()]
            self.assertFalse([passage for passage in found if passage.startswith(article)], query)


@unittest.skipUnless(os.path.isdir(ARTICLES), "../shared/articles is not here")
class RealExamples(harness.TestCase):
    """The table of docs/EXAMPLES.md: each row's query is asked again over both articles and corpus/."""

    ROW = re.compile(r"^\|([^|]*)\| `([^`]+)` \| ([^|]+) \| ([^|]*)\|$", re.M)
    NAMES = {"B": BYMAN, "M": MAHMOUDIAN, "C": "news/crocus-city-hall-attack.txt", "K": "news/isis-k-before-moscow.md"}

    def setUp(self):
        super().setUp()
        self.need("quoth", "quoth-index")
        self.index = self.path("index")
        harness.build_index(self.index, ARTICLES, os.path.join(harness.SOURCE, "corpus"))
        with open(os.path.join(harness.SOURCE, "docs", "EXAMPLES.md"), encoding="utf-8") as file:
            self.rows = self.ROW.findall(file.read())

    def quoth(self, *arguments):
        """The lines that quoth prints, as columns."""
        done = harness.run("quoth", "--index", self.index, *arguments)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return [line.split("\t") for line in done.stdout.decode().splitlines()]

    def short(self, passage):
        """"B#4" of a passage's whole name; others stay as they are."""
        article, ordinal = passage.rsplit("#", 1)
        return next((f"{name}#{ordinal}" for name, known in self.NAMES.items() if known == article), passage)

    def whole(self, text):
        """The passage that "B#4" stands for."""
        return re.sub(r"^([BMCK])#(\d+)$", lambda match: f"{self.NAMES[match.group(1)]}#{match.group(2)}", text)

    def answers(self, query):
        """What the row has to say of a query, all of it."""
        action = re.match(r"--(\w+) ", query)
        if action is None:
            return [self.short(row[2]) for row in self.quoth("--tsv", "--show", "none", "--", query)]
        words = [self.whole(word) for word in shlex.split(query)]
        if action.group(1) == "count":
            return [" ".join(row) for row in self.quoth(*words)]
        rows = self.quoth("--tsv", *words)
        if action.group(1) == "similar":
            return [self.short(row[2]) for row in rows]
        return [row[1 if action.group(1) == "spell" else 0] for row in rows]

    def test_answers(self):
        self.assertGreaterEqual(len(self.rows), 40)
        for _, query, cell, _ in self.rows:
            with self.subTest(query):
                want = [] if cell == "nothing" else cell.split(", ")
                have = self.answers(query)
                if want and want[-1] == "…":
                    self.assertGreater(len(have), len(want) - 1)
                    have = have[:len(want) - 1] + ["…"]
                self.assertEqual(have, want)

    def test_no_sentence_of_theirs_is_in_the_examples(self):
        """The articles are others' work: no eight words of theirs in a row."""
        def runs(text):
            words = re.findall(r"\w+", text.lower())
            return {" ".join(words[i:i + 8]) for i in range(len(words) - 7)}
        with open(os.path.join(harness.SOURCE, "docs", "EXAMPLES.md"), encoding="utf-8") as file:
            ours = file.read()
        titles = runs(" ".join(re.findall(r"\*([^*\n]+)\* by", ours)))
        for name in (BYMAN, MAHMOUDIAN):
            with open(os.path.join(ARTICLES, name), encoding="utf-8") as file:
                self.assertLessEqual(runs(ours) & runs(file.read()), titles, name)


if __name__ == "__main__":
    harness.main()
