"""sentence-transformers, float32: what most people run."""
import sentence_transformers
import torch

from peer import arguments, read_texts, serve

options = arguments()
torch.set_num_threads(options.threads)
texts = read_texts(options.texts)
model = sentence_transformers.SentenceTransformer(options.model, device="cpu")
serve(
    lambda: model.encode(texts, batch_size=options.batch, normalize_embeddings=True, show_progress_bar=False),
    {"sentence-transformers": sentence_transformers.__version__, "torch": torch.__version__},
)
