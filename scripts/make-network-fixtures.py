#!/usr/bin/env python3
"""Makes test/fixtures/model/networks: tiny random models of every supported architecture, and what they compute.

Each folder is a model as sentence-transformers saves it, without tokenizer, and golden.json: token ids in, sentence
embeddings out, one text at a time, in float32; those named int8 are quantized dynamically by torch (FBGEMM). activations.json holds the activations of transformers over a grid,
mpnet-buckets.json the rows of MPNet's relative attention bias by distance.

    pip install torch transformers==5.23 sentence-transformers==6.2 safetensors
    python scripts/make-network-fixtures.py

Deterministic for the versions named in golden.json: weights come from numpy with a fixed seed.
"""
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import sentence_transformers
import torch
import transformers
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Dense, LayerNorm, Normalize, Pooling, Transformer
from tokenizers import Tokenizer, models
from torch.ao.quantization import quantize_dynamic
from transformers.activations import ACT2FN
from transformers.models.mpnet.modeling_mpnet import MPNetEncoder

OUT = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent / "test/fixtures/model/networks")
VOCABULARY, HIDDEN = 60, 24
BERT = dict(vocab_size=VOCABULARY, hidden_size=HIDDEN, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40,
            max_position_embeddings=40, type_vocab_size=2, hidden_act="gelu")
ROBERTA = dict(BERT, type_vocab_size=1, pad_token_id=1, layer_norm_eps=1e-5)
DISTILBERT = dict(vocab_size=VOCABULARY, dim=HIDDEN, n_layers=2, n_heads=3, hidden_dim=40, max_position_embeddings=40)
MPNET = dict(vocab_size=VOCABULARY, hidden_size=HIDDEN, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40,
             max_position_embeddings=202, pad_token_id=1)


def texts(longest):
    random = np.random.RandomState(7)
    rows = [[0, *random.randint(3, VOCABULARY, n - 2).tolist(), 2] for n in (2, 3, 9, 17, longest)]
    rows.append([0, 5, 1, 8, 1, 1, 9, 2])  # token 1 is the padding of all but BERT, here in the middle of a text
    return rows


def randomize(module, seed):
    """Weights with the spread of a trained network: those of a fresh one make all texts alike."""
    random = np.random.RandomState(seed)
    with torch.no_grad():
        for name, parameter in sorted(module.named_parameters()):
            values = random.standard_normal(tuple(parameter.shape)).astype(np.float32)
            if parameter.ndim == 1:
                values = 1 + 0.25 * values if "norm" in name.lower() and name.endswith("weight") else 0.2 * values
            elif "embeddings" in name or "relative_attention_bias" in name:
                values *= 0.6
            else:
                values *= np.float32(1.3 / np.sqrt(parameter.shape[1]))
            if "position_embeddings" in name and not parameter.requires_grad:
                continue  # sinusoidal
            parameter.copy_(torch.from_numpy(values))


def tokenizer_for(folder, config):
    """Never asked for a token: sentence-transformers only wants one to be there."""
    vocabulary = {f"t{i}": i for i in range(VOCABULARY)}
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel(vocabulary, "t3")),
                                                     pad_token="t1", model_max_length=config.max_position_embeddings)
    tokenizer.save_pretrained(folder)


def network(config, seed, sinusoidal=False):
    model = transformers.AutoModel.from_config(config).eval()
    if sinusoidal:
        for parameter in model.embeddings.position_embeddings.parameters():
            parameter.requires_grad_(False)
    randomize(model, seed)
    return model


def emit(name, config, behind, seed, rename=None, edit=None, sinusoidal=False, longest=30,
         int8=False):
    with tempfile.TemporaryDirectory() as temporary:
        network(config, seed, sinusoidal).save_pretrained(temporary)
        tokenizer_for(temporary, config)
        model = SentenceTransformer(modules=[Transformer(temporary), *behind], device="cpu")
        for index, module in enumerate(behind):
            if list(module.parameters()):
                randomize(module, seed * 100 + index)
        model.eval().float()
        saved = Path(temporary) / "saved"
        model.save_pretrained(str(saved), create_model_card=False)
        if int8:
            model[0].model = quantize_dynamic(model[0].model, {torch.nn.Linear}, dtype=torch.qint8)
            (saved / "model.safetensors").unlink()
            torch.save(model[0].model.state_dict(), saved / "pytorch_model.bin")
        rows = []
        for ids in texts(longest):
            features = {"input_ids": torch.tensor([ids]), "attention_mask": torch.ones(1, len(ids), dtype=torch.long)}
            with torch.no_grad():
                rows.append((ids, model(features)["sentence_embedding"][0].tolist()))
        if rename is not None:
            weights = load_file(saved / "model.safetensors")
            save_file({rename(key): value for key, value in weights.items()}, saved / "model.safetensors")
        if edit is not None:
            edit(saved)
        folder = OUT / name
        for path in sorted(saved.rglob("*")):
            if path.is_file() and "tokenizer" not in path.name and path.name != ".gitattributes":
                target = folder / path.relative_to(saved)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
        golden = dict(
            producer=dict(torch=torch.__version__, transformers=transformers.__version__,
                          sentence_transformers=sentence_transformers.__version__),
            texts=[dict(ids=ids, embedding=[float(f"{value:.8g}") for value in row]) for ids, row in rows])
        (folder / "golden.json").write_text(json.dumps(golden) + "\n")
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        print(f"{name:34s} {size / 1024:6.1f} kB")


def old_names(key):
    """As checkpoints that came from TensorFlow have them."""
    return "bert." + key.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")


def old_files(folder):
    """As sentence-transformers 2 saved them."""
    kinds = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Dense", "Dense"), ("3_Normalize", "Normalize")]
    (folder / "modules.json").write_text(json.dumps(
        [dict(idx=i, name=str(i), path=path, type=f"sentence_transformers.models.{kind}")
         for i, (path, kind) in enumerate(kinds)]))
    modes = ["cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens"]
    (folder / "1_Pooling/config.json").write_text(json.dumps(
        dict(word_embedding_dimension=HIDDEN, **{f"pooling_mode_{mode}": mode == "mean_sqrt_len_tokens" for mode in modes})))
    (folder / "sentence_bert_config.json").write_text(json.dumps(dict(max_seq_length=32, do_lower_case=False)))
    weights = load_file(folder / "2_Dense/model.safetensors")
    torch.save(weights, folder / "2_Dense/pytorch_model.bin")
    (folder / "2_Dense/model.safetensors").unlink()


def main():
    for folder in OUT.glob("*/golden.json"):
        shutil.rmtree(folder.parent)
    OUT.mkdir(parents=True, exist_ok=True)
    c = transformers
    identity, tanh, relu = torch.nn.Identity(), torch.nn.Tanh(), torch.nn.ReLU()
    emit("bert-cls", c.BertConfig(**dict(BERT, hidden_act="gelu_new")), [Pooling(HIDDEN, "cls"), Normalize()], 1)
    emit("bert-max-dense-norm", c.BertConfig(**dict(BERT, hidden_act="relu", layer_norm_eps=1e-3)),
         [Pooling(HIDDEN, "max"), Dense(HIDDEN, 40, activation_function=tanh), LayerNorm(40), Normalize()], 2)
    emit("bert-three-poolings", c.BertConfig(**dict(BERT, hidden_act="quick_gelu")),
         [Pooling(HIDDEN, ("max", "cls", "mean_sqrt_len_tokens"))], 3, rename=lambda key: "0.auto_model." + key)
    emit("bert-old-files", c.BertConfig(**dict(BERT, hidden_act="silu")),
         [Pooling(HIDDEN, "mean_sqrt_len_tokens"), Dense(HIDDEN, 10, activation_function=identity, bias=False), Normalize()],
         4, rename=old_names, edit=old_files)
    emit("roberta-mean", c.RobertaConfig(**ROBERTA), [Pooling(HIDDEN, "mean"), Normalize()], 5)
    emit("xlm-roberta-weightedmean", c.XLMRobertaConfig(**dict(ROBERTA, hidden_act="gelu_pytorch_tanh")),
         [Pooling(HIDDEN, "weightedmean")], 6, rename=lambda key: "roberta." + key)
    emit("camembert-lasttoken", c.CamembertConfig(**dict(ROBERTA, pad_token_id=3)), [Pooling(HIDDEN, "lasttoken")], 7,
         rename=lambda key: "module.roberta." + key)
    emit("distilbert-dense", c.DistilBertConfig(**DISTILBERT),
         [Pooling(HIDDEN, "mean"), Dense(HIDDEN, 16, activation_function=tanh)], 8)
    emit("distilbert-sinusoidal-residual", c.DistilBertConfig(**dict(DISTILBERT, sinusoidal_pos_embds=True, activation="relu")),
         [Pooling(HIDDEN, "cls"), Normalize(), Dense(HIDDEN, 16, activation_function=relu, use_residual=True),
          Dense(16, 16, activation_function=identity, use_residual=True)], 9, sinusoidal=True,
         rename=lambda key: "distilbert." + key)
    emit("mpnet-mean", c.MPNetConfig(**MPNET), [Pooling(HIDDEN, "mean"), Normalize()], 10, longest=200)
    emit("mpnet-cls", c.MPNetConfig(**dict(MPNET, hidden_act="gelu_fast", layer_norm_eps=1e-5, max_position_embeddings=40)),
         [Pooling(HIDDEN, "cls")], 11, rename=lambda key: "mpnet." + key)

    torch.backends.quantized.engine = "fbgemm"
    emit("roberta-int8", c.RobertaConfig(**ROBERTA), [Pooling(HIDDEN, "mean"), Normalize()], 12, int8=True)
    emit("distilbert-int8", c.DistilBertConfig(**DISTILBERT), [Pooling(HIDDEN, "cls")], 13, int8=True)
    emit("mpnet-int8", c.MPNetConfig(**dict(MPNET, max_position_embeddings=40)), [Pooling(HIDDEN, "mean")], 14, int8=True)

    grid = torch.linspace(-14, 14, 281)
    names = [n for n in ACT2FN if n not in ("laplace", "prelu", "xielu", "sqrtsoftplus")]
    (OUT / "activations.json").write_text(json.dumps(dict(
        inputs=grid.tolist(), outputs={n: ACT2FN[n](grid).detach().tolist() for n in names})) + "\n")
    distances = list(range(-300, 301))
    (OUT / "mpnet-buckets.json").write_text(json.dumps(dict(
        distances=distances, buckets=MPNetEncoder.relative_position_bucket(torch.tensor(distances)).tolist())) + "\n")


main()
