"""What has to be there besides Quoth: Debian packages, Lucene's jars, Tantivy's crate. Each is installed where it is missing
and can be had; else the engine is skipped, and the run says so."""

import os
import shutil
import subprocess

LUCENE_VERSION = "9.12.3"  # the last that runs on Java 17; Lucene 10 needs 21
LUCENE_JARS = ["lucene-core", "lucene-analysis-common"]


class Skipped(Exception):
    """An engine that cannot be had here; the message says why."""


def _quiet(command, **options):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **options)
    return done.returncode == 0, done.stdout.strip().splitlines()[-1:] or [""]


def _is_installed(package):
    fine, last = _quiet(["dpkg-query", "-W", "-f", "${db:Status-Status}\n", package])
    return fine and last == ["installed"]


def debian(*packages):
    """Install those that are missing; Skipped where that cannot be done."""
    if not shutil.which("dpkg-query") or not shutil.which("apt-get"):
        return
    missing = [name for name in packages if not _is_installed(name)]
    if not missing:
        return
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if as_root and not shutil.which("sudo"):
        raise Skipped(f"{' '.join(missing)} is not installed, and there is neither root nor sudo")
    install = [*as_root, "apt-get", "-qq", "install", "-y", "--no-install-recommends", *missing]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if not _quiet(install, env=environment)[0]:
        _quiet([*as_root, "apt-get", "-qq", "update"])
        fine, last = _quiet(install, env=environment)
        if not fine:
            raise Skipped(f"{' '.join(missing)} cannot be installed: {last[0]}")


def lucene(peers, tools):
    """The driver's class path."""
    folder = os.path.join(tools, "lucene")
    os.makedirs(folder, exist_ok=True)
    if not (shutil.which("javac") and shutil.which("mvn")):
        debian("default-jdk-headless", "maven")
    if not (shutil.which("javac") and shutil.which("mvn")):
        raise Skipped("needs a JDK and Maven")
    for jar in LUCENE_JARS:
        if not os.path.exists(os.path.join(folder, f"{jar}-{LUCENE_VERSION}.jar")):
            fine, last = _quiet(["mvn", "-q", "dependency:copy", f"-Dartifact=org.apache.lucene:{jar}:{LUCENE_VERSION}",
                                 f"-DoutputDirectory={folder}"], cwd=folder)
            if not fine:
                raise Skipped(f"Maven does not give {jar}: {last[0]}")
    fine, last = _quiet(["javac", "-cp", f"{folder}/*", "-d", folder, os.path.join(peers, "lucene", "LuceneBench.java")])
    if not fine:
        raise Skipped(f"its driver does not compile: {last[0]}")
    return f"{folder}:{folder}/*"


def tantivy(peers, tools):
    """The driver's program."""
    if not shutil.which("cargo"):
        raise Skipped("needs cargo")
    source, target = os.path.join(tools, "tantivy-source"), os.path.join(tools, "tantivy")
    # A copy: cargo writes its lock file beside the sources.
    shutil.copytree(os.path.join(peers, "tantivy"), source, dirs_exist_ok=True, ignore=shutil.ignore_patterns("target"))
    fine, last = _quiet(["cargo", "build", "-q", "--release"], cwd=source, env={**os.environ, "CARGO_TARGET_DIR": target})
    if not fine:
        raise Skipped(f"cargo does not build its driver: {last[0]}")
    return os.path.join(target, "release", "tantivy_bench")


def quoth(source, build):
    """Quoth and the drivers in C and C++, optimised; the folder of the programs."""
    os.makedirs(build, exist_ok=True)
    configure = ["cmake", "-S", source, "-B", build, "-DCMAKE_BUILD_TYPE=Release", "-DQUOTH_BENCH=ON", "-DBUILD_TESTING=OFF"]
    if shutil.which("ninja"):
        configure += ["-G", "Ninja"]
    for command in [configure, ["cmake", "--build", build, "--parallel", str(os.cpu_count())]]:
        fine, last = _quiet(command)
        if not fine:
            raise SystemExit(f"bench/run: Quoth does not build: {last[0]}")
    return build
