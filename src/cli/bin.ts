#!/usr/bin/env node
// Runs on any Node, however old: it must be able to say that the Node is too old before newer syntax is read.
import { stderr, versions } from 'node:process';

const REQUIRED_NODE_MAJOR = 24;
const major = Number(versions.node.split('.')[0]);

if (major < REQUIRED_NODE_MAJOR) {
  stderr.write(
    `codegraphai needs Node ${REQUIRED_NODE_MAJOR} or newer and this is ${versions.node}: install it (for example "npm install -g node@24"), or run "npx -p node@24 -p codegraphai codegraphai".\n`,
  );
  process.exitCode = 2;
} else {
  const { enableModuleCache } = await import('../kernel/compile-cache.ts');
  enableModuleCache();
  const { main } = await import('./main.ts');
  await main();
}
