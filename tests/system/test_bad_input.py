"""Articles that are none, or damaged, or huge: each with a clear message, and nothing else is lost."""

import gzip
import json
import os
import shutil
import subprocess
import unittest

import harness
from index_case import IndexCase, article, line

NOBODY = 65534


class BadInput(IndexCase):

    def setUp(self):
        super().setUp()
        self.put("good.txt", article("comet"))

    def expect_good(self):
        self.assertEqual(self.ids("comet"), ["good.txt#1"])
        self.check_index()

    def test_empty_file(self):
        self.put("empty.txt", "")
        self.put("empty.html", "")
        self.put("empty.md", "")
        self.put("empty.jsonl", "")
        report = self.update(self.tree)
        self.assertEqual((report["added"], report["empty"], report["failed"]), (4, 3, 0))
        self.expect_good()

    def test_a_line_of_200_mb(self):
        path = self.put("long.jsonl", line(id="before", text=article("storm")))
        chunk = b"x" * (1 << 20)
        with open(path, "ab") as file:
            file.write(b'{"id":"long","text":"')
            for _ in range(200):
                file.write(chunk)
            file.write(b'"}\n')
            file.write(line(id="after", text=article("harvest")).encode())
        report = self.update(self.tree, check=1)
        self.assertEqual((report["added"], report["bad_lines"]), (3, 1))
        self.assertIn("long.jsonl:2: ", self.errors)
        self.assertIn("64 MiB", self.errors)
        self.assertEqual(self.ids("storm") + self.ids("harvest"), ["before#1", "after#1"])
        self.expect_good()

    def test_a_text_of_200_mb(self):
        path = self.put("long.txt", "")
        chunk = b"x" * (1 << 20)
        with open(path, "wb") as file:
            for _ in range(200):
                file.write(chunk)
        report = self.update(self.tree, check=1)
        self.assertEqual((report["added"], report["failed"]), (1, 1))
        self.assertIn("long.txt: is larger than 64 MiB", self.errors)
        self.expect_good()

    def peak(self, index, *args):
        """Bytes that building the index anew takes."""
        shutil.rmtree(index, ignore_errors=True)
        child = subprocess.Popen([harness.program("quoth-index"), "--quiet", index, *map(str, args)], stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        self.assertIn(child.returncode, (0, 1))
        return usage.ru_maxrss << 10

    def test_articles_too_large_for_the_memory(self):
        """What is below the bound is read alone, when the writers have made room for it."""
        self.put("a.jsonl", "".join(line(id=f"n{i}", text=article(f"storm number{i * 7919}")) for i in range(3000)))
        self.put("long.txt", "The lantern burned in the window and\n\n" * (10 << 20 >> 5))
        self.put("lines.jsonl", line(id="long", text="harvest " * (10 << 17)) + line(id="after", text="The harvest."))
        self.put("fits.txt", "The river ran under the bridge.\n\n" * 270_000)
        self.put("fits.jsonl", line(id="fits", text="The orchard lies behind the mill. " * 260_000) + line(id="last", text="A quince."))
        for threads in (3, 1):
            index = self.path(f"index{threads}")
            report = self.update(self.tree, "--memory", "128M", "--threads", threads, index=index, check=1)
            self.assertEqual((report["added"], report["failed"], report["bad_lines"]), (3005, 1, 1))
            if not harness.SANITIZED:
                self.assertLess(self.peak(index, self.tree, "--memory", "128M", "--threads", threads), 128 << 20)
            self.assertIn("long.txt: is larger than 9 MiB; it is refused", self.errors)
            self.assertIn("lines.jsonl:1: a line of more than 9 MiB is refused", self.errors)
            self.assertEqual(self.ids("harvest", index), ["after#1"])
            self.assertEqual({i.split("#")[0] for i in self.ids("orchard", index)}, {"fits"})
            self.assertEqual(self.ids("quince", index), ["last#1"])
            self.check_index(index)

    @unittest.skipIf(harness.SANITIZED, "sanitizers need memory of their own")
    def test_a_page_of_many_elements(self):
        """A tree of it would be fifty times its size."""
        self.put("many.html", "<title>Harvest</title><p>The river.</p>" + "<p><b>a</b> c" * 2_000_000)
        self.put("comments.html", "<title>Harvest</title><p>The river.</p>" + "a<!---->" * 1_000_000)
        self.assertLess(self.peak(self.index, self.tree), 512 << 20)
        self.assertIn("comments.html#1", self.ids("river"))
        self.assertIn("many.html#1", self.ids("river"))
        self.expect_good()

    def test_a_sentence_of_10_mb(self):
        self.put("sentence.txt", "The lantern " + "burned in the window and " * 420_000 + "went out.\n")
        report = self.update(self.tree)
        self.assertEqual(report["added"], 2)
        self.assertGreater(report["passages"], 1000)
        self.assertIn("sentence.txt#1", self.ids("lantern"))
        self.expect_good()

    def test_invalid_utf8(self):
        self.put("broken.txt", b"The storm \xff\xfe\x80 was \xc3\xa9norm\xe9 and loud.\n" * 3)
        self.put("latin.txt", b"The ch\xe2teau stood in the caf\xe9.\n")
        self.put("lines.jsonl", b'{"id":"l","text":"A harvest \xff\xfe of apples."}\n')
        report = self.update(self.tree)
        self.assertEqual((report["added"], report["failed"], report["bad_lines"]), (4, 0, 0))
        self.assertEqual(self.ids("storm"), ["broken.txt#1"])
        self.assertEqual(self.ids("chateau"), ["latin.txt#1"])
        self.assertEqual(self.ids("harvest"), ["l#1"])
        self.expect_good()

    def test_truncated_gzip(self):
        lines = "".join(line(id=f"n{i}", text=article(f"storm number{i * 7919}")) for i in range(2000))
        packed = gzip.compress(lines.encode())
        self.put("cut.jsonl.gz", packed[:len(packed) // 2])
        self.put("cut.txt.gz", gzip.compress(article("harvest").encode())[:-20])
        report = self.update(self.tree, check=1)
        self.assertEqual(report["failed"], 2)
        self.assertGreater(report["added"], 100)
        self.assertIn("cut.jsonl.gz: the lines before this are in the index", self.errors)
        self.assertIn("cut.txt.gz: ", self.errors)
        n = report["added"]
        # Read again in vain, then mended.
        report = self.update(check=1)
        self.assertEqual(self.counts(report), (0, 0, 0, n))
        self.put("cut.jsonl.gz", packed)
        self.put("cut.txt.gz", gzip.compress(article("harvest").encode()))
        self.assertEqual(self.counts(self.update()), (2002 - n, 0, 0, n))
        self.expect_good()

    def test_a_cut_file_that_vanishes(self):
        lines = "".join(line(id=f"n{i}", text=article(f"storm number{i * 7919}")) for i in range(2000))
        packed = gzip.compress(lines.encode())
        path = self.put("cut.jsonl.gz", packed[:len(packed) // 2])
        n = self.update(self.tree, check=1)["added"]
        os.remove(path)
        self.assertEqual(self.counts(self.update()), (0, 0, n - 1, 1))

    def test_no_permission(self):
        self.put("closed/a.txt", article("storm"))
        self.put("secret.txt", article("harvest"))
        options = {}
        if os.geteuid() == 0:
            for folder, _, names in os.walk(self.folder):
                for name in ["."] + names:
                    os.chown(os.path.join(folder, name), NOBODY, NOBODY)
            options = {"user": NOBODY}
            try:
                harness.run("quoth-index", "--version", check=0, **options)
            except (OSError, AssertionError, subprocess.SubprocessError):
                self.skipTest("the programs lie where only root may go")
        harness.run("quoth-index", self.index, self.tree, check=0, **options)
        os.chmod(self.path("tree", "closed"), 0)
        os.chmod(self.path("tree", "secret.txt"), 0)
        self.addCleanup(os.chmod, self.path("tree", "closed"), 0o700)
        done = harness.run("quoth-index", "--json", self.index, check=1, **options)
        report = json.loads(done.stdout)
        self.assertEqual((report["failed"], report["removed"], report["articles"]), (2, 0, 3))
        self.assertIn(b"closed: Permission denied", done.stderr)
        self.assertIn(b"secret.txt: ", done.stderr)
        os.chmod(self.path("tree", "closed"), 0o700)
        os.chmod(self.path("tree", "secret.txt"), 0o600)
        harness.run("quoth-index", self.index, check=0, **options)

    def test_malformed_front_matter(self):
        self.put("bad.md", "---\ntitle: [unclosed\ndate: : :\n---\n\nThe storm came at night.\n")
        self.put("open.md", "---\ntitle: No end\n\nThe harvest was late.\n")
        report = self.update(self.tree)
        self.assertEqual((report["added"], report["failed"]), (3, 0))
        self.assertEqual(self.ids("storm night"), ["bad.md#1"])
        self.assertEqual(self.ids("harvest late"), ["open.md#1"])
        self.expect_good()

    def test_three_bad_lines_among_many(self):
        n = 20_000 if harness.SANITIZED else 1_000_000
        bad = {7: b'{"id":"x","text":"no end\n', n // 2: b"[1,2,3]\n", n - 1: b"\x00\x01\x02\n"}
        with open(self.path("tree", "many.jsonl"), "wb") as file:
            for i in range(1, n + 1):
                file.write(bad.get(i) or b'{"id":%d,"text":"Storm number %d."}\n' % (i, i))
        report = self.update(self.tree, check=1)
        self.assertEqual((report["added"], report["bad_lines"]), (n - 3 + 1, 3))
        for number in bad:
            self.assertIn(f"many.jsonl:{number}: ", self.errors)
        self.assertEqual(self.ids(f"number {n}", n=1), [f"{n}#1"])

    def test_named_files_that_cannot_be_read(self):
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        binary = self.write("image.png", b"\x89PNG\r\n\x1a\n\0\0\0")
        report = self.update(self.path("none.txt"), fifo, binary, self.tree, check=1)
        self.assertEqual((report["added"], report["failed"]), (1, 3))
        for name in ("none.txt", "fifo", "image.png"):
            self.assertIn(name + ": ", self.errors)
        self.expect_good()

    def test_an_id_that_is_too_long(self):
        deep = "/".join(["d" * 200] * 6)
        self.put(deep + "/a.txt", article("storm"))
        self.put("ids.jsonl", line(id="i" * 1000, text=article("harvest")))
        report = self.update(self.tree, "--prefix", "p" * 30, check=1)
        self.assertEqual((report["added"], report["failed"], report["bad_lines"]), (1, 1, 1))
        self.assertIn("1,024", self.errors)


if __name__ == "__main__":
    harness.main()
