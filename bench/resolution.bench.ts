/**
 * Compares resolved calls with an independent answer, call site by call site.
 *
 *     npm run bench:resolution -- typescript [DIR] [--only main|held-out|ID] [--samples N] [--scratch DIR] [--out FILE]
 *
 * Without DIR the pinned packages are fetched and compared one by one. A call counts for recall where the oracle says
 * that it means a definition of the compared files; an edge counts for precision where the oracle knows what the call
 * means. Edges found by nothing but a unique name are counted apart, as searches hide them by default. Prints JSON.
 */
import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine } from './machine.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    samples: { type: 'string', default: '0' },
    only: { type: 'string' },
    scratch: { type: 'string' },
    'oracle-cache': { type: 'string' },
    out: { type: 'string' },
  },
});
const [oracle, folder] = positionals;

async function compare(): Promise<object> {
  if (oracle === 'typescript') {
    const { benchTypescript } = await import('./resolution/typescript.ts');
    const options = { folder, only: values.only, samples: Number(values.samples), scratch: values.scratch };
    return benchTypescript(options, values['oracle-cache']);
  }
  if (oracle === 'go') {
    const { benchGo } = await import('./resolution/go.ts');
    return benchGo({ folder, only: values.only, samples: Number(values.samples), scratch: values.scratch });
  }
  if (oracle === 'python') {
    const { benchPython } = await import('./resolution/python.ts');
    return benchPython({ only: values.only, samples: Number(values.samples), scratch: values.scratch });
  }
  if (oracle === 'javac') {
    const { benchJavac } = await import('./resolution/javac.ts');
    return benchJavac({ folder, only: values.only, samples: Number(values.samples), scratch: values.scratch });
  }
  if (oracle === 'java' || oracle === 'rust' || oracle === 'csharp') {
    const { benchHandChecked } = await import('./resolution/hand-checked.ts');
    return benchHandChecked(oracle, { only: values.only, samples: Number(values.samples), scratch: values.scratch });
  }
  process.stderr.write('usage: npm run bench:resolution -- typescript [DIR] [--only SET] [--samples N] [--out FILE]\n');
  process.exit(2);
}

const result = { bench: 'resolution', oracle, machine: describeMachine(ROOT), ...(await compare()) };
const text = `${JSON.stringify(result, null, 2)}\n`;
process.stdout.write(text);
if (values.out !== undefined) writeFileSync(values.out, text);
