/** Everything that must hold before a change lands, in the order that fails fastest. */
import { runStep } from './run-step.ts';

const STEPS = ['format', 'lint', 'types', 'arch', 'dead-code', 'test', 'build', 'package'] as const;

for (const step of STEPS) {
  process.stderr.write(`\n== ${step}\n`);
  const started = performance.now();
  const status = runStep('npm', ['run', '--silent', step]);
  process.stderr.write(
    `== ${step}: ${status === 0 ? 'ok' : 'FAILED'} after ${((performance.now() - started) / 1_000).toFixed(1)} s\n`,
  );
  if (status !== 0) {
    process.exitCode = status;
    break;
  }
}
