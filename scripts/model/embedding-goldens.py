"""Writes test/fixtures/model/embedding-goldens.json: what sentence-transformers makes of fixed embeddings.

    python scripts/model/embedding-goldens.py

The embeddings are made by a small generator with exact float32 values, so that the file is the same on every machine.
"""

import json
import logging
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from sentence_transformers.util import SimilarityFunction
from sentence_transformers.util.quantization import quantize_embeddings

TARGET = Path(__file__).parents[2] / "test/fixtures/model/embedding-goldens.json"


def embeddings(rows: int, dimensions: int, seed: int) -> np.ndarray:
    """Multiples of 2^-16 from -1 to 1, some of them zero."""
    state = seed
    values = []
    for _ in range(rows * dimensions):
        state = (state * 1664525 + 1013904223) % 2**32
        value = (state >> 15) - 2**16
        values.append(0 if state % 11 == 0 else value / 2**16)
    return np.array(values, dtype=np.float32).reshape(rows, dimensions)


def quantized(name: str, matrix: np.ndarray, **options) -> dict:
    case = {"name": name, "rows": matrix.shape[0], "dimensions": matrix.shape[1], "embeddings": matrix.ravel().tolist()}
    for key, value in options.items():
        case[key] = value.tolist()
    case["expected"] = {}
    for precision in ("int8", "uint8", "binary", "ubinary"):
        values = quantize_embeddings(matrix, precision, **options)
        case["expected"][precision] = {"type": str(values.dtype), "shape": list(values.shape), "values": values.ravel().tolist()}
    return case


def compared(name: str, left: np.ndarray, right: np.ndarray) -> dict:
    function = SimilarityFunction.to_similarity_fn(name)
    pairwise = SimilarityFunction.to_similarity_pairwise_fn(name)
    rows = min(len(left), len(right))
    return {
        "name": name,
        "matrix": function(torch.from_numpy(left), torch.from_numpy(right)).tolist(),
        "pairs": pairwise(torch.from_numpy(left[:rows]), torch.from_numpy(right[:rows])).tolist(),
    }


def main() -> None:
    # Ranges of few embeddings are meant here.
    logging.disable(logging.WARNING)
    constant = embeddings(5, 9, 3)
    constant[:, 4] = 0.25  # a dimension without a range
    near = np.array([[0.1, 0.3], [0.2, 0.7], [0.15, 0.30000001]], dtype=np.float32)
    wide = embeddings(7, 12, 5)
    calibration = embeddings(20, 12, 6)
    ranges = np.stack((np.full(12, -0.5), np.full(12, 0.4))).astype(np.float32)
    left, right = embeddings(4, 10, 21), embeddings(3, 10, 22)
    left[2] = 0
    document = {
        "generator": "scripts/model/embedding-goldens.py",
        "versions": {name: version(name) for name in ("sentence-transformers", "numpy", "torch")},
        "quantize": [
            quantized("a batch", embeddings(6, 16, 1)),
            quantized("dimensions that fill no byte", embeddings(4, 13, 2)),
            quantized("fewer dimensions than a byte", embeddings(3, 3, 4)),
            quantized("a constant dimension", constant),
            quantized("values that are no binary fractions", near),
            quantized("ranges given, with values outside of them", wide, ranges=ranges),
            quantized("calibration embeddings", wide, calibration_embeddings=calibration),
            quantized("one embedding with ranges", embeddings(1, 12, 8), ranges=ranges),
        ],
        "similarity": {
            "dimensions": 10,
            "left": left.ravel().tolist(),
            "right": right.ravel().tolist(),
            "functions": [compared(name, left, right) for name in ("cosine", "dot", "euclidean", "manhattan")],
        },
    }
    TARGET.write_text(json.dumps(document) + "\n")


main()
