import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const VITEST = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const CONFIG = fileURLToPath(new URL('../miniflare-suite/vitest.config.js', import.meta.url));

test("miniflare's D1 suite passes through the plugin, numbers of rows aside", async () => {
  const vitest = spawn(process.execPath, [VITEST, 'run', '--config', CONFIG, '--reporter=json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks = [];
  for await (const chunk of vitest.stdout) chunks.push(chunk);
  const results = JSON.parse(Buffer.concat(chunks)).testResults.flatMap((file) => file.assertionResults);
  const ran = results.filter(({ status }) => status !== 'skipped' && status !== 'pending');
  assert.deepEqual(ran.filter(({ status }) => status !== 'passed'), []);
  assert.deepEqual(ran.map(({ title }) => title), [
    'D1Database: batch',
    'D1Database: exec',
    'D1PreparedStatement: bind',
    'D1PreparedStatement: first',
    'D1PreparedStatement: run',
    'D1PreparedStatement: all',
    'D1PreparedStatement: raw',
    'it properly handles ROWS_AND_COLUMNS results format',
  ]);
});
