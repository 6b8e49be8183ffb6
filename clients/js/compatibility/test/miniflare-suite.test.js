import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runVitest } from '../src/vitest.js';

test("miniflare's D1 suite passes through the plugin, numbers of rows aside", async () => {
  const results = await runVitest(new URL('../miniflare-suite/vitest.config.js', import.meta.url));
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
