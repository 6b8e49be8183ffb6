import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cell } from '@burgage/testing';
import { runVitest } from '../src/vitest.js';

test("Cloudflare's vitest plugin runs tests in workerd with env.DB_POOL", async () => {
  const pool = await cell().pool();
  await pool.tenant('acme');
  const env = { BURGAGE_POOL_URL: pool.url, BURGAGE_TOKEN: pool.token };
  const results = await runVitest(new URL('../vitest-plugin/vitest.config.js', import.meta.url), env);
  assert.deepEqual(results.map(({ status }) => status), ['passed'], JSON.stringify(results));
});
