"""quoth-index when things go wrong around it: another writer, kill -9, signals, a full disk, damaged indexes."""

import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile

import harness
from index_case import IndexCase, article, line

SUBJECTS = "comet storm harvest lantern glacier river".split()


def many(n):
    """So many different articles as JSON Lines that reading them takes a while."""
    return "".join(line(id=f"n{i}", text=article(f"{SUBJECTS[i % 6]} number{i}", 300)) for i in range(n))


class Trouble(IndexCase):

    def begin(self, *args):
        """Start a run; return it once its scratch folder has a segment in the making."""
        process = subprocess.Popen([harness.program("quoth-index"), self.index, *args], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        scratch = self.path("index", "scratch")

        def is_writing():
            self.assertIsNone(process.poll(), "the run ended before it could be disturbed")
            try:
                return len(os.listdir(scratch)) > 0
            except FileNotFoundError:
                return False
        harness.wait_until(is_writing, "a segment in the making")
        return process

    def end(self, process):
        out, err = process.communicate(timeout=300)
        return process.returncode, err.decode()

    def test_two_writers(self):
        self.put("many.jsonl", many(8000))
        first = self.begin(self.tree)
        first.send_signal(signal.SIGSTOP)
        message = self.refused(self.index, self.tree)
        self.assertIn(f"process {first.pid}", message)
        first.send_signal(signal.SIGCONT)
        self.assertEqual(self.end(first)[0], 0)
        self.assertEqual(self.info()["articles"], 8000)

    def test_the_second_of_two_writers_waits(self):
        self.put("many.jsonl", many(8000))
        first = self.begin(self.tree)
        self.assertEqual(self.update("--wait", "60", self.tree)["articles"], 8000)
        self.assertEqual(self.end(first)[0], 0)

    def test_kill_in_mid_write(self):
        self.put("a.txt", article("comet"))
        self.update(self.tree)
        before = self.answers(["comet", "tower"])
        self.put("many.jsonl", many(8000))
        run = self.begin()
        run.kill()
        self.end(run)
        self.assertEqual(self.answers(["comet", "tower"]), before)
        report = self.update()
        self.assertEqual((report["added"], report["generation"], report["articles"]), (8000, 2, 8001))
        self.assertEqual(os.listdir(self.path("index", "scratch")) if os.path.exists(self.path("index", "scratch"))
                         else [], [])
        self.check_index()

    def test_interrupted(self):
        self.put("many.jsonl", many(8000))
        for number in (signal.SIGINT, signal.SIGTERM):
            run = self.begin(self.tree)
            run.send_signal(number)
            code, errors = self.end(run)
            self.assertEqual((code, errors), (2, "quoth-index: stopped; nothing was published\n"))
        self.assertEqual(self.update(self.tree)["generation"], 1)

    def limited(self, *args):
        """A run whose files may not pass 100 kB."""
        return subprocess.run([harness.program("quoth-index"), self.index, *args], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)))

    def test_a_write_that_fails(self):
        self.put("a.txt", article("comet"))
        self.update(self.tree)
        self.put("many.jsonl", many(2000))
        done = self.limited()
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertRegex(done.stderr.decode(), "(File too large|full|write)")
        self.assertEqual(self.info()["generation"], 1)
        self.assertEqual(self.ids("comet"), ["a.txt#1"])
        self.assertEqual(self.update()["added"], 2000)
        self.check_index()

    def test_a_full_disk(self):
        disk = tempfile.mkdtemp(dir=self.folder)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], stderr=subprocess.DEVNULL,
                                 check=False)
        if mounted.returncode != 0:
            self.skipTest("needs the right to mount a small file system")
        self.addCleanup(subprocess.run, ["umount", disk], check=False)
        self.index = os.path.join(disk, "index")
        self.put("a.txt", article("comet"))
        self.update(self.tree)
        self.put("many.jsonl", many(3000))
        self.assertIn("No space left", self.refused(self.index))
        self.assertEqual(self.info()["generation"], 1)
        self.assertEqual(self.ids("comet"), ["a.txt#1"])
        os.remove(self.path("tree", "many.jsonl"))
        self.put("b.txt", article("storm"))
        self.assertEqual(self.update()["added"], 1)

    def test_progress_on_a_terminal(self):
        self.put("many.jsonl", many(2000))
        self.put("bad.jsonl", "no object\n")
        ours, theirs = os.openpty()
        run = subprocess.Popen([harness.program("quoth-index"), self.index, self.tree], stdout=subprocess.DEVNULL,
                               stderr=theirs)
        os.close(theirs)
        shown = b""
        try:
            while data := os.read(ours, 65536):
                shown += data
        except OSError:
            pass  # how Linux says that the other side is closed
        os.close(ours)
        self.assertEqual(run.wait(), 1)
        self.assertIn(b"reading [", shown)
        self.assertIn(b"\r\x1b[Kquoth-index: ", shown)
        self.assertTrue(shown.endswith(b"\r\x1b[K"), shown[-100:])

    def test_usage(self):
        for args, want in (((), "no INDEX"), (("--memory", "1M", "x"), "--memory"), (("--unknown", "x"), "--unknown"),
                           ((self.index,), "there is no index"), ((self.index, "/nowhere"), "nothing was done"),
                           (("--info", self.index + "2"), "index2"), (("--compact", self.path("none")), "no index")):
            self.assertIn(want, self.refused(*args))
        self.assertIn(b"usage: quoth-index", harness.run("quoth-index", "--help", check=0).stdout)
        self.assertRegex(harness.run("quoth-index", "--version", check=0).stdout, rb"^quoth-index \d")

    def test_a_folder_of_somebody(self):
        self.put("precious.txt", "text")
        self.assertIn("precious.txt", self.refused(self.tree, self.tree))
        self.assertEqual(os.listdir(self.tree), ["precious.txt"])


class DamagedIndex(IndexCase):

    def setUp(self):
        super().setUp()
        self.put("a.txt", article("comet"))
        self.update(self.tree)

    def manifest(self, change):
        path = self.path("index", "manifest")
        with open(path, "rb") as file:
            content = file.read()
        with open(path, "wb") as file:
            file.write(change(content))

    def test_another_format(self):
        self.manifest(lambda text: re.sub(rb"^quoth \d+", b"quoth 999", text))
        for args in ((self.index,), (self.index, self.tree), ("--info", self.index), ("--rebuild", self.index)):
            self.assertIn("format 999", self.refused(*args))

    def test_a_corrupted_manifest(self):
        self.manifest(lambda text: text[:len(text) // 2] + b"#" + text[len(text) // 2 + 1:])
        for args in ((self.index,), ("--info", self.index)):
            self.assertIn("manifest", self.refused(*args))
        done = harness.run("quoth-index", "--check", self.index, check=2)
        self.assertIn(b"manifest", done.stderr)

    def test_a_missing_segment(self):
        segments = self.path("index", "segments")
        (name,) = [n for n in os.listdir(segments) if ".del-" not in n]
        shutil.rmtree(os.path.join(segments, name))
        for args in ((self.index,), ("--info", self.index)):
            self.assertIn(name, self.refused(*args))

    def test_check_finds_a_changed_byte(self):
        segments = self.path("index", "segments")
        (name,) = os.listdir(segments)
        for file_name in ("text", "tokens", "articles", "forms", "terms"):
            path = os.path.join(segments, name, file_name)
            with open(path, "r+b") as file:
                file.seek(-3, os.SEEK_END)
                byte = file.read(1)
                file.seek(-3, os.SEEK_END)
                file.write(bytes([byte[0] ^ 0x55]))
            done = harness.run("quoth-index", "--check", self.index, check=2)
            self.assertIn(file_name.encode(), done.stderr)
            with open(path, "r+b") as file:
                file.seek(-3, os.SEEK_END)
                file.write(byte)
        self.check_index()


if __name__ == "__main__":
    harness.main()
