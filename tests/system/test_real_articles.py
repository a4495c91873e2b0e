"""The two articles that the project was born from, where they are at hand (../shared/articles beside the sources)."""

import os
import re
import unittest

import harness

ARTICLES = os.path.join(harness.SOURCE, "..", "shared", "articles")
BYMAN = "000_956db21ea8cb7646.txt"
MAHMOUDIAN = "004_e7c2825186644854.txt"

# What is asked, which article must answer first, and what its passage must say.
QUESTIONS = [
    ("Kurilla central command", BYMAN, "Gen. Erik Kurilla, the head of U.S. Central Command"),
    ("Crocus City Hall", BYMAN, "Crocus City Hall theater in Moscow"),
    ("Tajikistan suspects", MAHMOUDIAN, "citizens of Tajikistan"),
    ("memorial for Qassem Soleimani", MAHMOUDIAN, "during a memorial for the late top commander Qassem Soleimani"),
    ("disassociate from al-Qaeda al-Nusra", MAHMOUDIAN, "disassociate from al-Qaeda"),
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
        for query, name, said in QUESTIONS:
            with self.subTest(query):
                row = self.daemon.request(f"SEARCH show=passage -- {query}").rows()[0]
                self.assertEqual(re.sub(r"#\d+$", "", row[2]), name)
                self.assertIn(said, row[7])
                self.assertEqual(self.cut(name, row[3]), row[7])
                self.assertTrue(row[4], "the matched words are marked")


if __name__ == "__main__":
    harness.main()
