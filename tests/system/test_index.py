"""quoth-index brings an index up to date: what it adds, replaces, removes and leaves alone."""

import os

import harness
from index_case import IndexCase, article, line


class Updates(IndexCase):

    def test_unchanged_files_cost_a_stat(self):
        self.put("a.txt", article("comet"))
        self.put("b.md", "# Storms\n\n" + article("storm"))
        self.settle()
        self.assertEqual(self.counts(self.update(self.tree)), (2, 0, 0, 0))
        report = self.update()
        self.assertEqual(self.counts(report), (0, 0, 0, 2))
        self.assertEqual((report["files_read"], report["files_unchanged"]), (0, 2))
        self.assertFalse(report["published"])
        self.assertEqual(report["generation"], 1)

    def test_young_files_are_read_again_but_kept(self):
        self.put("a.txt", article("comet"))
        self.update(self.tree)
        report = self.update(self.tree)
        self.assertEqual(report["files_read"], 1)
        self.assertEqual(self.counts(report), (0, 0, 0, 1))
        self.assertFalse(report["published"])

    def test_added_changed_removed(self):
        self.put("a.txt", article("comet"))
        self.put("b.txt", article("storm"))
        self.put("d.txt", article("glacier"))
        self.update(self.tree)
        self.put("b.txt", article("harvest"))
        self.put("c.txt", article("lantern"))
        os.remove(self.path("tree", "d.txt"))
        report = self.update(self.tree)
        self.assertEqual(self.counts(report), (1, 1, 1, 1))
        self.assertEqual(report["generation"], 2)
        for subject, want in (("comet", ["a.txt#1"]), ("storm", []), ("harvest", ["b.txt#1"]), ("lantern", ["c.txt#1"]),
                              ("glacier", [])):
            self.assertEqual(self.ids(subject), want)
        self.check_index()

    def test_touched_file_is_kept(self):
        path = self.put("a.txt", article("comet"))
        self.settle()
        self.update(self.tree)
        os.utime(path, (1_000_000_000, 1_000_000_000))
        report = self.update()
        self.assertEqual((report["files_read"], report["published"]), (1, False))
        self.assertEqual(self.counts(report), (0, 0, 0, 1))

    def test_renamed_file(self):
        self.put("a.txt", article("comet"))
        self.update(self.tree)
        os.rename(self.path("tree", "a.txt"), self.path("tree", "z.txt"))
        self.assertEqual(self.counts(self.update()), (1, 0, 1, 0))
        self.assertEqual(self.ids("comet"), ["z.txt#1"])

    def test_format_changes(self):
        self.put("a", article("comet"))
        self.update(self.tree)
        self.put("a", line(id="one", text=article("storm")) + line(id="two", text=article("harvest")))
        self.assertEqual(self.counts(self.update()), (2, 0, 1, 0))
        self.put("a", "<html><body><p>A lantern stood on the sill of the window.</p></body></html>")
        self.assertEqual(self.counts(self.update()), (1, 0, 2, 0))
        self.put("a", b"\x7fELF\0\0\0\1binary")
        report = self.update()
        self.assertEqual(self.counts(report), (0, 0, 1, 0))
        self.assertEqual(report["binary"], 1)

    def test_passed_over(self):
        self.put("a.txt", article("comet"))
        self.put(".hidden.txt", "no")
        self.put(".git/config", "no")
        self.put("image", b"\x89PNG\r\n\x1a\n\0\0\0")
        os.mkfifo(self.path("tree", "fifo"))
        os.symlink("..", self.path("tree", "up"))
        os.symlink("nowhere", self.path("tree", "broken"))
        report = self.update(self.tree)
        self.assertEqual([report[k] for k in ("added", "hidden", "binary", "special", "links", "failed")],
                         [1, 2, 1, 1, 2, 0])

    def test_index_below_its_root(self):
        self.put("a.txt", article("comet"))
        index = self.path("tree", "index")
        self.assertEqual(self.update(self.tree, index=index)["added"], 1)
        self.assertEqual(self.update(index=index)["generation"], 1)

    def test_dry_run_changes_nothing(self):
        self.put("a.txt", article("comet"))
        report = self.update(self.tree, "--dry-run")
        self.assertEqual((report["added"], report["dry_run"]), (1, True))
        self.assertFalse(os.path.exists(self.index))
        self.update(self.tree)
        with open(self.path("index", "manifest"), "rb") as file:
            before = file.read()
        self.put("a.txt", article("storm"))
        self.put("b.txt", article("harvest"))
        self.assertEqual(self.counts(self.update("--dry-run")), (1, 1, 0, 0))
        with open(self.path("index", "manifest"), "rb") as file:
            self.assertEqual(file.read(), before)
        self.assertEqual(self.ids("comet"), ["a.txt#1"])

    def test_an_empty_file_is_an_article(self):
        self.put("a.txt", "")
        report = self.update(self.tree)
        self.assertEqual((report["added"], report["empty"], report["passages"]), (1, 1, 0))

    def test_names_of_any_bytes(self):
        with open(os.path.join(os.fsencode(self.tree), b"caf\xe9 \n.txt"), "wb") as file:
            file.write(article("comet").encode())
        self.assertEqual(self.update(self.tree)["added"], 1)
        self.assertEqual(self.update(self.tree)["unchanged"], 1)
        self.assertEqual(len(self.ids("comet")), 1)


class JsonLines(IndexCase):

    def put_lines(self, *lines, name="a.jsonl"):
        return self.put(name, "".join(lines))

    def test_only_changed_lines_are_read(self):
        lines = [line(id=f"n{i}", text=article(f"comet number{i}")) for i in range(100)]
        self.put_lines(*lines)
        self.assertEqual(self.counts(self.update(self.tree)), (100, 0, 0, 0))
        lines[10] = line(id="n10", text=article("storm"))
        del lines[50]
        lines.insert(0, line(id="new", text=article("harvest")))
        self.put_lines(*lines)
        report = self.update()
        self.assertEqual(self.counts(report), (1, 1, 1, 98))
        self.assertEqual(report["new_passages"], 2)
        self.assertEqual(self.ids("storm"), ["n10#1"])
        self.assertEqual(self.ids("number50"), [])
        self.assertEqual(self.ids("harvest"), ["new#1"])

    def test_ids_from_line_numbers_move(self):
        self.put_lines(line(text=article("comet")), line(text=article("storm")))
        self.update(self.tree)
        self.assertEqual(self.ids("storm"), ["a.jsonl:2#1"])
        self.put_lines(line(text=article("harvest")), line(text=article("comet")), line(text=article("storm")))
        self.assertEqual(self.counts(self.update()), (1, 2, 0, 0))
        self.assertEqual(self.ids("storm"), ["a.jsonl:3#1"])
        self.assertEqual(self.ids("comet"), ["a.jsonl:2#1"])

    def test_the_first_of_two_ids_wins(self):
        self.put_lines(line(id="x", text=article("comet")), line(id="x", text=article("storm")))
        for _ in range(2):
            report = self.update(self.tree, check=1)
            self.assertEqual(report["bad_lines"], 1)
            self.assertIn("a.jsonl:2: the id 'x' was given to an article before", self.errors)
            self.assertEqual(self.ids("storm"), [])
            self.assertEqual(self.ids("comet"), ["x#1"])
            self.put_lines(line(id="x", text=article("comet")), line(id="x", text=article("storm again")))

    def test_an_article_moves_to_another_file(self):
        one, two = line(id="x", text=article("comet")), line(id="y", text=article("storm"))
        self.put_lines(one, name="z.jsonl")
        self.update(self.tree)
        self.put_lines(two, name="z.jsonl")
        self.put_lines(one, name="a.jsonl")
        self.update()
        self.assertEqual(self.ids("comet"), ["x#1"])
        self.assertEqual(self.ids("storm"), ["y#1"])
        os.remove(self.path("tree", "z.jsonl"))
        self.put_lines(one, two, name="a.jsonl")
        self.assertEqual(self.update()["articles"], 2)
        self.check_index()

    def test_bad_lines_are_counted(self):
        self.put_lines(line(id="a", text="One comet."), "{\n", "\n", "[1]\n", line(id="b", text="Two comets."))
        report = self.update(self.tree, check=1)
        self.assertEqual((report["added"], report["bad_lines"]), (2, 2))
        self.assertIn("a.jsonl:2: ", self.errors)
        self.assertIn("a.jsonl:4: ", self.errors)
        report = self.update(self.tree, check=1)
        self.assertEqual(self.counts(report), (0, 0, 0, 2))

    def test_many_bad_lines_are_not_all_printed(self):
        self.put_lines(*["x\n"] * 50)
        self.assertEqual(self.update(self.tree, check=1)["bad_lines"], 50)
        self.assertEqual(len(self.errors.splitlines()), 21)
        self.assertIn("and 30 more bad lines", self.errors)


class Roots(IndexCase):

    def setUp(self):
        super().setUp()
        self.one = os.path.dirname(self.put("one/a.txt", article("comet")))
        self.two = os.path.dirname(self.put("two/a.txt", article("storm")))

    def test_an_id_of_another_root(self):
        self.update(self.one)
        self.update(self.two, check=1)
        self.assertIn("--prefix", self.errors)
        self.assertEqual(self.ids("storm"), [])
        self.update("--remove-root", self.two)
        self.assertEqual(self.update(self.two, "--prefix", "two/")["added"], 1)
        self.assertEqual(self.ids("storm"), ["two/a.txt#1"])

    def test_a_prefix_is_remembered(self):
        self.update(self.two, "--prefix", "two/")
        self.put("two/b.txt", article("harvest"))
        self.update()
        self.assertEqual(self.ids("harvest"), ["two/b.txt#1"])
        self.assertIn("--remove-root", self.refused(self.index, self.two, "--prefix", "other/"))

    def test_only_given_roots_are_touched(self):
        self.update(self.one)
        self.update(self.two, "--prefix", "two/")
        os.remove(self.path("tree", "one", "a.txt"))
        self.assertEqual(self.counts(self.update(self.two)), (0, 0, 0, 2))
        self.assertEqual(self.counts(self.update()), (0, 0, 1, 1))

    def test_remove_root(self):
        self.update(self.one)
        self.update(self.two, "--prefix", "two/")
        self.assertEqual(self.counts(self.update("--remove-root", self.one)), (0, 0, 1, 1))
        self.assertEqual(self.info()["roots"], [self.two])
        self.assertIn(self.two, self.refused("--remove-root", self.one, self.index))
        self.assertEqual(self.counts(self.update(self.one)), (1, 0, 0, 1))

    def test_a_root_that_is_gone(self):
        self.update(self.one)
        os.rename(self.one, self.one + ".away")
        report = self.update(check=1)
        self.assertEqual(self.counts(report), (0, 0, 0, 1))
        self.assertEqual(self.counts(self.update("--remove-root", self.one)), (0, 0, 1, 0))

    def test_a_file_is_a_root(self):
        path = self.put("one/b.txt", article("harvest"))
        self.assertEqual(self.update(path)["added"], 1)
        self.assertEqual(self.ids("harvest"), ["b.txt#1"])

    def test_a_root_that_is_away_keeps_its_articles(self):
        path = self.put("one/b.txt", article("harvest"))
        self.update(path)
        os.rename(path, path + ".away")
        self.assertEqual(self.counts(self.update(check=1)), (0, 0, 0, 1))
        self.assertIn("%s: cannot be read: No such file or directory; its articles stay until --remove-root" % path,
                      self.errors)
        self.assertEqual(self.ids("harvest"), ["b.txt#1"])

    def test_a_path_below_a_root_is_a_part_of_it(self):
        tree = self.path("tree")
        self.update(tree)
        self.settle()
        self.put("one/b.txt", article("harvest"))
        self.put("two/c.txt", article("lantern"))
        self.assertEqual(self.counts(self.update(self.path("tree", "one", "b.txt"))), (1, 0, 0, 2))
        self.assertEqual(self.ids("harvest"), ["one/b.txt#1"])
        self.assertEqual(self.ids("lantern"), [], "only the part that was named is looked at")
        os.remove(self.path("tree", "one", "a.txt"))
        self.assertEqual(self.counts(self.update(self.one, self.path("tree", "one", "b.txt"))), (0, 0, 1, 2))
        self.assertEqual(self.counts(self.update()), (1, 0, 0, 2))
        self.assertEqual(self.info()["roots"], [tree])

    def test_a_prefix_makes_a_part_a_root(self):
        self.update(self.path("tree"))
        self.assertEqual(self.counts(self.update(self.one, "--prefix", "again/")), (1, 0, 0, 2))
        self.assertEqual(self.info()["roots"], [self.path("tree"), self.one])

    def test_the_index_is_no_root(self):
        self.update(self.one)
        self.assertIn("is the index itself", self.refused(self.index, self.index))
        self.assertEqual(self.info()["roots"], [self.one])

    def test_a_relative_path_and_a_link_are_the_same_root(self):
        self.update(self.one)
        os.symlink(self.one, self.path("alias"))
        self.assertEqual(self.update(self.path("alias"))["unchanged"], 1)
        self.assertEqual(self.update(os.path.relpath(self.one))["unchanged"], 1)
        self.assertEqual(self.info()["roots"], [self.one])


class Work(IndexCase):

    def setUp(self):
        super().setUp()
        for name in ("comet", "storm", "harvest", "lantern"):
            self.put(name + ".txt", article(name))
        self.update(self.tree)

    def test_delete(self):
        report = self.update("--delete", "comet.txt", "--delete", "storm.txt")
        self.assertEqual(self.counts(report), (0, 0, 2, 2))
        self.assertEqual(self.ids("comet"), [])
        self.assertEqual(self.counts(self.update()), (0, 0, 0, 2))
        self.put("comet.txt", article("comet and its tail"))
        self.assertEqual(self.counts(self.update()), (1, 0, 0, 2))
        self.assertEqual(self.ids("comet"), ["comet.txt#1"])

    def test_delete_by_the_id_as_it_is_shown(self):
        self.put("a b%.txt", article("orchard"))
        self.update()
        self.assertEqual(self.counts(self.update("--delete", "a%20b%25.txt")), (0, 0, 1, 4))

    def test_delete_what_is_not_there(self):
        self.update("--delete", "nothing.txt", check=1)
        self.assertIn("nothing.txt", self.errors)

    def test_purge_leaves_no_byte(self):
        self.update("--delete", "lantern.txt", "--purge")
        for folder, _, names in os.walk(self.index):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    self.assertNotIn(b"On the lantern", file.read())
                if name == "text":
                    with open(os.path.join(folder, name), "rb") as file:
                        self.assertNotIn(b"lantern", file.read())

    def test_compact(self):
        for i in range(5):
            self.put(f"{i}.txt", article(f"comet {i}"))
            self.update()
        queries = ["comet", "storm tower", "north", "on the comet"]
        before = self.answers(queries)
        self.update("--compact")
        self.assertEqual(len(self.info()["segments"]), 1)
        self.assertEqual(self.answers(queries), before)

    def test_rebuild(self):
        queries = ["comet", "storm tower", "north"]
        before = self.answers(queries)
        report = self.update("--rebuild")
        self.assertEqual((report["generation"], report["articles"], report["unchanged"]), (2, 4, 4))
        self.assertEqual(self.answers(queries), before)
        self.assertEqual(self.counts(self.update()), (0, 0, 0, 4))
        self.update("--rebuild", "--profile", "parity")
        self.assertEqual(self.info()["profile"], "parity")
        self.check_index()

    def test_settings_stay(self):
        self.assertIn("--split auto", self.refused(self.index, "--split", "whole"))
        self.assertIn("--profile default", self.refused(self.index, "--profile", "parity"))
        self.assertIn("without --compress", self.refused(self.index, "--compress"))
        self.assertIn("--rebuild", self.refused(self.index, "--compress", "--rebuild"))
        self.update("--split", "auto", "--profile", "default")
        self.assertFalse(self.info()["compressed"])
        index = self.path("compressed")
        self.update(self.tree, "--compress", index=index)
        self.update(self.tree, index=index)
        self.update(self.tree, "--compress", index=index)
        self.assertTrue(self.info(index)["compressed"])
        self.assertIn("texts compressed", harness.run("quoth-index", "--info", index, check=0).stdout.decode())

    def test_info(self):
        info = self.info()
        self.assertEqual((info["generation"], info["articles"], info["passages"], info["languages"], info["roots"]),
                         (1, 4, 4, ["en"], [self.tree]))
        self.assertTrue(info["analyzer_fits"])
        text = harness.run("quoth-index", "--info", self.index, check=0).stdout.decode()
        self.assertIn("generation   1\n", text)
        self.assertIn("root         %s\n" % self.tree, text)

    def test_info_shows_prefixes(self):
        index, other = self.path("prefixed"), self.path("other")
        self.write("other/a.txt", article("comet"))
        self.update(self.tree, index=index)
        self.update(other, "--prefix", "other/", index=index)
        info = self.info(index)
        self.assertEqual((info["roots"], info["prefixes"]), ([self.tree, other], ["", "other/"]))
        text = harness.run("quoth-index", "--info", index, check=0).stdout.decode()
        self.assertIn("root         %s (prefix other/)\n" % other, text)

    def test_parity_measures_first(self):
        index = self.path("parity")
        self.update(self.tree, "--profile", "parity", index=index)
        first = self.info(index)["average_length"]
        self.assertNotEqual(first, 100)
        self.put("long.txt", article("comet", 300))
        self.update(index=index)
        self.assertEqual(self.info(index)["average_length"], first)

    def test_verbose_names_articles(self):
        self.put("comet.txt", article("comet and its tail"))
        self.put("new.txt", article("river"))
        os.remove(self.path("tree", "storm.txt"))
        self.update("--verbose")
        self.assertEqual(sorted(self.errors.splitlines()), ["added new.txt", "removed storm.txt", "replaced comet.txt"])

    def test_quiet(self):
        done = harness.run("quoth-index", "--quiet", self.index, check=0)
        self.assertEqual((done.stdout, done.stderr), (b"", b""))


if __name__ == "__main__":
    harness.main()
