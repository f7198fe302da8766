// Lints, type-checks and tests every package, and ends with `N passed, N failed` alone on a line.
// Run by `npm test`; `pnpm verify` is the same. A check outside vitest (lint, types, tarballs) counts as one.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const bin = (name) => join(root, 'node_modules', '.bin', name);
const total = { passed: 0, failed: 0 };
const skipped = [];

/** Runs a command with its output shown; whether it succeeded. */
function succeeds(title, command, args) {
  console.log(`\n== ${title}`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error) console.error(`Cannot run ${command}: ${error.message}`);
  return status === 0;
}

function check(title, command, args) {
  const ok = succeeds(title, command, args);
  total[ok ? 'passed' : 'failed']++;
  return ok;
}

check('Lint and format (biome)', bin('biome'), ['check', '.']);
check('Unused files, exports and dependencies (knip)', bin('knip'), []);
check('Types (tsc)', bin('turbo'), ['run', 'typecheck', '--output-logs=errors-only']);

const workspaces = [...readdirSync(join(root, 'packages')).map((name) => join('packages', name)), 'examples'];
const reportOf = (workspace) => join(root, workspace, '.test', 'report.json');
for (const workspace of workspaces) rmSync(reportOf(workspace), { force: true });
const testsOk = succeeds('Tests (vitest)', bin('turbo'), ['run', 'test', '--continue', '--concurrency=2']);
let failedTests = 0;
for (const workspace of workspaces) {
  if (!existsSync(reportOf(workspace))) {
    if (JSON.parse(readFileSync(join(root, workspace, 'package.json'), 'utf8')).scripts?.test) {
      console.error(`${workspace}: its tests left no report`);
      failedTests++;
    }
    continue;
  }
  const report = JSON.parse(readFileSync(reportOf(workspace), 'utf8'));
  total.passed += report.numPassedTests;
  for (const { status, fullName } of report.testResults.flatMap(({ assertionResults }) => assertionResults)) {
    if (status !== 'passed' && status !== 'failed') skipped.push(`${workspace}: ${fullName}`);
  }
  // A file that fails to load has no failed test of its own.
  failedTests += report.success ? 0 : Math.max(1, report.numFailedTests);
}
total.failed += !testsOk && failedTests === 0 ? 1 : failedTests;

check('Tarballs alone in a scratch project (publint, attw, import)', process.execPath, [
  'scripts/check-tarballs.mjs',
]);

if (skipped.length > 0) console.log(`\n${skipped.length} tests skipped:\n  ${skipped.join('\n  ')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
