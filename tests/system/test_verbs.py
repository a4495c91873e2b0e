"""SIMILAR, SUGGEST, SPELL, WHYNOT and spell= over the articles of corpus/, through the daemon and the client."""

import json
import os
import unicodedata

import harness


class Verbs(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.need("quoth-index", "quothd", "quoth")
        harness.build_index(self.path("index"), os.path.join(harness.SOURCE, "corpus"))
        self.daemon = self.start(self.path("index"))

    def ask(self, line):
        reply = self.daemon.request(line)
        self.assertTrue(reply.ok, f"{line}: {reply}")
        return reply

    def test_similar_leaves_the_article_out(self):
        for text, article in (("sea/tides.txt#7", "sea/tides.txt#"), ("earth/glaciers.md", "earth/glaciers.md#")):
            reply = self.ask(f"SIMILAR n=1000 show=none -- {text}")
            rows = reply.rows()
            self.assertEqual(len(rows), int(reply.keys["found"]))
            self.assertGreater(len(rows), 5)
            self.assertFalse([row for row in rows if row[2].startswith(article)])
            scores = [float(row[1]) for row in rows]
            self.assertEqual(scores, sorted(scores, reverse=True))

    def test_similar_pages_and_groups(self):
        whole = [row[2] for row in self.ask("SIMILAR n=9 show=none -- sea/tides.txt").rows()]
        paged = [row[2] for start in (0, 3, 6)
                 for row in self.ask(f"SIMILAR n=3 from={start} show=none -- sea/tides.txt").rows()]
        self.assertEqual(whole, paged)
        grouped = [row[2].split("#")[0] for row in self.ask("SIMILAR n=9 per=1 show=none -- sea/tides.txt").rows()]
        self.assertEqual(len(grouped), len(set(grouped)))

    def test_similar_of_nothing(self):
        for text in ("no/such.md", "sea/tides.txt#4000"):
            self.assertEqual(self.daemon.request(f"SIMILAR -- {text}").code, "none")
        self.assertEqual(self.daemon.request("SIMILAR").code, "option")

    def test_suggestions_begin_as_typed_and_are_found(self):
        for typed in ("gla", "north s", "storm su", "the dut", "s"):
            rows = self.ask(f"SUGGEST -- {typed}").rows()
            self.assertTrue(0 < len(rows) <= 10, typed)
            for text, passages in rows:
                self.assertTrue(text.startswith(typed), text)
                self.assertGreater(int(passages), 0)
                last = text.split()[-1]
                self.assertGreater(int(self.ask(f"COUNT mode=plain -- {last}").keys["passages"]), 0, text)

    def test_suggest_nothing(self):
        for typed in ("", "   ", "qqqqqq", "qqqqqq "):
            self.assertEqual(self.ask(f"SUGGEST -- {typed}").n, 0, typed)

    def test_spell_and_search_agree(self):
        reply = self.ask("SPELL -- glaicer serge")
        self.assertEqual([row[1] for row in reply.rows()], ["glacier", "surge"])
        self.assertEqual(reply.keys["spelled"], "glacier surge")
        corrected = self.ask("SEARCH show=none -- glaicer serge")
        asked = self.ask("SEARCH show=none -- glacier surge")
        self.assertEqual(corrected.keys["spelled"], "glacier surge")
        self.assertNotIn("spelled", asked.keys)
        self.assertEqual(corrected.rows(), asked.rows())
        for option in ("spell=off", "mode=plain"):
            reply = self.ask(f"SEARCH {option} -- glaicer serge")
            self.assertEqual((reply.n, "spelled" in reply.keys), (0, False))
        self.assertEqual(self.ask("COUNT -- glaicer serge").keys["passages"], "0")

    def test_an_author_in_no_text(self):
        reply = self.ask("SEARCH -- Ruth Castellane")
        self.assertEqual((reply.n, reply.keys["found"]), (0, "0"))
        self.assertEqual(reply.keys["authored"], self.ask('COUNT -- author:"Ruth Castellane"').keys["passages"])
        self.assertGreater(int(reply.keys["authored"]), 0)
        self.assertIn("authored", self.ask("SEARCH mode=plain -- castellane ruth").keys)
        corrected = self.ask("SEARCH -- Sallow").keys  # a name that a word of the texts is near
        self.assertEqual((corrected["spelled"], corrected["authored"]),
                         ("shallow", self.ask("COUNT -- author:sallow").keys["passages"]))
        for none in ("qqqqqq", "+Castellane", '"Ruth Castellane"', "title:Castellane", "storm", "Owen storm", "!!!"):
            self.assertNotIn("authored", self.ask(f"SEARCH -- {none}").keys, none)

    def test_known_words_stay(self):
        words = set()
        for row in self.ask("SEARCH n=50 show=passage -- storm glacier").rows():
            words.update(word for word in row[7].lower().split() if word.isascii() and word.isalpha())
        words = sorted(words)
        self.assertGreater(len(words), 300)
        for start in range(0, len(words), 60):
            part = words[start:start + 60]
            for word, row in zip(part, self.ask("SPELL -- " + " ".join(part)).rows()):
                self.assertEqual((row[0], row[1]), (word, ""))
                self.assertGreater(int(row[2]), 0, word)

    def test_whynot_ranks_as_search_does(self):
        query = "the sea and the storm"
        rows = self.ask(f"SEARCH n=1000 show=none -- {query}").rows()
        for rank, row in list(enumerate(rows, 1))[::7]:
            reply = self.ask(f"WHYNOT passage={row[2]} n=5 -- {query}")
            self.assertEqual(int(reply.keys["rank"]), rank)
            self.assertEqual(reply.rows()[0][0], "shown" if rank <= 5 else "ranked")
        grouped = {row[2] for row in self.ask(f"SEARCH n=1000 per=1 show=none -- {query}").rows()}
        for row in rows[::5]:
            stage = self.ask(f"WHYNOT passage={row[2]} n=1000 per=1 -- {query}").rows()[0][0]
            self.assertEqual(stage, "shown" if row[2] in grouped else "grouped", row[2])

    def test_whynot_of_a_removed_article(self):
        index, tree = self.path("small"), self.path("tree")
        os.mkdir(tree)
        self.write("tree/stays.txt", "Stays\n\nHerons are counted on the quiet pastures by the river.\n" * 30)
        self.write("tree/goes.txt", "Goes\n\nA zeppelin flew over the dikes.\n")
        harness.build_index(index, tree)
        os.unlink(os.path.join(tree, "goes.txt"))
        harness.build_index(index, tree)
        daemon = self.start(index)
        stages = [row[0] for row in daemon.request("WHYNOT passage=goes.txt#1 -- zeppelin").rows()]
        self.assertIn(stages, (["deleted"], ["missing"]))  # the second where a merge has come by already
        self.assertEqual(daemon.request("SPELL -- zeppelinn").rows()[0][1], "")
        self.assertEqual(daemon.request("SUGGEST -- zeppe").n, 0)

    def test_other_scripts(self):
        index, tree = self.path("scripts"), self.path("tree")
        os.mkdir(tree)
        self.write("tree/ru.txt", "Наводнение\n\nНаводнение затопило город. Плотина держала воду.\n")
        self.write("tree/de.txt", "Überschwemmung\n\nDie Überschwemmung kam über den Deich und das Grün.\n")
        harness.build_index(index, tree)
        daemon = self.start(index)
        self.assertEqual(daemon.request("SPELL -- наводнeние плотинна").rows()[1][1], "плотина")
        self.assertEqual(daemon.request("SPELL -- uberschwemung").rows()[0][1], "uberschwemmung")
        for typed in ("наво", "Übersch"):
            rows = daemon.request(f"SUGGEST -- {typed}").rows()
            self.assertTrue(rows, typed)
            self.assertTrue(all(unicodedata.is_normalized("NFC", row[0]) for row in rows))

    def test_json(self):
        spelled = self.ask("SPELL out=json -- glaicer storm").json()
        self.assertEqual([sorted(row) for row in spelled], [["correction", "correction_passages", "passages", "word"]] * 2)
        self.assertIsNone(spelled[1]["correction"])
        self.assertEqual(sorted(self.ask("SUGGEST out=json n=1 -- gla").json()[0]), ["passages", "text"])
        self.assertEqual(sorted(self.ask("WHYNOT out=json passage=sea/tides.txt#1 -- glacier").json()[0]),
                         ["detail", "stage"])

    def test_client(self):
        def quoth(*args, code=0):
            return harness.run("quoth", "--index", self.path("index"), *args, check=code).stdout.decode()
        self.assertIn("glacier", quoth("--spell", "glaicer"))
        self.assertIn("storm surge", quoth("--suggest", "storm su"))
        self.assertIn("shown", quoth("--whynot", "sea/tides.txt#7", "storm surge"))
        self.assertIn("sea/", quoth("--similar", "sea/tides.txt#7"))
        self.assertIn("glacier", quoth("glaicer"))
        self.assertEqual(len(quoth("--json", "--similar", "sea/tides.txt", "-n", "3").splitlines()), 3)
        self.assertEqual(json.loads(quoth("--json", "--suggest", "-n", "1", "gla").splitlines()[0])["text"][:3], "gla")
        quoth("--similar", "no/such.md", code=1)


if __name__ == "__main__":
    harness.main()
