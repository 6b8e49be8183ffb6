import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { D1Pool } from '@burgage/d1-pool';
import { cell } from '@burgage/testing';
import { runWorkerdSuite, suiteFile } from '../src/workerd-suite.js';

let pool;
before(async () => {
  pool = await cell().pool();
});

async function run(name, rowCounters) {
  const server = new URL(cell().url).host;
  return runWorkerdSuite(name, { pool, tenant: await pool.tenant(), server, rowCounters });
}

function failed(tests) {
  return [...tests].filter(([, passed]) => !passed).map(([name]) => name);
}

test("workerd's D1 suite passes, numbers of rows aside", async () => {
  const tests = await run('d1-api-test.js', false);
  assert.ok(tests.size >= 3, [...tests.keys()].join());
  assert.deepEqual(failed(tests), []);
});

test("workerd's suite of sessions passes, numbers of rows aside", async () => {
  const tests = await run('d1-api-test-with-sessions.js', false);
  assert.ok(tests.size >= 7, [...tests.keys()].join());
  assert.deepEqual(failed(tests), []);
});

test('with its numbers of rows it fails where docs/compatibility.md says', async () => {
  assert.deepEqual(failed(await run('d1-api-test.js', true)), ['testWithoutSessions']);
});

test("workerd's D1 suite passes on the plain client, numbers of rows aside", async () => {
  const source = `data:text/javascript,${encodeURIComponent(suiteFile('d1-api-test-common.js', { rowCounters: false }))}`;
  const { testD1ApiQueriesHappyPath, testD1Exec } = await import(source);
  const clients = new D1Pool({ url: pool.url, token: pool.token });
  await testD1ApiQueriesHappyPath(clients.get(await pool.tenant()));
  await testD1ApiQueriesHappyPath(clients.get(await pool.tenant()).withSession());
  await testD1Exec(clients.get(await pool.tenant()));
});
