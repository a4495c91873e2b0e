"""The same articles in one segment and in seven: every verb that looks at words answers the same, byte for byte."""

import json
import os
import random
import re
import shutil

import harness

SEGMENTS = 7
BETWEEN = re.compile(rb" (us|gen|cached)=[^ \n]*")  # what may differ: time, the generation, whether it was known
TYPED = ["s", "st", "gla", "the", "the s", "north s", "storm su", "in the ", "of the n", "water ", "water t", "a ",
         "sea level ", "world w", "glacier", "the history of ", "was the f", "e", "de"]
QUERIES = ["storm surge", "the sea and the storm", '"north sea"', "water time year", "glaicer serge", "stom surg",
           "wter bridg nigt", "comput*", "st* water", "storm~2", "hous~1 bridge", "=storms tide", '"water sea"~8',
           "+sea -storm", "title:sea water", "date:>=1900", "lang:en water", "libary of the citty", "first"]
FACETS = "author:1000,year:1000,month:1000,tag:1000,lang:1000"


class SameVerbs(harness.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.corpus = os.path.join(harness.SOURCE, "corpus")

    def setUp(self):
        super().setUp()
        self.need("quoth-index", "quothd")

    def articles(self):
        """The files of corpus/, each as its folder and name."""
        names = []
        for folder, folders, files in os.walk(self.corpus):
            folders.sort()
            names += [os.path.relpath(os.path.join(folder, name), self.corpus) for name in sorted(files)]
        return names

    def copy(self, names, tree):
        for name in names:
            to = os.path.join(tree, name)
            os.makedirs(os.path.dirname(to), exist_ok=True)
            shutil.copy(os.path.join(self.corpus, name), to)

    def build(self, name, parts):
        """An index of the same tree, a part more of it each time."""
        index, tree = self.path(name), self.path("tree")
        shutil.rmtree(tree, ignore_errors=True)
        for part in parts:
            self.copy(part, tree)
            harness.build_index(index, tree)
        return index

    def questions(self, passages):
        for typed in TYPED:
            yield f"SUGGEST n=100 -- {typed}"
        for query in QUERIES:
            yield f"SPELL -- {query}"
            for options in ("n=100", "n=50 expand=on", f"n=1 total=exact facet={FACETS}", "sort=date n=100",
                            "sort=-date n=100", "per=1 n=100 rank=first", "mode=plain n=100"):
                yield f"SEARCH {options} -- {query}"
            yield f"COUNT -- {query}"
        for passage in passages:
            yield f"SIMILAR n=100 -- {passage}"
            yield f"SIMILAR n=100 per=1 -- {passage.split('#')[0]}"
            for query in QUERIES[:4]:
                for verb in ("WHYNOT", "EXPLAIN"):
                    yield f"{verb} passage={passage} -- {query}"

    def start_both(self, indexes):
        """Daemons of an index in one segment and of one in several."""
        one, many = (self.start(index) for index in indexes)
        segments = [int(daemon.stats()["segments"]) for daemon in (one, many)]
        self.assertEqual(segments[0], 1)
        self.assertGreater(segments[1], 1)
        return one, many

    def expect_same(self, one, many, lines):
        differ = []
        with one.connect() as here, many.connect() as there:
            for line in lines:
                want, have = (BETWEEN.sub(b"", connection.request(line).raw) for connection in (here, there))
                self.assertTrue(want.startswith(b"OK "), want)
                if have != want:
                    differ.append(line)
        self.assertEqual("\n".join(differ), "")

    def test_one_segment_and_seven(self):
        names = self.articles()
        parts = [names[i::SEGMENTS] for i in range(SEGMENTS)]
        one, many = self.start_both([self.build("one", [names]), self.build("many", parts)])
        found = one.request("SEARCH n=400 show=none -- the of and sea water time").rows()
        passages = [row[2] for row in found[::len(found) // 12]]
        self.assertGreater(len(passages), 9)
        self.expect_same(one, many, self.questions(passages))

    def test_many_alike(self):
        """More passages than a suggestion looks at, most of them equally good."""
        def build(name, cuts):
            index = self.path(name)
            for end in cuts + [len(lines)]:
                self.write("tree/all.jsonl", "".join(lines[:end]))
                harness.build_index(index, self.path("tree"))
            return index
        chance = random.Random(4)
        words = [chance.choice("bcdfglmnprst") + chance.choice("aeiou") + chance.choice("bdglmnrst") + tail
                 for tail in ("a", "er", "ing", "ow", "ic", "old") for _ in range(60)]
        lines = [json.dumps({"id": f"p{i:05}", "text": "storm " * (i % 20 > 0) + " ".join(
            words[int(len(words) * chance.random() ** 2)] for _ in range(5)) + (
            " own own owned" if i % 40 == 7 and i > 200 else " own owned owned" if i % 40 == 7 else "")}) +
            "\n" for i in range(18000)]
        indexes = [build("one", []), build("many", [200, 1300, 9000, 17000])]
        harness.run("quoth-index", indexes[0], "--compact", check=0)
        one, many = self.start_both(indexes)
        typed = ["storm ", "storm b", "storm ca", "b", "ba", words[0] + " ", words[0] + " b", words[9] + " s", "own "]
        questions = [f"SUGGEST n=100 -- {text}" for text in typed]
        questions += [f"SPELL -- storn {word[:2]}{word[3:]} {word[1:]}" for word in words[::30]]
        questions += [f"SEARCH n=30 {options} -- {words[3]} {words[40]}~1 {words[7][:2]}*" for options in (
            "expand=on", "sort=date", "facet=lang,year", "mode=plain")]
        questions += [f"SIMILAR n=30 -- p{i:05}" for i in range(7, 18000, 880)]
        self.expect_same(one, many, questions)


if __name__ == "__main__":
    harness.main()
