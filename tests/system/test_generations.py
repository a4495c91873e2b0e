"""Clients ask without pause while the index is updated, compacted, and its writer killed in the middle.

Each article says which version it is of: article I of version V holds the words "pebble", "versionV" and "numberI". A reply is
right for its generation when what it found is what that generation was made of, and none may be lost.
"""

import json
import os
import signal
import subprocess
import threading

import harness

N_ARTICLES = 300
FILLER = "the quick brown fox jumps over the lazy dog and the river runs slowly to the sea " * 40


class Asker(threading.Thread):
    """Asks on one connection until told to stop; keeps every reply."""

    def __init__(self, daemon):
        super().__init__()
        self.daemon = daemon
        self.replies = []
        self.n_sent = 0
        self.failure = None
        self.is_over = threading.Event()

    def run(self):
        try:
            with self.daemon.connect() as connection:
                while not self.is_over.is_set():
                    # Three at once, so that replies of two generations can meet on one connection.
                    connection.send("@a COUNT pebble\n@b SEARCH n=1000 per=1 show=none pebble\n@c COUNT \"lazy dog\"\n")
                    self.n_sent += 3
                    self.replies.extend(connection.reply() for _ in range(3))
        except Exception as failure:  # pylint: disable=broad-except
            self.failure = failure


class Generations(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.need("quoth-index", "quothd")
        self.index = self.path("index")
        self.articles = self.path("articles")
        self.live = {}  # generation -> number of live articles

    def write_articles(self, numbers, version):
        for number in numbers:
            self.write(f"articles/{number:04}.txt",
                       f"Pebble {number}\n\npebble version{version} number{number} {FILLER}.\n")

    def update(self, *options):
        harness.run("quoth-index", *options, self.index, check=0)

    def note(self, n_live):
        """The generation now published, and what it is made of."""
        info = json.loads(harness.run("quoth-index", "--info", "--json", self.index, check=0).stdout)
        self.live[info["generation"]] = n_live
        return info["generation"]

    def kill_in_mid_write(self):
        """Start an update with much to do and kill it while its scratch folder is being filled."""
        process = subprocess.Popen([harness.program("quoth-index"), "--quiet", self.index], stdin=subprocess.DEVNULL)
        scratch = os.path.join(self.index, "scratch")
        harness.wait_until(lambda: process.poll() is not None or (os.path.isdir(scratch) and os.listdir(scratch)),
                           "the writer to begin")
        process.send_signal(signal.SIGKILL)
        return process.wait()

    def test_every_reply_is_right_for_its_generation(self):
        self.write_articles(range(N_ARTICLES), 1)
        harness.build_index(self.index, self.articles)
        self.note(N_ARTICLES)
        daemon = self.start(self.index, "--workers", "2")
        askers = [Asker(daemon) for _ in range(4)]
        for asker in askers:
            asker.start()
        try:
            n_live = N_ARTICLES
            for version in range(2, 6):
                gone = range((version - 2) * 10, (version - 1) * 10)
                for number in gone:
                    os.unlink(os.path.join(self.articles, f"{number:04}.txt"))
                n_live -= len(gone)
                self.write_articles(range(200, 220), version)
                self.update()
                daemon.wait_generation(self.note(n_live))
            self.update("--compact")
            daemon.wait_generation(self.note(n_live))
            self.write_articles(range(100, N_ARTICLES), 9)
            self.assertEqual(self.kill_in_mid_write(), -signal.SIGKILL, "it was too quick to be killed")
            generation = self.note(n_live)
            self.update()
            self.assertEqual(self.note(n_live), generation + 1)
            daemon.wait_generation(generation + 1)
            self.update("--check")
        finally:
            for asker in askers:
                asker.is_over.set()
            for asker in askers:
                asker.join(harness.WAIT_S)
        self.check(askers)
        found = daemon.request("COUNT version9")
        self.assertEqual(found.keys["articles"], str(N_ARTICLES - 100))

    def check(self, askers):
        seen = set()
        for asker in askers:
            self.assertIsNone(asker.failure)
            self.assertEqual(len(asker.replies), asker.n_sent)
            self.assertGreater(asker.n_sent, 0)
            for reply in asker.replies:
                self.check_reply(reply, seen)
        self.assertGreater(len(seen), 2, "several generations were seen")

    def check_reply(self, reply, seen):
        self.assertTrue(reply.ok, reply)
        if reply.tag != "b":
            self.assertIn(int(reply.keys["articles"]), self.live.values())
            return
        generation = int(reply.keys["gen"])
        seen.add(generation)
        self.assertEqual(int(reply.keys["found"]) >= self.live[generation], True)
        articles = {row[2].rsplit("#", 1)[0] for row in reply.rows()}
        self.assertEqual(len(articles), self.live[generation], f"generation {generation}")


if __name__ == "__main__":
    harness.main()
