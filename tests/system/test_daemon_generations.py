"""The daemon and an index that changes under it: new generations, old ones, absent and damaged ones."""

import os
import threading

import harness


class Generations(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.need("quoth-index")
        self.index = self.path("index")

    def build(self, edition):
        """One article of which only one word tells the edition; the generation that it is in."""
        self.write("articles/tides.txt", f"Tides\n\nThe moon pulls the sea twice a day. Edition number{edition} of this text.\n")
        harness.build_index(self.index, self.path("articles"))
        return edition

    def test_index_that_comes_later(self):
        daemon = self.start(self.index)
        with daemon.connect() as c:
            self.assertEqual(c.greeting.keys["gen"], "0")
            self.assertIn("serving an empty index until one is made: quoth-index ", daemon.log())
            self.assertEqual(c.request("SEARCH moon").keys["gen"], "0")
            self.build(1)
            daemon.wait_generation(1)
            reply = c.request("SEARCH moon")
            self.assertEqual((reply.keys["gen"], reply.n), ("1", 1))
            self.assertEqual(c.request("HELLO").keys["gen"], "1")

    def test_empty_folder_comes_to_life(self):
        os.mkdir(self.index)
        daemon = self.start(self.index)
        self.assertEqual(daemon.request("COUNT moon").keys, {"passages": "0", "articles": "0"})
        self.build(1)
        daemon.wait_generation(1)
        self.assertEqual(daemon.request("COUNT moon").keys["passages"], "1")

    def test_generations_that_are_kept(self):
        self.build(1)
        daemon = self.start(self.index)
        with daemon.connect() as c:
            for edition in [2, 3]:
                self.build(edition)
                daemon.wait_generation(edition)
                for gen in range(1, edition + 1):
                    reply = c.request(f"SEARCH gen={gen} show=passage moon")
                    if gen < edition - 1:
                        self.assertEqual(reply.code, "gen")
                    else:
                        self.assertEqual(reply.keys["gen"], str(gen))
                        self.assertIn(f"number{gen} ", reply.rows()[0][7])
            self.assertEqual(c.request("SEARCH gen=0 moon").code, "gen")
            self.assertEqual(c.request("SEARCH gen=4 moon").code, "gen")

    def test_one_generation_only(self):
        self.build(1)
        daemon = self.start(self.index, "--keep-generations", 1)
        self.build(2)
        daemon.wait_generation(2)
        self.assertEqual(daemon.request("SEARCH gen=1 moon").code, "gen")

    def test_switch_while_asking_without_pause(self):
        self.build(1)
        daemon = self.start(self.index)
        stop, wrong, counts = threading.Event(), [], []

        def ask(depth):
            last = n = 0
            try:
                with daemon.connect() as c:
                    while not stop.is_set():
                        c.send("".join(f"@t{n + i} SEARCH show=passage moon\n" for i in range(depth)))
                        for _ in range(depth):
                            reply = c.reply()
                            gen = int(reply.keys.get("gen", -1))
                            text = reply.rows()[0][7] if reply.n == 1 else ""
                            if reply.tag != f"t{n}" or f"number{gen} " not in text or gen < last:
                                wrong.append(reply.raw)
                            last, n = gen, n + 1
            except Exception as error:  # told by the main thread
                wrong.append(repr(error))
            counts.append((last, n))

        askers = [threading.Thread(target=ask, args=(depth,)) for depth in (1, 10, 100)]
        for asker in askers:
            asker.start()
        try:
            for edition in range(2, 8):
                self.build(edition)
                daemon.wait_generation(edition)
        finally:
            stop.set()
            for asker in askers:
                asker.join()
        self.assertEqual(wrong[:3], [])
        self.assertTrue(all(n > 0 for _, n in counts), counts)
        self.assertEqual(daemon.stats()["errors_internal"], "0")

    def test_damaged_manifest_is_told_and_the_old_served(self):
        self.build(1)
        daemon = self.start(self.index)
        with open(os.path.join(self.index, "manifest"), "rb") as file:
            good = file.read()
        self.replace_manifest(good[:-10] + b"damaged!!\n")
        harness.wait_until(lambda: "generation-refused" in daemon.log(), "the log to tell")
        self.assertEqual(daemon.request("SEARCH moon").n, 1)
        self.replace_manifest(good)
        self.build(2)
        daemon.wait_generation(2)
        self.assertIn("number2", daemon.request("SEARCH show=passage moon").rows()[0][7])

    def test_the_same_generation_is_no_event(self):
        self.build(1)
        daemon = self.start(self.index)
        self.assertNotIn("serving an empty index", daemon.log())
        with open(os.path.join(self.index, "manifest"), "rb") as file:
            self.replace_manifest(file.read())
        self.build(2)
        daemon.wait_generation(2)
        harness.wait_until(lambda: "gen=2 before=1" in daemon.log(), "the log to tell")
        self.assertNotIn("gen=1 before=1", daemon.log())

    def replace_manifest(self, content):
        self.write("index/manifest.new", content)
        os.rename(os.path.join(self.index, "manifest.new"), os.path.join(self.index, "manifest"))

    def test_damaged_index_is_refused_at_the_start(self):
        self.build(1)
        self.replace_manifest(b"nonsense\n")
        done = harness.run("quothd", self.index, "--port", "0", check=1, timeout=harness.WAIT_S)
        self.assertIn(b"quothd: ", done.stderr)

    def test_index_built_anew_begins_at_1_again(self):
        self.build(1)
        daemon = self.start(self.index)
        harness.shutil.rmtree(self.index)
        self.build(2)  # another text, the same number of the generation

        def is_new():
            reply = daemon.request("SEARCH show=passage moon")
            return reply.n == 1 and "number2" in reply.rows()[0][7]
        harness.wait_until(is_new, "the new index")

    def test_files_that_shrink_while_they_are_opened(self):
        self.build(1)
        daemon = self.start(self.index, env={"ASAN_OPTIONS": "detect_leaks=0"})
        with open(os.path.join(self.index, "manifest"), "rb") as file:
            manifest = file.read()
        contents = {}
        for folder, _, names in os.walk(os.path.join(self.index, "segments")):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    contents[file.name] = file.read()
        stop = threading.Event()

        def shrink():
            while not stop.is_set():
                for name, content in contents.items():
                    os.truncate(name, 0)
                    os.truncate(name, len(content))
                    with open(name, "r+b") as file:
                        file.write(content)

        shrinker = threading.Thread(target=shrink)
        shrinker.start()
        try:
            for _ in range(60):  # each is another chance to be caught in the middle
                self.replace_manifest(manifest)
                self.assertTrue(daemon.request("PING").ok)
        finally:
            stop.set()
            shrinker.join()
        self.build(2)
        daemon.wait_generation(2)
        self.assertIn("number2", daemon.request("SEARCH gen=2 show=passage moon").rows()[0][7])

    def test_files_that_shrink_end_a_search_and_not_the_daemon(self):
        self.build(1)
        # A search that is ended in the middle leaves its memory behind; that is why they are counted.
        daemon = self.start(self.index, "--workers", 1, env={"ASAN_OPTIONS": "detect_leaks=0"})
        with daemon.connect() as c:
            self.assertTrue(c.request("GET tides.txt").ok)
            for folder, _, names in os.walk(os.path.join(self.index, "segments")):
                for name in names:
                    if not name.endswith("glass"):
                        os.truncate(os.path.join(folder, name), 0)
            for _ in range(70):
                self.assertEqual(c.request("GET tides.txt").code, "index")
            self.assertTrue(c.request("STATS").ok)
            self.assertEqual(daemon.log().count("index-fault"), 64)
            harness.shutil.rmtree(self.index)
            self.build(2)
            harness.wait_until(lambda: c.request("GET tides.txt").ok, "the new index")


if __name__ == "__main__":
    harness.main()
