"""The cache of replies: what is given again, what is not, and how it stays within its bound."""

import re
import threading

import harness


def without_us(raw):
    return re.sub(rb" us=\d+", b" us=0", raw).replace(b" cached=1", b"")


class Results(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.need("quoth-index", "quothd")

    def serve(self, *options):
        """A daemon over three articles, and a connection to it."""
        self.articles = self.path("articles")
        for i in range(3):
            self.write(f"articles/{i}.txt", f"The storm number {i} came from the sea.\n\nIt left tides and wrecks.\n")
        harness.build_index(self.path("index"), self.articles)
        self.daemon = self.start(self.path("index"), *options)
        connection = self.daemon.connect()
        self.addCleanup(connection.close)
        return connection

    def counts(self):
        stats = self.daemon.stats()
        return {name[8:]: int(stats[name]) for name in stats if name.startswith("results_")}

    def test_off_unless_asked_for(self):
        c = self.serve()
        for _ in range(2):
            self.assertNotIn("cached", c.request("SEARCH storm").keys)
        self.assertEqual(set(self.counts().values()), {0})

    def test_every_verb_is_given_again(self):
        c = self.serve("--results", "1M")
        lines = ["SEARCH storm", "SEARCH out=json n=1 storm", "SEARCH facet=year,tag:3 storm", "SEARCH show=passage sea",
                 "SEARCH nothing", "COUNT storm", "GET 0.txt", "GET 0.txt#1", "SIMILAR 0.txt#1", "SUGGEST st",
                 "SPELL strom", "EXPLAIN passage=0.txt#1 storm", "WHYNOT passage=0.txt#1 wrecks"]
        for line in lines:
            first, again = c.request(line), c.request("@t " + line)
            self.assertTrue(first.ok, first)
            self.assertNotIn("cached", first.keys)
            self.assertEqual(again.keys.pop("cached"), "1", line)
            self.assertEqual(again.tag, "t")
            self.assertEqual(list(again.keys), list(first.keys))
            self.assertEqual(without_us(again.raw), b"@t " + without_us(first.raw))
            self.assertEqual(without_us(c.request(line).raw), without_us(first.raw))
        counts = self.counts()
        self.assertEqual((counts["replies"], counts["hits"], counts["misses"]), (len(lines), 2 * len(lines), len(lines)))

    def test_requests_that_say_the_same(self):
        c = self.serve("--results", "1M")
        c.request("SEARCH storm sea")
        for line in ["search   storm sea", "@tag SEARCH n=10 -- storm sea ", "SEARCH deadline=500 storm sea",
                     "SEARCH gen=1 total=estimate storm sea"]:
            self.assertIn("cached", c.request(line).keys, line)
        for line in ["SEARCH storm  sea", "SEARCH n=9 storm sea", "SEARCH mode=plain storm sea", "COUNT storm sea",
                     "SEARCH lang=en storm sea", "SEARCH width=100 storm sea", "SEARCH facet=tag storm sea",
                     "SEARCH facet=tag:9 storm sea", "SUGGEST storm sea", "SUGGEST storm sea ", "SEARCH from=1 storm sea"]:
            self.assertNotIn("cached", c.request(line).keys, line)

    def test_errors_are_not_kept(self):
        c = self.serve("--results", "1M")
        for line in ['SEARCH "open', "GET nowhere.txt", "SEARCH gen=7 storm", "SIMILAR nowhere.txt#1", "SEARCH n=0 storm"]:
            for _ in range(2):
                self.assertFalse(c.request(line).ok)
        self.assertEqual((self.counts()["replies"], self.counts()["hits"]), (0, 0))

    def test_new_generation(self):
        c = self.serve("--results", "1M")
        old = c.request("SEARCH storm")
        self.assertIn("cached", c.request("SEARCH storm").keys)
        self.write("articles/new.txt", "One more storm.\n")
        harness.build_index(self.path("index"))
        self.daemon.wait_generation(2)
        new = c.request("SEARCH storm")
        self.assertEqual((new.keys["gen"], new.keys["hits"]), ("2", "4"))
        self.assertNotIn("cached", new.keys)
        before = c.request("SEARCH gen=1 storm")
        self.assertEqual(without_us(before.raw), without_us(old.raw))
        for _ in range(2):
            self.assertEqual(without_us(c.request("SEARCH gen=1 storm").raw), without_us(old.raw))
            self.assertEqual(without_us(c.request("SEARCH storm").raw), without_us(new.raw))
        self.write("articles/newer.txt", "Yet another storm.\n")
        harness.build_index(self.path("index"))
        self.daemon.wait_generation(3)
        self.assertEqual(c.request("SEARCH gen=1 storm").code, "gen")
        self.assertEqual(c.request("SEARCH storm").keys["hits"], "5")

    def test_bound(self):
        c = self.serve("--results", "100K")
        for i in range(1000):
            c.request(f"SEARCH show=passage storm OR word{i}")
        counts = self.counts()
        self.assertGreater(counts["evictions"], 100)
        self.assertGreater(counts["replies"], 10)
        self.assertLessEqual(counts["bytes"], 100 << 10)
        self.assertIn("cached", c.request("SEARCH show=passage storm OR word999").keys)
        self.assertNotIn("cached", c.request("SEARCH show=passage storm OR word0").keys)

    def test_what_is_asked_for_stays(self):
        c = self.serve("--results", "100K")
        for i in range(500):
            self.assertEqual("cached" in c.request("SEARCH storm").keys, i > 0)
            c.request(f"SEARCH show=passage storm OR word{i}")

    def test_too_small_for_anything(self):
        c = self.serve("--results", "1K")
        for _ in range(2):
            self.assertNotIn("cached", c.request("SEARCH storm").keys)

    def test_many_connections_and_generations(self):
        """Whatever is cached, an answer is that of the generation it names."""
        self.serve("--results", "64K", "--workers", 3)
        wrong = []

        def ask(number):
            with self.daemon.connect() as c:
                for i in range(300):
                    c.send(f"@a{i} SEARCH storm\n@b{i} COUNT OR{i % 20} OR storm\n@c{i} SEARCH show=none n={i % 9 + 1} sea\n")
                    for tag in "abc":
                        reply = c.reply()
                        if reply.tag != f"{tag}{i}" or not reply.ok:
                            wrong.append((number, reply))
                        elif tag == "a" and int(reply.keys["hits"]) != int(reply.keys["gen"]) + 2:
                            wrong.append((number, reply))

        threads = [threading.Thread(target=ask, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for generation in range(2, 5):
            self.write(f"articles/more{generation}.txt", "One more storm.\n")
            harness.build_index(self.path("index"))
            self.daemon.wait_generation(generation)
        for thread in threads:
            thread.join()
        self.assertEqual(wrong[:3], [])

    def test_replies_that_nobody_reads(self):
        """A reply costs nothing but memory here, and of that a peer that does not read has what --reply-queue says."""
        word = "storm "
        self.write("articles/long.txt", "\n\n".join(f"{i} " + word * 300 for i in range(600)))
        c = self.serve("--results", "64M")
        line = "SEARCH n=1000 show=passage storm"
        size = len(c.request(line).raw)
        self.assertGreater(size, 1 << 20)
        n, before = 32, self.counts()["hits"]
        with self.daemon.connect() as slow:
            slow.send((line + "\n") * n)
            harness.wait_until(lambda: self.counts()["hits"] > before, "the first reply")
            # What the sockets hold is the system's business, 4 MiB and 6 MiB at most unless told otherwise.
            self.assertLess(self.counts()["hits"] - before, 16)
            slow.half_close()
            with slow.socket.makefile("rb") as replies:
                self.assertEqual(sum(line.endswith(b" cached=1\n") for line in replies), n)



if __name__ == "__main__":
    harness.main()
