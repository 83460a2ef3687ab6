#!/usr/bin/env python3
"""Training speed on the first GPU, as Markdown tables.

  table.py BIN        the folder with isoflop and isoflop_gpu_grid
"""

import json
import pathlib
import subprocess
import sys

# Dense bf16 products of an H100 or H200 (NVIDIA's data sheets), FLOP/s.
PEAK_FLOPS = 989e12

CASES = [  # name, shape, tokens of an update, of a micro-batch
    ("124M", "d_model=768,layers=12,heads=12,context=1024,vocab_size=50304,"
     "ffn_ratio=4,ffn=gelu,norm=layer,position=learned,tied_embeddings=true",
     524288, 32768),
    ("17M", "d_model=512,layers=9,heads=8,context=1024,vocab_size=512,"
     "ffn_ratio=4,ffn=gelu,norm=layer,position=learned,tied_embeddings=true",
     131072, 65536),
    ("10M", "d_model=384,layers=6,heads=6,context=256,vocab_size=512,"
     "ffn_ratio=4", 16384, 16384),
    ("0.4M", "d_model=128,layers=2,heads=4,context=256,vocab_size=512,"
     "ffn_ratio=4", 16384, 16384),
]


def measure(folder, shape, batch, micro_batch):
    command = [folder / "isoflop", "bench", "--device", "cuda:0", "--precision",
               "bf16", "--shape", shape, "--batch-tokens", str(batch),
               "--micro-batch-tokens", str(micro_batch), "--seconds", "10",
               "--json"]
    result = subprocess.run(command, text=True, capture_output=True)
    if result.returncode != 0:
        sys.exit(f"isoflop bench failed:\n{result.stderr}")
    case = json.loads(result.stdout)["cases"][0]
    if case["device"].get("launch") != "CUDA graph":
        sys.exit(f"{shape}: not a CUDA graph but {case['device'].get('launch')}")
    return case


def row(name, case):
    rate, exact = case["tokens_per_second"], case["flops_per_second_exact"]
    peak, estimate = (case.get("peak_memory_bytes", 0.0),
                      case["estimated_memory_bytes"])
    cells = [name, f"{case['params']['total'] / 1e6:.1f}M",
             f"{rate['median'] / 1e3:.4g} [{rate['low'] / 1e3:.4g}, "
             f"{rate['high'] / 1e3:.4g}]",
             f"{100 * exact / PEAK_FLOPS:.1f} %",
             f"{100 * case['share_of_matmul']:.0f} %",
             f"{peak / 2**30:.1f} GiB of {estimate / 2**30:.1f}"]
    return "| " + " | ".join(cells) + " |"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    print("| model | N | thousand tokens/s | MFU of 989 TFLOP/s | of matmul | "
          "memory |")
    print("|---" * 6 + "|")
    for name, shape, batch, micro_batch in CASES:
        case = measure(folder, shape, batch, micro_batch)
        print(row(name, case), flush=True)
    print(f"\nOn {case['device'].get('name', 'a GPU')}, LibTorch "
          f"{case['software']['libtorch']}. A grid, tokens/s:\n")
    print("| grid | one at a time, eager | eight at a time, graphs | ratio |")
    print("|---" * 4 + "|", flush=True)
    subprocess.run([folder / "isoflop_gpu_grid", "cuda:0"], check=True)


if __name__ == "__main__":
    main()
