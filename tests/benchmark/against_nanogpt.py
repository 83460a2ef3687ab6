#!/usr/bin/env python3
"""Training speed against nanoGPT's train.py, both sides in turn on one thread.

  against_nanogpt.py NANOGPT_DIR [--isoflop PATH] [--repeats 5] [--set large|demo]
                     [--only 'd512|T512']

NANOGPT_DIR is a checkout of https://github.com/karpathy/nanoGPT, which is only
read. Prints a Markdown table: medians, and ranges over the repeats.
"""

import argparse
import json
import os
import pathlib
import pickle
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from array import array
from typing import NamedTuple

VOCABULARY = 256
SKIPPED_ITERATIONS = 2  # the first ones allocate


class Case(NamedTuple):
    d_model: int
    layers: int
    heads: int
    context: int
    batch_tokens: int
    iterations: int  # of nanoGPT, per repeat

    def name(self):
        return f"d{self.d_model} L{self.layers} T{self.context}"


SETS = {
    "large": [
        Case(64, 2, 2, 128, 4096, 20), Case(128, 4, 4, 128, 4096, 8),
        Case(256, 6, 4, 128, 4096, 5), Case(512, 8, 8, 128, 2048, 5),
        Case(64, 2, 2, 512, 4096, 14), Case(128, 4, 4, 512, 4096, 7),
        Case(256, 6, 4, 512, 4096, 5), Case(512, 8, 8, 512, 2048, 5),
    ],
    "demo": [
        Case(16, 2, 2, 64, 256, 400), Case(32, 2, 2, 64, 256, 400),
        Case(64, 2, 2, 64, 256, 300), Case(96, 2, 2, 64, 256, 200),
    ],
}


def copy_of_nanogpt(source, scratch):
    """nanoGPT with a data set of random tokens: the speed is the same."""
    copy = scratch / "nanogpt"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns(".git"))
    data = copy / "data" / "isoflop"
    data.mkdir(parents=True)
    stream = random.Random(0)
    tokens = array("H", (stream.randrange(VOCABULARY) for _ in range(1 << 18)))
    for name in ("train.bin", "val.bin"):
        (data / name).write_bytes(tokens.tobytes())
    with open(data / "meta.pkl", "wb") as file:
        pickle.dump({"vocab_size": VOCABULARY}, file)
    return copy


def one_thread():
    return os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
                         "MKL_NUM_THREADS": "1"}


def nanogpt_rate(copy, case, python):
    settings = {
        "device": "cpu", "compile": False, "dtype": "float32",
        "dataset": "isoflop", "eval_iters": 1, "eval_interval": 1 << 30,
        "log_interval": 1, "gradient_accumulation_steps": 1,
        "batch_size": case.batch_tokens // case.context,
        "block_size": case.context, "n_layer": case.layers,
        "n_head": case.heads, "n_embd": case.d_model, "dropout": 0.0,
        "bias": False, "max_iters": case.iterations + SKIPPED_ITERATIONS,
        "warmup_iters": 1, "lr_decay_iters": 1 << 20,
    }
    command = [python, "train.py"] + [f"--{k}={v}" for k, v in settings.items()]
    result = subprocess.run(command, cwd=copy, env=one_thread(), text=True,
                            capture_output=True)
    times = [float(t) for t in re.findall(r"time ([\d.]+)ms", result.stdout)]
    if result.returncode != 0 or len(times) <= SKIPPED_ITERATIONS:
        sys.exit(f"nanoGPT failed:\n{result.stdout}\n{result.stderr}")
    median = statistics.median(times[SKIPPED_ITERATIONS:])
    return case.batch_tokens / (median * 1e-3)


def isoflop_report(isoflop, case, precision, seconds):
    shape = (f"d_model={case.d_model},layers={case.layers},heads={case.heads},"
             f"context={case.context},vocab_size={VOCABULARY},"
             "ffn_ratio=4,ffn=gelu,norm=layer,position=learned,"
             "tied_embeddings=true")
    command = [isoflop, "bench", "--shape", shape, "--precision", precision,
               "--batch-tokens", str(case.batch_tokens), "--device", "cpu",
               "--seconds", str(seconds), "--json"]
    result = subprocess.run(command, env=one_thread(), text=True,
                            capture_output=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{result.stderr}")
    return json.loads(result.stdout)["cases"][0]


def spread(values):
    """Median [lowest, highest], in thousands."""
    median, low, high = statistics.median(values), min(values), max(values)
    return f"{median / 1e3:.3g} [{low / 1e3:.3g}, {high / 1e3:.3g}]"


def row(case, arguments, copy):
    nanogpt, rates, shares = [], {}, {}
    for _ in range(arguments.repeats):
        nanogpt.append(nanogpt_rate(copy, case, arguments.python))
        for precision in arguments.precision.split(","):
            report = isoflop_report(arguments.isoflop, case, precision,
                                    arguments.seconds)
            rates.setdefault(precision, []).append(
                report["tokens_per_second"]["median"])
            shares.setdefault(precision, []).append(
                report["share_of_matmul"])
    cells = [case.name(), spread(nanogpt)]
    for precision, rate in rates.items():
        ratio = statistics.median(rate) / statistics.median(nanogpt)
        share = statistics.median(shares[precision])
        cells += [spread(rate), f"{ratio:.1f}", f"{100 * share:.0f} %"]
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("nanogpt", type=pathlib.Path)
    parser.add_argument("--isoflop", default="build/release/bin/isoflop")
    parser.add_argument("--python", default="/usr/bin/python3",
                        help="one that has PyTorch")
    parser.add_argument("--set", choices=SETS, default="large")
    parser.add_argument("--only", default="", metavar="REGEX",
                        help="of the names of cases")
    parser.add_argument("--precision", default="bf16,fp32")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        copy = copy_of_nanogpt(arguments.nanogpt, pathlib.Path(scratch))
        head = ["shape", "nanoGPT"]
        for precision in arguments.precision.split(","):
            head += [precision, "ratio", "of matmul"]
        print("| " + " | ".join(head) + " |")
        print("|---" * len(head) + "|", flush=True)
        for case in SETS[arguments.set]:
            if not re.search(arguments.only, case.name()):
                continue
            print(row(case, arguments, copy), flush=True)


if __name__ == "__main__":
    main()
