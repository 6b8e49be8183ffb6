import assert from 'node:assert/strict';
import { test } from 'node:test';
import { D1Pool } from '../src/index.js';
import { ONE_ROW, stubServer } from './stub-server.js';

const URL_OF_POOL = 'http://127.0.0.1:1/v1/pools/shop';

test('a bad tenant id is refused before any request', () => {
  const pool = new D1Pool({ fetcher: { fetch: () => assert.fail('a request was sent') } });
  for (const id of ['', '.', '..', '../x', 'a/b', 'a b', '-a', 'ä', 'a\n', 'x'.repeat(64), '%2e%2e']) {
    assert.throws(() => pool.get(id), {
      name: 'TypeError',
      message: `a tenant id is 1 to 63 of A-Z a-z 0-9 . _ -, first a letter or digit; got ${JSON.stringify(id)}`,
    });
  }
  for (const id of [undefined, null, 7, {}, ['acme']]) assert.throws(() => pool.get(id), /a tenant id is 1 to 63/);
  for (const id of ['a', 'acme', '0', 'A.b_c-9', 'x'.repeat(63)]) assert.ok(pool.get(id));
});

test('what does not fit in the options is said at once', () => {
  assert.throws(() => new D1Pool(), /needs a url/);
  assert.throws(() => new D1Pool({ token: 't' }), /needs a url/);
  for (const url of ['', 'x', 'http://h', 'http://h/v1/pools', 'http://h/v1/pools/a/tenants', 'ftp://h/v1/pools/a', `${URL_OF_POOL}?a`]) {
    assert.throws(() => new D1Pool({ url, token: 't' }), /is that of a pool/, url);
  }
  for (const token of [undefined, '', 'a b', 'a\nb', 7]) {
    assert.throws(() => new D1Pool({ url: URL_OF_POOL, token }), /needs a token/);
  }
  assert.throws(() => new D1Pool({ fetcher: {} }), /something with fetch\(\)/);
  assert.throws(() => new D1Pool({ url: URL_OF_POOL, token: 't', retryFor: -1 }), /retryFor/);
  assert.throws(() => new D1Pool({ url: URL_OF_POOL, token: 't', timeout: 0 }), /timeout/);
});

test('the wire: path, token, session and revision', async () => {
  const server = await stubServer([{ ...ONE_ROW, headers: { 'x-cf-d1-session-commit-token': '00000009-a', 'Burgage-Revision': '0002-b' } }]);
  try {
    const pool = new D1Pool({ url: `${server.url}/`, token: 'secret', revision: '0001-a' });
    await pool.get('A.b').prepare('SELECT ?').bind(true).all();
    const [first] = server.requests;
    assert.equal(first.path, '/v1/pools/p/tenants/A.b/query?resultsFormat=ROWS_AND_COLUMNS');
    assert.equal(first.headers.authorization, 'Bearer secret');
    assert.equal(first.headers['burgage-revision'], '0001-a');
    assert.ok(!('x-cf-d1-session-commit-token' in first.headers));
    assert.ok(!('burgage-integers' in first.headers), 'numbers bind as REAL, as in D1');
    assert.deepEqual(first.body, { sql: 'SELECT ?', params: [1] });

    assert.equal(pool.revision, '0002-b');
    pool.seen('0001-z');
    assert.equal(pool.revision, '0002-b', 'a revision does not go back');
    const session = pool.get('acme').withSession('first-primary');
    await session.prepare('SELECT 1').run();
    assert.equal(server.requests[1].headers['burgage-revision'], '0002-b');
    assert.equal(server.requests[1].headers['x-cf-d1-session-commit-token'], 'first-primary');
    assert.equal(server.requests[1].path, '/v1/pools/p/tenants/acme/execute?resultsFormat=NONE');
    assert.equal(session.getBookmark(), '00000009-a');
    await session.batch([session.prepare('SELECT 1')]);
    assert.equal(server.requests[2].headers['x-cf-d1-session-commit-token'], '00000009-a');
  } finally {
    await server.close();
  }
});

test('a session keeps the larger bookmark when answers come out of order', async () => {
  const bookmark = (text) => ({ ...ONE_ROW, headers: { 'x-cf-d1-session-commit-token': text } });
  const server = await stubServer([bookmark('00000002-x'), bookmark('00000001-x')]);
  try {
    const session = new D1Pool({ url: server.url, token: 't' }).get('acme').withSession();
    await session.prepare('SELECT 1').all();
    await session.prepare('SELECT 1').all();
    assert.equal(session.getBookmark(), '00000002-x');
  } finally {
    await server.close();
  }
});

test('a failed element of an answer fails the whole', async () => {
  const server = await stubServer([{ body: [ONE_ROW.body[0], { success: false, error: 'second' }] }]);
  try {
    const db = new D1Pool({ url: server.url, token: 't' }).get('acme');
    await assert.rejects(db.batch([db.prepare('SELECT 1'), db.prepare('SELECT 1')]), { message: 'D1_ERROR: second' });
  } finally {
    await server.close();
  }
});
