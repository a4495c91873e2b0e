"""What the tests of quoth-index share: runs with their reports, files that are old enough, answers to compare."""

import json
import os
import time

import harness

FRESH_S = 2.1  # a file younger than two seconds is read again, for it may have changed within a tick of the clock


class IndexCase(harness.TestCase):
    """A test with an index and a tree of articles."""

    def setUp(self):
        super().setUp()
        self.need("quoth-index", "quoth")
        self.index = self.path("index")
        self.tree = self.path("tree")
        os.mkdir(self.tree)

    def put(self, name, content):
        """A file of the tree."""
        return self.write(os.path.join("tree", name), content)

    def update(self, *args, check=0, index=None):
        """Run quoth-index --json; its report."""
        self.done = harness.run("quoth-index", "--json", index or self.index, *args, check=check)
        self.errors = self.done.stderr.decode()
        return json.loads(self.done.stdout) if self.done.stdout else None

    def counts(self, report):
        return tuple(report[key] for key in ("added", "replaced", "removed", "unchanged"))

    def refused(self, *args, **more):
        """A run that must do nothing; what it says."""
        done = harness.run("quoth-index", *args, check=2, **more)
        self.assertEqual(done.stdout, b"")
        return done.stderr.decode()

    def info(self, index=None):
        return json.loads(harness.run("quoth-index", "--info", "--json", index or self.index, check=0).stdout)

    def check_index(self, index=None):
        harness.run("quoth-index", "--check", index or self.index, check=0)

    def settle(self):
        """Return when no file of the tree is so young that its dates are not trusted."""
        young = max(max(os.lstat(path).st_ctime, os.lstat(path).st_mtime) for path in self.files())
        harness.wait_until(lambda: time.time() > young + FRESH_S, "files to be old")

    def files(self):
        for folder, _, names in os.walk(self.tree):
            for name in names:
                yield os.path.join(folder, name)

    def ids(self, query, index=None, n=1000):
        """The passages found, best first, as ID#ORDINAL."""
        done = harness.run("quoth", "--index", index or self.index, "--json", "-n", n, *query.split())
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return [json.loads(line)["passage"] for line in done.stdout.splitlines()]

    def answers(self, queries, index=None):
        """All that a reader can see of the answers."""
        out = []
        for query in queries:
            done = harness.run("quoth", "--index", index or self.index, "--tsv", "-n", 1000, *query.split())
            self.assertIn(done.returncode, (0, 1), done.stderr)
            out.append(done.stdout)
        return out


def article(subject, n=40):
    """A text about a subject, with words that other subjects have as well."""
    sentences = [f"The {subject} of the year {1900 + i} was seen from the {'north south east west'.split()[i % 4]} tower."
                 for i in range(n // 10)]
    return f"On the {subject}\n\n" + " ".join(sentences) + "\n"


def line(**fields):
    return json.dumps(fields) + "\n"
