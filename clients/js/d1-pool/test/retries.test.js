import assert from 'node:assert/strict';
import { test } from 'node:test';
import { D1Pool } from '../src/index.js';
import { isRead, pauseMs, retryAfterMs } from '../src/retries.js';
import { ONE_ROW, problem, stubServer } from './stub-server.js';

async function withStub(answers, use) {
  const server = await stubServer(answers);
  try {
    return await use(new D1Pool({ url: server.url, token: 't' }).get('acme'), server);
  } finally {
    await server.close();
  }
}

test('a statement that surely was not carried out is sent again, a write too', () =>
  withStub([problem(503, 'not_ready'), problem(429, 'overloaded'), ONE_ROW], async (db, server) => {
    const { results, meta } = await db.prepare('INSERT INTO t VALUES(1) RETURNING a').all();
    assert.deepEqual(results, [{ a: 1 }]);
    assert.equal(meta.total_attempts, 3);
    assert.equal(server.requests.length, 3);
  }));

test('a failure of the statement is not sent again', () =>
  withStub([problem(400, 'sql_error'), ONE_ROW], async (db, server) => {
    await assert.rejects(db.prepare('SELECT 1').all(), { message: 'D1_ERROR: it is sql_error', code: 'sql_error' });
    assert.equal(server.requests.length, 1);
  }));

test('a write whose answer was lost is not sent again', () =>
  withStub(['hang up', ONE_ROW], async (db, server) => {
    await assert.rejects(db.prepare('INSERT INTO t VALUES(1)').run(), { message: 'D1_ERROR: Network connection lost.' });
    assert.equal(server.requests.length, 1);
  }));

test('a read whose answer was lost is sent again, twice at most', async () => {
  await withStub(['hang up', 'hang up', ONE_ROW], async (db) => {
    assert.equal(await db.prepare('SELECT a FROM t').first('a'), 1);
  });
  await withStub(['hang up'], async (db, server) => {
    await assert.rejects(db.prepare('SELECT a FROM t').all(), { message: 'D1_ERROR: Network connection lost.' });
    assert.equal(server.requests.length, 3);
  });
});

test('a batch is a read only if all of it is', () =>
  withStub(['hang up', ONE_ROW], async (db, server) => {
    await assert.rejects(db.batch([db.prepare('SELECT 1'), db.prepare('DELETE FROM t')]));
    assert.equal(server.requests.length, 1);
  }));

test('nothing is sent again with retryFor 0', async () => {
  const server = await stubServer([problem(503, 'not_ready'), ONE_ROW]);
  try {
    const db = new D1Pool({ url: server.url, token: 't', retryFor: 0 }).get('acme');
    await assert.rejects(db.prepare('SELECT 1').all(), { code: 'not_ready', retryable: true });
    assert.equal(server.requests.length, 1);
  } finally {
    await server.close();
  }
});

test('a server that asks for a pause longer than the time for retries is not asked again', () =>
  withStub([problem(429, 'overloaded', { 'retry-after': '60' }), ONE_ROW], async (db, server) => {
    await assert.rejects(db.prepare('SELECT 1').all(), { code: 'overloaded' });
    assert.equal(server.requests.length, 1);
  }));

test('a server that is not there is told as a lost connection that may be tried again', async () => {
  const server = await stubServer([ONE_ROW]);
  await server.close();
  const db = new D1Pool({ url: server.url, token: 't', retryFor: 100 }).get('acme');
  await assert.rejects(db.prepare('DELETE FROM t').run(), { message: 'D1_ERROR: Network connection lost.', retryable: true });
});

test('an answer that is no JSON is shown', () =>
  withStub([{ status: 502, body: '<html>bad gateway' }], (db) =>
    assert.rejects(db.prepare('SELECT 1').all(), { message: 'D1_ERROR: Failed to parse body as JSON, got: <html>bad gateway' })));

test('an answer that takes too long is a lost connection', async () => {
  const never = { fetch: (_, { signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))) };
  const db = new D1Pool({ fetcher: never, timeout: 20, retryFor: 0 }).get('acme');
  const alive = setInterval(() => {}, 1_000); // Node's own timers of signals do not keep a process
  await assert.rejects(db.prepare('SELECT 1').all(), { message: 'D1_ERROR: Network connection lost.' });
  clearInterval(alive);
});

test('what is a read', () => {
  for (const sql of [
    'SELECT 1', ' select 1;', '-- x\n/* y */ SELECT 1', 'VALUES (1)', 'EXPLAIN QUERY PLAN SELECT 1',
    'WITH n(i) AS (SELECT 1) SELECT i FROM n', 'SELECT 1 ; \n',
  ]) assert.ok(isRead(sql), sql);
  for (const sql of [
    'INSERT INTO t VALUES(1)', 'WITH n(i) AS (SELECT 1) INSERT INTO t SELECT i FROM n', 'SELECT 1; DELETE FROM t', 'PRAGMA optimize',
    'CREATE TABLE t(a)', '', '-- SELECT 1', '/* SELECT */ DELETE FROM t', 'SELECTED', "SELECT ';'",
  ]) assert.ok(!isRead(sql), sql);
});

test('pauses grow up to a second, from what the server asks for on', () => {
  assert.equal(pauseMs(1, 0, () => 1), 50);
  assert.equal(pauseMs(3, 0, () => 0.5), 100);
  assert.equal(pauseMs(30, 2_000, () => 1), 3_000);
  assert.equal(retryAfterMs('2'), 2_000);
  for (const header of [null, '', 'Wed, 21 Oct 2026 07:28:00 GMT', '-1', '1.5']) assert.equal(retryAfterMs(header), 0);
});
