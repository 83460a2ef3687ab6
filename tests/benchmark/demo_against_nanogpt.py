#!/usr/bin/env python3
"""The demo's grid, by isoflop and by nanoGPT's train.py one run after another.

  demo_against_nanogpt.py NANOGPT_DIR [--isoflop PATH] [--write-tokens PATH]
                          [--threads 1] [--every 1]

Both get the same tokens and numbers of steps; nanoGPT the learning rate that
isoflop gives to hidden matrices, its cosine and a tenth of it at the end.
isoflop's grid is trained before and after. Prints a Markdown table of losses on
the evaluation set, and both times: nanoGPT's without its start-up and
evaluations, isoflop's with them. --every N trains every N-th run only.
"""

import argparse
import json
import os
import pathlib
import pickle
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

SWEEP = pathlib.Path(__file__).parents[2] / "sweeps" / "demo.json"
BATCH, CONTEXT, EVAL_TOKENS = 256, 64, 65536


def run_isoflop(isoflop, folder):
    start = time.monotonic()
    subprocess.run([isoflop, "sweep", SWEEP, "-o", folder, "--devices", "cpu"],
                   check=True, capture_output=True)
    return time.monotonic() - start


def results_of(isoflop, folder, scratch):
    path = scratch / "results.json"
    subprocess.run([isoflop, "export", folder, "-o", path], check=True,
                   capture_output=True)
    return json.loads(path.read_text())["runs"]


def copy_of_nanogpt(source, write_tokens, tokens, scratch):
    copy = scratch / "nanogpt"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns(".git"))
    data = copy / "data" / "isoflop"
    data.mkdir(parents=True)
    subprocess.run([write_tokens, SWEEP, str(tokens), data], check=True)
    with open(data / "meta.pkl", "wb") as file:
        pickle.dump({"vocab_size": 64}, file)
    return copy


def run_nanogpt(copy, d_model, steps, arguments):
    rate = 0.005 * 32 / d_model
    settings = {
        "device": "cpu", "compile": False, "dtype": "float32",
        "dataset": "isoflop", "eval_iters": EVAL_TOKENS // BATCH,
        "eval_interval": steps, "log_interval": 20,
        "gradient_accumulation_steps": 1, "batch_size": BATCH // CONTEXT,
        "block_size": CONTEXT, "n_layer": 2, "n_head": 2, "n_embd": d_model,
        "dropout": 0.0, "bias": False, "max_iters": steps,
        "learning_rate": rate, "min_lr": rate / 10, "warmup_iters": 60,
        "lr_decay_iters": steps, "always_save_checkpoint": False,
    }
    command = [arguments.python, "train.py"]
    command += [f"--{k}={v}" for k, v in settings.items()]
    threads = str(arguments.threads)
    result = subprocess.run(
        command, cwd=copy, text=True, capture_output=True,
        env=os.environ | {"OMP_NUM_THREADS": threads,
                          "OPENBLAS_NUM_THREADS": threads})
    losses = re.findall(r"val loss ([\d.]+)", result.stdout)
    times = [float(t) for t in re.findall(r"time ([\d.]+)ms", result.stdout)]
    if result.returncode != 0 or len(losses) < 2:
        sys.exit(f"nanoGPT failed:\n{result.stdout}\n{result.stderr}")
    # The first and the last line count an evaluation.
    return float(losses[-1]), statistics.mean(times[1:-1]) * 1e-3 * steps


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("nanogpt", type=pathlib.Path)
    parser.add_argument("--isoflop", default="build/release/bin/isoflop")
    parser.add_argument("--write-tokens",
                        default="build/bench/bin/isoflop_write_tokens")
    parser.add_argument("--python", default="/usr/bin/python3",
                        help="one that has PyTorch")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--every", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        compare(arguments, scratch)


def compare(arguments, scratch):
    before = run_isoflop(arguments.isoflop, scratch / "before")
    runs = results_of(arguments.isoflop, scratch / "before", scratch)
    runs = sorted(runs, key=lambda run: (run["config"]["model"]["d_model"],
                                         run["tokens"]))[::arguments.every]
    copy = copy_of_nanogpt(arguments.nanogpt, arguments.write_tokens,
                           max(run["tokens"] for run in runs), scratch)
    print("| d_model | tokens | isoflop | nanoGPT | seconds of nanoGPT |")
    print("|---" * 5 + "|", flush=True)
    seconds, start, better = 0.0, time.monotonic(), 0
    for run in runs:
        d_model = run["config"]["model"]["d_model"]
        loss, training = run_nanogpt(copy, d_model, run["tokens"] // BATCH,
                                     arguments)
        seconds += training
        better += run["loss"] <= loss
        print(f"| {d_model} | {run['tokens']} | {run['loss']:.4f} | "
              f"{loss:.4f} | {training:.1f} |", flush=True)
    wall = time.monotonic() - start
    after = run_isoflop(arguments.isoflop, scratch / "after")
    print(f"\nnanoGPT: {seconds:.0f} s of steps, {wall:.0f} s in all, "
          f"{arguments.threads} thread(s). isoflop, the whole grid: "
          f"{before:.1f} s before, {after:.1f} s after. "
          f"isoflop's loss is the lower one in {better} of {len(runs)} runs.")


if __name__ == "__main__":
    main()
