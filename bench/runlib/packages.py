"""What has to be there besides Quoth: Debian packages, Lucene's jars, Tantivy's crate. Each is installed where it is missing
and can be had; else the engine is skipped, and the run says so."""

import os
import re
import shutil
import subprocess

LUCENE_VERSIONS = [(21, "10.5.2"), (11, "9.12.3")]  # the Java that each needs at least, the newest first
JAVA_HOMES = "/usr/lib/jvm"
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


def _java_release(home):
    """The number of a JDK with a compiler; 0: it is none."""
    try:
        with open(os.path.join(home, "release"), encoding="utf-8") as file:
            found = re.search(r'JAVA_VERSION="(\d+)', file.read())
    except OSError:
        return 0
    return int(found.group(1)) if found and os.path.exists(os.path.join(home, "bin", "javac")) else 0


def _newest_java():
    """(its number, its folder) of all that are installed."""
    homes = [os.environ.get("JAVA_HOME", "")]
    if shutil.which("javac"):
        homes.append(os.path.dirname(os.path.dirname(os.path.realpath(shutil.which("javac")))))
    if os.path.isdir(JAVA_HOMES):
        homes += [os.path.join(JAVA_HOMES, name) for name in sorted(os.listdir(JAVA_HOMES))]
    return max((_java_release(home), home) for home in homes)


def lucene(peers, tools):
    """The command that runs the driver's class: of Lucene the newest for the newest Java that is here."""
    if _newest_java()[0] == 0 or not shutil.which("mvn"):
        debian("default-jdk-headless", "maven")
    release, home = _newest_java()
    version = next((v for least, v in LUCENE_VERSIONS if release >= least), None)
    if version is None or not shutil.which("mvn"):
        raise Skipped("needs a JDK and Maven")
    folder = os.path.join(tools, f"lucene-{version}")
    os.makedirs(folder, exist_ok=True)
    for jar in LUCENE_JARS:
        if not os.path.exists(os.path.join(folder, f"{jar}-{version}.jar")):
            fine, last = _quiet(["mvn", "-q", "dependency:copy", f"-Dartifact=org.apache.lucene:{jar}:{version}",
                                 f"-DoutputDirectory={folder}"], cwd=folder)
            if not fine:
                raise Skipped(f"Maven does not give {jar}: {last[0]}")
    fine, last = _quiet([os.path.join(home, "bin", "javac"), "-cp", f"{folder}/*", "-d", folder,
                         os.path.join(peers, "lucene", "LuceneBench.java")])
    if not fine:
        raise Skipped(f"its driver does not compile: {last[0]}")
    # As Lucene's documentation advises: with these modules it uses the processor's vector instructions.
    modules = ["--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"] if release >= 21 else []
    return [os.path.join(home, "bin", "java"), "-Xms2g", "-Xmx4g", *modules, "-cp", f"{folder}:{folder}/*"]


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
