/** CodeGraphAI as a peer of the encode bench; the protocol is in peer.py. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { openEncoder } from '../../src/model/open-encoder.ts';

const { values } = parseArgs({
  options: {
    texts: { type: 'string', default: '' },
    model: { type: 'string', default: '' },
    threads: { type: 'string', default: '1' },
    scratch: { type: 'string', default: '' },
  },
});
const parsed: unknown = JSON.parse(readFileSync(values.texts, 'utf8'));
if (!Array.isArray(parsed)) throw new TypeError(`${values.texts} holds no list`);
const texts = parsed.map(String);
const { encoder } = await openEncoder(values.model, {
  strict: true,
  cacheDir: values.scratch,
  workers: Number(values.threads),
});
const say = (message: unknown): void => console.log(JSON.stringify(message));

const first = await encoder.encodeDocument(texts);
say({
  ready: { node: process.version, [encoder.runtime.runtime]: encoder.runtime.reason },
  vectors: Array.from({ length: Math.min(8, first.rows) }, (_, row) => Array.from(first.row(row))),
});
for await (const _line of createInterface({ input: process.stdin })) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await encoder.encodeDocument(texts);
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  say({ seconds, cpuSeconds: (used.user + used.system) / 1e6 });
}
await encoder.close();
say({ peakBytes: process.resourceUsage().maxRSS * 1024 });
