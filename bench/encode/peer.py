"""What the peers share: the protocol with encode.bench.ts.

A peer is a process that loads its model, prints one line {"ready": …}, and then, for each line it reads, encodes all
texts once and prints {"seconds", "cpuSeconds"}. At the end of input it prints {"peakBytes"} and ends.
"""
import argparse
import json
import resource
import sys
import time


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", required=True, help="JSON file: a list of strings, without prompt")
    parser.add_argument("--model", help="folder of the float32 model")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--fused", action="store_true")
    parser.add_argument("--scratch", help="folder for files that can be made again")
    return parser.parse_args()


def read_texts(path):
    with open(path, encoding="utf-8") as file:
        return ["passage: " + text for text in json.load(file)]


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def say(message):
    print(json.dumps(message), flush=True)


def serve(encode_all, versions):
    """encode_all() encodes every text and returns float32 of shape [texts, 384], rows L2-normalized, in order."""
    import numpy

    vectors = numpy.asarray(encode_all(), dtype=numpy.float32)  # Warm-up; the vectors show that the work is real.
    say({"ready": versions, "vectors": vectors[:8].tolist()})
    for _ in sys.stdin:
        cpu = cpu_seconds()
        start = time.perf_counter()
        encode_all()
        say({"seconds": time.perf_counter() - start, "cpuSeconds": cpu_seconds() - cpu})
    say({"peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024})


def batches(texts, size):
    """Index lists of at most `size` texts; longest first, so that a batch pads little."""
    order = sorted(range(len(texts)), key=lambda index: -len(texts[index]))
    return [order[start : start + size] for start in range(0, len(order), size)]


def mean_pool(hidden, mask):
    """[batch, sequence, hidden] to L2-normalized [batch, hidden]; numpy arrays."""
    import numpy

    weights = mask[..., None].astype(numpy.float32)
    pooled = (hidden * weights).sum(1) / weights.sum(1)
    return pooled / numpy.linalg.norm(pooled, axis=1, keepdims=True)
