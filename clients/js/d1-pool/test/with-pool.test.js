import assert from 'node:assert/strict';
import { test } from 'node:test';
import { D1Pool, withPool } from '../src/index.js';
import { ONE_ROW, stubServer } from './stub-server.js';

const VARIABLES = { DB_POOL_URL: 'http://127.0.0.1:1/v1/pools/shop', DB_POOL_TOKEN: 't' };

test('env.DB_POOL comes from DB_POOL_URL and DB_POOL_TOKEN, in every handler, and is the same for one env', () => {
  const seen = [];
  const handler = withPool({
    fetch: (request, env, context) => seen.push([request, env.DB_POOL, env.OTHER, context]),
    scheduled: (event, env) => seen.push([event, env.DB_POOL]),
  });
  const env = { ...VARIABLES, OTHER: 1 };
  handler.fetch('request', env, 'context');
  handler.scheduled('event', env);
  assert.ok(seen[0][1] instanceof D1Pool);
  assert.deepEqual([seen[0][0], seen[0][2], seen[0][3]], ['request', 1, 'context']);
  assert.equal(seen[1][1], seen[0][1]);
  assert.ok(!('DB_POOL' in env), "the runtime's env is left alone");
});

test('a handler keeps its this', () => {
  const handler = withPool({ answer: 42, fetch() { return this.answer; } });
  assert.equal(handler.fetch(null, { ...VARIABLES }), 42);
});

test('a pool that is bound already stays', () => {
  const bound = { get: () => 'real' };
  withPool({ fetch: (_, env) => assert.equal(env.DB_POOL, bound) }).fetch(null, { DB_POOL: bound });
});

test('a service binding is wrapped, and adds the token itself', async () => {
  const server = await stubServer([ONE_ROW]);
  const service = { fetch: (url, init) => fetch(url.replace('http://burgage-pool', server.url), init) };
  try {
    await withPool({
      fetch: async (_, env) => assert.equal(await env.DB_POOL.get('acme').prepare('SELECT 1').first('a'), 1),
    }).fetch(null, { DB_POOL: service });
    assert.equal(server.requests[0].headers.authorization, undefined);
  } finally {
    await server.close();
  }
});

test('another name and other options', () => {
  withPool({ fetch: (_, env) => assert.ok(env.TENANTS instanceof D1Pool) }, {
    binding: 'TENANTS',
    pool: (env) => ({ url: env.U, token: 't' }),
  }).fetch(null, { U: VARIABLES.DB_POOL_URL });
});

test('nothing bound and no variables is said', () => {
  assert.throws(() => withPool({ fetch() {} }).fetch(null, {}), /needs a url/);
});
