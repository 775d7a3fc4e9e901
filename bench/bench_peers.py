"""Runs Saddlemap, the floor and the peers in turn on the same work, and writes the comparison. Standard library only."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import time

HOME = pathlib.Path(__file__).resolve().parent.parent
WORK = HOME / "bench" / "target"
JAVA = os.environ.get("JAVA", "java")
PACKAGE = "org.saddlemap.bench"
# depth, width, batch, inputs, steps of one training, rows
SHAPES = [
    (1, 16, 16, 16, 2000, 1024),
    (1, 16, 20, 2, 2000, 20),
    (3, 16, 32, 16, 2000, 1024),
    (32, 32, 32, 64, 300, 1024),
    (10, 64, 32, 64, 500, 1024),
    (30, 64, 32, 64, 300, 1024),
    (3, 256, 128, 784, 100, 1024),
    (10, 256, 128, 784, 100, 1024),
]
TARGETS = {16: 3.0, 32: 2.0, 64: 1.4, 256: 1.4}  # step time over the floor, by width
HEALTHY, VANISHED = "he_normal", "normal(0.01)"
PYTORCH = ("pytorch", "stacked")

# What a step is measured of, as a configuration; those whose losses part draw by chance or other batches, or take
# steps of one size, which amplify roundings.
KINDS = [
    ("plain", "activation=tanh", True),
    ("relu", "activation=relu", True), ("leaky_relu", "activation=leaky_relu", True), ("gelu", "activation=gelu", True),
    ("softplus", "activation=softplus", True), ("elu", "activation=elu", True), ("selu", "activation=selu", True),
    ("silu", "activation=silu", True), ("softsign", "activation=softsign", True), ("relu6", "activation=relu6", True),
    ("layer normalization", "normalization=layer", True), ("rms normalization", "normalization=rms", True),
    ("residual blocks of two", "residual=blocks(2)", True), ("blocks, layer normalization", "residual=blocks(2);normalization=layer", True),
    ("dropout 0.1", "dropout=0.1", False), ("adamw", "optimizer=adamw", False), ("adagrad", "optimizer=adagrad", False),
    ("accumulation of 4", "accumulation=4", False),
]
KIND_SHAPE = (10, 64, 32, 64, 100, 1024)

# Parts of the page that are written here, in their order; others come from other scripts, and stay.
PARTS = ("## A training step", "## A step of each kind", "## A step whose signals vanish", "## A whole sweep")
AHEAD = {(1, 16, 20): 3.0, (32, 32, 32): 3.5, (10, 64, 32): 3.5, (10, 256, 128): 1.2}  # the faster PyTorch over Saddlemap
KERNELS = [None, "Haswell", "SkylakeX", "Cooperlake"]  # what OPENBLAS_CORETYPE is tried with on x86-64
OPENBLAS_FOLDERS = ["openblas-pthread", "openblas-openmp", "openblas-serial"]


# What the children inherit: one thread, and no BLAS kernel but the one that is chosen here for all of them by trying.
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
ENVIRONMENT |= {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def say(text):
    print(f"bench-peers: {text}", file=sys.stderr, flush=True)


def pinned(core):
    return ["taskset", "-c", str(core)] if core is not None else []


class Peer:
    """One kind of process: its command, its environment, and why it is left out if it is."""

    def __init__(self, key, name, command, environment=None):
        self.key, self.name, self.command, self.environment = key, name, command, environment or {}
        self.about = None
        self.skipped = None


class Process:
    """A running peer, which answers lines of JSON (Peer.serve)."""

    def __init__(self, peer, work, core):
        self.log = open(WORK / f"{peer.key}.log", "w+")
        self.process = subprocess.Popen(
            [*pinned(core), *peer.command, str(work)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            env={**ENVIRONMENT, **peer.environment},
            cwd=HOME,
        )
        answer = self.answer()
        self.about, self.networks = answer["about"], answer.get("networks")

    def answer(self):
        while True:
            line = self.process.stdout.readline()
            if not line:
                self.log.seek(0)
                raise RuntimeError(reason(self.log.read()) or f"ended with {self.process.wait()}")
            if line.startswith("{"):
                return json.loads(line)

    def measure(self, seconds):
        try:
            self.process.stdin.write(f"{seconds}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # the answer tells why
        return self.answer()

    def close(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.wait()
        self.log.close()


def reason(log):
    """The line of a log that tells most."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"Exception|Error|ERROR|No module", line)]
    return (telling or lines or [""])[0][:300]


def build(module):
    """Compiles a module of bench and returns its class path; raises where it cannot be had."""
    say(f"building bench/{module} …")
    file = HOME / "bench" / module / "target" / "classpath"
    done = subprocess.run(
        ["mvn", "-B", "-ntp", "-q", "-Pbench", "-pl", f"bench/{module}", "-am", "compile", "dependency:build-classpath",
         "-Dmdep.outputFile=target/classpath"],
        cwd=HOME, text=True, capture_output=True,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(reason(done.stdout + done.stderr))
    return f"{HOME}/bench/{module}/target/classes:{file.read_text().strip()}"


def java(classpath, main, *options):
    return [JAVA, "-Xmx2g", *options, "-cp", classpath, f"{PACKAGE}.{main}"]


def debian_python():
    """The Python that has PyTorch: Debian's own before whatever else is on the path."""
    for python in ("/usr/bin/python3", shutil.which("python3")):
        if python and subprocess.run([python, "-c", "import torch"], capture_output=True).returncode == 0:
            return python
    return None


def peers(core):
    """All of them, in the order of the table; those that cannot be had say why."""
    found = []

    def add(key, name, module, command, environment=None):
        peer = Peer(key, name, None, environment)
        try:
            peer.command = command(build(module) if module else None)
        except RuntimeError as e:
            peer.skipped = str(e)
        found.append(peer)

    add("floor", "floor: matrix products alone", "saddlemap", lambda cp: java(cp, "peer.FloorPeer"))
    add("saddlemap", "Saddlemap", "saddlemap", lambda cp: java(cp, "peer.SaddlemapPeer"))
    add("portable", "Saddlemap, portable", "saddlemap", lambda cp: java(cp, "peer.SaddlemapPeer", "-Dsaddlemap.arithmetic=portable"))
    python = debian_python()
    for key, name, script in (("pytorch", "PyTorch eager", "peer.py"), ("stacked", "PyTorch stacked", "stacked.py")):
        add(key, name, None, lambda cp: [python, f"bench/pytorch/{script}"])
        if not python:
            found[-1].skipped = "not installed (Debian: python3-torch, and libopenblas0-pthread for a fast BLAS)"
    add("djl", "PyTorch through DJL", "djl", lambda cp: java(
        cp, "djl.DjlPeer", "-Dai.djl.offline=true", "-Dai.djl.pytorch.num_threads=1",
        "-Dai.djl.pytorch.num_interop_threads=1", f"-DDJL_CACHE_DIR={WORK}/djl",
    ))  # fmt: skip
    add("dl4j", "DL4J", "dl4j", lambda cp: java(cp, "dl4j.Dl4jPeer"))
    if core is None:
        say("no taskset: processes are not pinned to a core")
    return found


def choose_blas(by_key, work, core):
    """Gives each peer with an OpenBLAS the kernel that is fastest here, as found by trying; Saddlemap has the floor's."""
    folders = [f for f in OPENBLAS_FOLDERS if os.path.isdir(f"/usr/lib/{platform.machine()}-linux-gnu/{f}")]
    kernels = KERNELS if platform.machine() == "x86_64" else [None]
    choices = {
        "floor": [{"OPENBLAS_CORETYPE": k} if k else {} for k in kernels],
        "pytorch": [
            {**({"LD_LIBRARY_PATH": f"/usr/lib/{platform.machine()}-linux-gnu/{f}"} if f else {}),
             **({"OPENBLAS_CORETYPE": k} if k else {}), **({"ATEN_CPU_CAPABILITY": "avx512"} if wide else {})}
            for f in folders[:1] or [None] for k in kernels for wide in (False, "avx512f" in flags())
        ],
    }  # fmt: skip
    for key, environments in choices.items():
        peer = by_key[key]
        if peer.skipped:
            continue
        results = []
        for environment in environments:
            peer.environment = environment
            try:
                process = Process(peer, work, core)
                peer.about = process.about
                process.measure(0.3)
                results.append((min(process.measure(0.3)["cpu_us_per_step"] for _ in range(3)), environment))
                process.close()
            except RuntimeError:
                continue  # a kernel that this processor cannot run
        best, peer.environment = min(results, key=lambda r: r[0])
        default = results[0][0]
        say(f"{peer.name}: {setting(peer.environment)} is best ({best:.0f} µs; first choice {default:.0f} µs)")
    by_key["saddlemap"].environment = by_key["dl4j"].environment = by_key["floor"].environment
    by_key["stacked"].environment = by_key["pytorch"].environment


def setting(environment):
    return " ".join(f"{k}={v}" for k, v in environment.items()) or "the default"


def flags():
    try:
        return set(re.search(r"^flags\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)[1].split())
    except (OSError, TypeError):
        return set()


def workload(classpath, depth, width, batch, inputs, steps, rows):
    file = WORK / f"{depth}x{width}x{batch}x{rows}.workload"
    command = java(classpath, "peer.WriteWorkload") + [str(file)]
    subprocess.run(command + [str(n) for n in (depth, width, batch, inputs, rows, steps)], check=True, cwd=HOME)
    return file


def measure_shapes(all_peers, classpath, rounds, seconds, warmup, core):
    results = []
    for shape in SHAPES:
        work = workload(classpath, *shape)
        running = {}
        for peer in all_peers:
            if peer.skipped:
                continue
            try:
                running[peer.key] = Process(peer, work, core)
                peer.about = running[peer.key].about
                running[peer.key].measure(warmup)
            except RuntimeError as e:
                peer.skipped = str(e)
                running.pop(peer.key, None)
        samples = {key: [] for key in running}
        for _ in range(rounds):
            for key, process in running.items():
                samples[key].append(process.measure(seconds))
        for process in running.values():
            process.close()
        networks = {key: process.networks for key, process in running.items() if process.networks}
        results.append({"shape": shape, "samples": samples, "networks": networks})
        say(line(shape, samples))
    return results


def line(shape, samples):
    return f"{shape_name(shape)}: " + ", ".join(f"{key} {median(s):.4g} µs" for key, s in samples.items())


def median(samples, field="cpu_us_per_step"):
    return statistics.median(s[field] for s in samples)


def run(command, core, environment=None):
    """Runs a command alone and returns its output, wall seconds, and processor seconds of it and its children."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [*pinned(core), *command], cwd=HOME, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**ENVIRONMENT, **(environment or {})},
    )  # fmt: skip
    before = os.times()
    out, err = process.communicate()
    after = os.times()
    wall = time.perf_counter() - start
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    if process.returncode:
        raise RuntimeError(reason(err + out) or f"ended with {process.returncode}")
    return out, wall, cpu


def measure_vanishing(peer, classpath, quick, core):
    """JMH's VanishingStep: µs a step by initializer, the median of its iterations with the least and the most."""
    say("a step whose signals vanish …")
    file = WORK / "vanishing.json"
    lengths = ["-wi", "2", "-w", "1s", "-i", "5", "-r", "500ms"] if quick else ["-wi", "5", "-w", "2s", "-i", "15", "-r", "1s"]
    options = ["-f", "1", "-rf", "json", "-rff", str(file)]
    run([JAVA, "-Xmx2g", "-cp", classpath, "org.openjdk.jmh.Main", "VanishingStep", *lengths, *options], core, peer.environment)
    results = {}
    for result in json.loads(file.read_text()):
        values = [value for fork in result["primaryMetric"]["rawData"] for value in fork]
        results[result["params"]["initializer"]] = values
        say(f"{result['params']['initializer']}: {statistics.median(values):.4g} µs a step")
    return results


def measure_kinds(by_key, classpath, rounds, seconds, warmup, core):
    """µs a step of each kind, by Saddlemap, its arithmetic in ND4J's own operations, and PyTorch eager."""
    work = workload(classpath, *KIND_SHAPE)
    results = []
    for name, kind, same in KINDS:
        commands = {
            "saddlemap": java(classpath, "peer.SaddlemapPeer", f"-Dsaddlemap.kind={kind}"),
            "nd4j": java(classpath, "peer.SaddlemapPeer", f"-Dsaddlemap.kind={kind}", "-Dsaddlemap.arithmetic=nd4j"),
        }
        if not by_key["pytorch"].skipped:
            commands["pytorch"] = [by_key["pytorch"].command[0], "bench/pytorch/kinds.py", kind]
        running = {}
        for key, command in commands.items():
            environment = by_key["pytorch" if key == "pytorch" else "saddlemap"].environment
            running[key] = Process(Peer(f"kinds-{key}", key, command, environment), work, core)
            running[key].measure(warmup)
        samples = {key: [] for key in running}
        for _ in range(rounds):
            for key, process in running.items():
                samples[key].append(process.measure(seconds))
        for process in running.values():
            process.close()
        results.append({"name": name, "kind": kind, "same": same, "samples": samples})
        say(f"{name}: " + ", ".join(f"{key} {median(s):.4g} µs" for key, s in samples.items()))
    return results


def last_json(out):
    return json.loads([text for text in out.splitlines() if text.startswith("{")][-1])


def measure_sweep(all_peers, spec, quick, core):
    """The whole sweep by Saddlemap, by PyTorch in a loop, and what Spark ML can do of it."""
    by_key = {peer.key: peer for peer in all_peers}
    results = []

    def attempt(name, measure):
        say(f"sweep: {name} …")
        try:
            results.append({"name": name, **measure()})
            say("sweep: {name}: {trials} trials in {wall:.1f} s ({cpu:.1f} s of processor time)".format(**results[-1]))
        except (RuntimeError, OSError, KeyError, IndexError, ValueError) as e:
            results.append({"name": name, "skipped": str(e)})
            say(f"sweep: {name} is left out: {e}")

    def saddlemap():
        run(["scripts/saddlemap", "plan", spec], None)  # builds where needed, outside the time
        warehouse = WORK / "warehouse"
        shutil.rmtree(warehouse, ignore_errors=True)
        master = [] if core is not None else ["--master", "local[1]"]  # a pinned process sees one core
        _, wall, cpu = run(["scripts/saddlemap", *master, "run", spec, "--warehouse", str(warehouse)], core,
                           by_key["saddlemap"].environment)
        query = "select final_loss, train_ms, examine_ms from trials"
        out, _, _ = run(["scripts/saddlemap", "sql", "--warehouse", str(warehouse), "--format", "json", query], None)
        rows = rows_of(out)
        return {
            "trials": len(rows), "wall": wall, "cpu": cpu, "losses": [r.get("final_loss") for r in rows],
            "inside": f"{sum(r['train_ms'] for r in rows) / 1e3:.1f} s training, "
                      f"{sum(r['examine_ms'] for r in rows) / 1e3:.1f} s examining",
        }  # fmt: skip

    def pytorch():
        if by_key["pytorch"].skipped:
            raise RuntimeError(by_key["pytorch"].skipped)
        command = [by_key["pytorch"].command[0], "bench/pytorch/sweep.py", spec]
        out, wall, cpu = run(command, core, by_key["pytorch"].environment)
        return {**last_json(out), "wall": wall, "cpu": cpu}

    def sparkml():
        command = java(build("sparkml"), "sparkml.SparkMlSweep", *opens()) + [spec, "30" if quick else "10"]
        out, wall, cpu = run(command, core)
        return {**last_json(out), "wall": wall, "cpu": cpu}

    attempt("Saddlemap, verdicts and Parquet tables included", saddlemap)
    attempt("PyTorch eager in a loop, training alone", pytorch)
    attempt("Spark ML CrossValidator, MultilayerPerceptronClassifier", sparkml)
    return results


def rows_of(out):
    """Rows of JSON output, whether one array or one object a line."""
    text = out.strip()
    return json.loads(text) if text.startswith("[") else [json.loads(row) for row in text.splitlines() if row.startswith("{")]


def opens():
    script = f'home={HOME}; . "$home/scripts/environment"; printf "%s\\n" "${{JVM_OPTIONS[@]}}"'
    return subprocess.run(["bash", "-c", script], text=True, capture_output=True, check=True).stdout.split("\n")[:-1]


def machine():
    model = platform.processor() or platform.machine()
    try:
        info = pathlib.Path("/proc/cpuinfo").read_text()
        model = re.search(r"^model name\s*: (.*)$", info, re.M)[1]
        numbers = [re.search(rf"^{field}\s*: (\d+)$", info, re.M) for field in ("cpu family", "model")]
        model += " (family {}, model {})".format(*(n[1] for n in numbers)) if all(numbers) else ""
    except (OSError, TypeError):
        pass
    wide = [flag for flag in ("avx2", "fma", "avx512f", "avx512vl", "avx512_bf16", "amx_bf16") if flag in flags()]
    return f"{model}, {os.cpu_count()} cores, {' '.join(wide) or platform.machine()}"


def version(command, pattern):
    out = subprocess.run(command, text=True, capture_output=True, cwd=HOME)
    match = re.search(pattern, out.stdout + out.stderr)
    return match[1] if match else "unknown"


def report(all_peers, shapes, kinds, vanishing, sweep, spec, command, load):
    by_key = {peer.key: peer for peer in all_peers}
    revision = version(["git", "describe", "--always", "--dirty"], r"(\S+)")
    measured = f"{datetime.date.today()}, revision {revision}, `{command}`; load average at the start {load:.1f}."
    text = [
        "# Benchmarks",
        "",
        "Written by `./scripts/bench-peers`; do not edit. What is measured and how: [bench/README.md](../bench/README.md).",
        "",
        f"- Machine: {machine()}; each process pinned to one core, one thread." if shutil.which("taskset") else f"- Machine: {machine()}; processes not pinned.",
        f"- System: {platform.system()} {platform.release()}, Java {version([JAVA, '-version'], r'version .([0-9._]+)')}.",
    ]  # fmt: skip
    for peer in (p for p in all_peers if p.about or p.skipped):
        about = f"left out: {peer.skipped}" if peer.skipped else peer.about
        extra = f"; {setting(peer.environment)}" if peer.environment else ""
        text.append(f"- {peer.name}: {about}{extra}.")
    if shapes:
        keys = [peer.key for peer in all_peers if any(peer.key in r["samples"] for r in shapes)]
        text += ["", "## A training step", "", measured, "",
                 "µs a step: median of the rounds (least – most). Processor time of the whole process, which on a core of its "
                 "own is the clock's time.", "", "| depth × width, batch, inputs | " + " | ".join(by_key[k].name for k in keys) + " |",
                 "|---" * (len(keys) + 1) + "|"]  # fmt: skip
        for r in shapes:
            cells = []
            for key in keys:
                values = [s["cpu_us_per_step"] for s in r["samples"].get(key, [])]
                cells.append(f"{number(statistics.median(values))} ({number(min(values))} – {number(max(values))})" if values else "–")
            text.append(f"| {shape_name(r['shape'])} | " + " | ".join(cells) + " |")
        stacked = "; ".join(f"{r['networks']['stacked']} at {shape_name(r['shape'])}" for r in shapes if "stacked" in r["networks"])
        if stacked:
            text += ["", f"Networks stacked, of 4, 16, 64 and 256 the fastest: {stacked}."]
        rest = [k for k in keys if k not in ("floor", "saddlemap")]
        text += ["", "Ratios of the medians. Saddlemap ÷ floor has a target, and so has the faster of eager and stacked PyTorch (its time is per network, "
                 "of many that are trained at once) ÷ Saddlemap. `arithmetic: portable` is Saddlemap under the one kernel that it has everywhere: its ratio is "
                 "its price.", "",
                 "| depth × width, batch, inputs | Saddlemap ÷ floor | target | " + " | ".join(f"{by_key[k].name} ÷ Saddlemap" for k in rest) + " | faster PyTorch ÷ Saddlemap | target |",
                 "|---" * (len(rest) + 5) + "|"]  # fmt: skip
        for r in shapes:
            m = {k: median(s) for k, s in r["samples"].items()}
            cells = [f"{m[k] / m['saddlemap']:.2f}" if k in m else "–" for k in rest]
            floor = f"{m['saddlemap'] / m['floor']:.2f}" if "floor" in m else "–"
            pytorch = [m[k] for k in PYTORCH if k in m]
            ahead = f"{min(pytorch) / m['saddlemap']:.2f}" if pytorch else "–"
            text.append(f"| {shape_name(r['shape'])} | {floor} | {TARGETS[r['shape'][1]]} | " + " | ".join(cells) + f" | {ahead} | {AHEAD.get(r['shape'][:3], '')} |")
        losses = [k for k in keys if k != "floor"]
        text += ["", "Mean loss over all rows after the last step, from the same weights through the same batches: equal up to "
                 "float32's rounding, so that nobody is fast by doing less; marked where Saddlemap's is more than 0.1 % away.", "",
                 "| depth × width, batch, inputs | steps | " + " | ".join(by_key[k].name for k in losses) + " |",
                 "|---" * (len(losses) + 2) + "|"]  # fmt: skip
        for r in shapes:
            own = r["samples"]["saddlemap"][-1]["loss"]
            cells = []
            for key in losses:
                loss = r["samples"][key][-1]["loss"] if key in r["samples"] else None
                same = loss is not None and abs(loss - own) <= 1e-3 * abs(own) + 1e-6
                cells.append("–" if loss is None else f"{loss:.6f}" + ("" if same else " **differs**"))
            text.append(f"| {shape_name(r['shape'])} | {r['shape'][4]} | " + " | ".join(cells) + " |")
        busy = max(median(s, "wall_us_per_step") / median(s) for r in shapes for s in r["samples"].values())
        if busy > 1.15:
            text += ["", f"The machine was busy: the clock ran up to {busy:.1f} times faster than the processes' own time. Measure again on a quiet one."]
    if kinds:
        text += ["", "## A step of each kind", "", measured, "",
                 f"{shape_name(KIND_SHAPE)} (depth × width, batch, inputs), {KIND_SHAPE[4]} steps a training, clipping by norm; but for the kind as above. µs a step: median of "
                 "the rounds (least – most), processor time of the whole process. ND4J: `arithmetic: nd4j`. PyTorch is eager; its RMS normalization is of its own "
                 "operations. The loss is that of the last batch, which all have to agree in; – where units or batches are drawn otherwise, or steps of one size amplify roundings (TorchGoldenTest holds these).", "",
                 "| kind | Saddlemap | PyTorch | ND4J | PyTorch ÷ Saddlemap | ND4J ÷ Saddlemap | loss |", "|---|---|---|---|---|---|---|"]  # fmt: skip
        for r in kinds:
            cells, m = [], {k: median(s) for k, s in r["samples"].items()}
            for key in ("saddlemap", "pytorch", "nd4j"):
                values = [s["cpu_us_per_step"] for s in r["samples"].get(key, [])]
                cells.append(f"{number(m[key])} ({number(min(values))} – {number(max(values))})" if values else "–")
            cells += [f"{m[key] / m['saddlemap']:.2f}" if key in m else "–" for key in ("pytorch", "nd4j")]
            losses = {k: s[-1]["loss"] for k, s in r["samples"].items()}
            apart = [k for k, v in losses.items() if abs(v - losses["saddlemap"]) > 1e-3 * abs(losses["saddlemap"]) + 1e-6]
            cells.append(f"{losses['saddlemap']:.4f}" + "".join(f", **{k} {losses[k]:.4f}**" for k in apart) if r["same"] else "–")
            text.append(f"| {r['name']} | " + " | ".join(cells) + " |")
        busy = max(median(s, "wall_us_per_step") / median(s) for r in kinds for s in r["samples"].values())
        if busy > 1.15:
            text += ["", f"The machine was busy: the clock ran up to {busy:.1f} times faster than the processes' own time, which is what counts here."]
    if vanishing:
        healthy, vanished = (statistics.median(vanishing[name]) for name in (HEALTHY, VANISHED))
        text += ["", "## A step whose signals vanish", "", measured, "",
                 "32 layers of 32 tanh units, batch 32, by JMH (`VanishingStep`); µs a step of the clock's time, set-up included: median (least – most). "
                 "Subnormal numbers are flushed to zero while a network trains.", "", "| initializer | µs a step |", "|---|---|"]  # fmt: skip
        text += [f"| `{name}` | {number(statistics.median(v))} ({number(min(v))} – {number(max(v))}) |" for name, v in vanishing.items()]
        text += ["", f"`{VANISHED}` ÷ `{HEALTHY}`: {vanished / healthy:.2f} (target: at most 1.3)."]
    if sweep:
        text += ["", "## A whole sweep", "", measured, "",
                 f"`{spec}` on one core, from the start of the process to its end.", "",
                 "| | trials | seconds | processor seconds | trials/s | final training loss: least, median, most; not finite |", "|---|---|---|---|---|---|"]  # fmt: skip
        for r in sweep:
            if "skipped" in r:
                text.append(f"| {r['name']} | left out: {r['skipped']} | | | | |")
                continue
            finite = sorted(x for x in r["losses"] if isinstance(x, (int, float)) and abs(x) < float("inf"))
            spread = f"{finite[0]:.4f}, {statistics.median(finite):.4f}, {finite[-1]:.3g}; {len(r['losses']) - len(finite)}" if finite else "–"
            text.append(f"| {r['name']} | {r['trials']} | {r['wall']:.1f} | {r['cpu']:.1f} | {r['trials'] / r['cpu']:.2f} | {spread} |")
        text += ["", "Trials/s are per processor second. " + " ".join(f"{r['name']}: {r['inside']}." for r in sweep if r.get("inside")),
                 "Saddlemap also examines each network's curvature and writes its tables; the PyTorch loop only trains and takes the final loss, with weights "
                 "and batches drawn from the same distributions by its own generator. Spark ML has sigmoid units, steps over all rows (solver `gd`), and neither "
                 "mini-batches nor clipping, so it does depth × initializer × learning rate, two folds each, and of these the part that the table counts."]  # fmt: skip
    return "\n".join(text) + "\n"


def shape_name(shape):
    depth, width, batch, inputs, _, rows = shape
    return f"{depth} × {width}, {f'all {rows} rows' if batch == rows else batch}, {inputs}"


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def merged(before, now):
    """The page with the parts that were measured now, and those of before that were not."""
    head, parts = sections(now)
    _, kept = sections(before)
    titles = sorted(dict.fromkeys([*parts, *kept]), key=lambda title: PARTS.index(title) if title in PARTS else len(PARTS))
    return "\n\n".join([head.rstrip("\n"), *((parts.get(title) or kept[title]).rstrip("\n") for title in titles)]) + "\n"


def sections(page):
    head, *parts = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    return head, {part.split("\n", 1)[0]: part for part in parts}


def main():
    parser = argparse.ArgumentParser(prog="bench-peers", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few, short rounds; writes bench/target/benchmarks.md")
    parser.add_argument("--only", choices=["shapes", "kinds", "vanishing", "sweep"], help="one part of it, which takes the place of that part of the page")
    parser.add_argument("--rounds", type=int, help="rounds in which all take turns (default 9, quick 3)")
    parser.add_argument("--spec", type=pathlib.Path, default="bench/sweep.json", help="the whole sweep (default bench/sweep.json)")
    parser.add_argument("--out", type=pathlib.Path, help="where to write it (default docs/benchmarks.md)")
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    core = max(os.sched_getaffinity(0)) if shutil.which("taskset") else None
    load = os.getloadavg()[0]
    rounds = options.rounds or (3 if options.quick else 9)
    seconds, warmup = (0.3, 1) if options.quick else (0.5, 4)
    everyone = peers(core)
    for peer in everyone:
        if peer.skipped:
            say(f"{peer.name} is left out: {peer.skipped}")
    by_key = {peer.key: peer for peer in everyone}
    if by_key["saddlemap"].skipped:
        raise SystemExit(f"bench-peers: Saddlemap itself does not build: {by_key['saddlemap'].skipped}")
    classpath = by_key["saddlemap"].command[by_key["saddlemap"].command.index("-cp") + 1]
    choose_blas(by_key, workload(classpath, *SHAPES[4]), core)
    shapes = measure_shapes(everyone, classpath, rounds, seconds, warmup, core) if options.only in (None, "shapes") else []
    kinds = measure_kinds(by_key, classpath, rounds, seconds, warmup, core) if options.only in (None, "kinds") else []
    vanishing = measure_vanishing(by_key["saddlemap"], classpath, options.quick, core) if options.only in (None, "vanishing") else {}
    sweep = measure_sweep(everyone, str(options.spec), options.quick, core) if options.only in (None, "sweep") else []
    text = report(everyone, shapes, kinds, vanishing, sweep, options.spec, " ".join(["./scripts/bench-peers", *sys.argv[1:]]), load)
    (WORK / "benchmarks.json").write_text(json.dumps({"shapes": shapes, "kinds": kinds, "vanishing": vanishing, "sweep": sweep}, indent=1))
    out = options.out or (WORK / "benchmarks.md" if options.quick else HOME / "docs" / "benchmarks.md")
    out.write_text(merged(out.read_text() if out.exists() else "", text))
    print(text)
    say(f"written to {out}")


if __name__ == "__main__":
    main()
