import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cell } from '@burgage/testing';
import { bundle } from '@burgage/testing/bundle';
import { Miniflare } from 'miniflare-5';

const COMPATIBILITY_DATE = '2026-04-01';

const APP = `
import { D1Pool, withPool } from '@burgage/d1-pool';

const message = (e) => e.message;
const asks = {
  // over RPC, as it is bound
  all: (pool, t) => pool.get(t).prepare('SELECT 1 AS one').all().then((r) => r.results),
  bound: (pool, t) => pool.get(t).prepare('SELECT ?1 AS a, ?2 AS b').bind(7, new Uint8Array([1, 2])).first(),
  first: (pool, t) => pool.get(t).prepare('SELECT 5 AS a').first('a'),
  raw: (pool, t) => pool.get(t).prepare('SELECT 1 AS a').raw({ columnNames: true }),
  exec: (pool, t) => pool.get(t).exec('CREATE TABLE t(a)\\nINSERT INTO t VALUES(1)').then((r) => r.count),
  error: (pool, t) => pool.get(t).prepare('SELECT * FROM nope').all().catch(message),
  type: (pool, t) => pool.get(t).prepare('SELECT ?').bind(undefined).all().catch(message),
  badId: (pool) => pool.get('../x').prepare('SELECT 1').all().catch(message),
  session: async (pool, t) => {
    const session = await pool.get(t).withSession();
    const n = await session.prepare('SELECT 1 AS n').first('n');
    return [n, typeof (await session.getBookmark())];
  },
  batchAwaited: async (pool, t) => {
    const db = await pool.get(t);
    return (await db.batch([await db.prepare('SELECT 1 AS a'), await db.prepare('SELECT ? AS b').bind('x')])).map((r) => r.results);
  },
  batchPipelined: (pool, t) => {
    const db = pool.get(t);
    return db.batch([db.prepare('SELECT 1')]).catch(message);
  },
  // through the plain client
  wrapped: (pool, t) => {
    const db = new D1Pool({ fetcher: pool }).get(t);
    return db.batch([db.prepare('SELECT 1 AS a'), db.prepare('SELECT ? AS b').bind('x')]).then((r) => r.map((s) => s.results));
  },
  wrappedSession: async (pool, t) => {
    const session = new D1Pool({ fetcher: pool }).get(t).withSession();
    await session.prepare('SELECT 1').all();
    return typeof session.getBookmark();
  },
  wrongPath: (pool) => pool.fetch('http://pool/v1/pools', { method: 'POST' }).then((r) => r.status),
  escape: (pool) => pool.fetch('http://pool/tenants/..%2f..%2fnodes/query', { method: 'POST' }).then((r) => r.status),
};
const handler = withPool({ fetch: (request, env) => env.DB_POOL.get(new URL(request.url).searchParams.get('t')).batch([]).catch((e) => Response.json(e.message)) });

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const ask = url.pathname.slice(1);
    if (ask === 'withPool') return handler.fetch(request, env);
    return Response.json((await asks[ask](env.DB_POOL, url.searchParams.get('t'))) ?? null);
  },
};`;

let pool;
let miniflare;
before(async () => {
  pool = await cell().pool();
  const worker = async (name, source, env) => ({
    config: {
      name,
      compatibilityDate: COMPATIBILITY_DATE,
      manifest: { mainModule: 'main.js', modulesRoot: '/', modules: { 'main.js': { type: 'esm', contents: await bundle(source) } } },
      env,
    },
  });
  miniflare = new Miniflare({
    workers: [
      await worker('app', APP, { DB_POOL: { type: 'worker', worker: 'db-pool', exportName: 'DbPool' } }),
      await worker('db-pool', new URL('../src/index.js', import.meta.url), {
        DB_POOL_URL: { type: 'text', value: pool.url },
        DB_POOL_TOKEN: { type: 'text', value: pool.token },
      }),
    ],
  });
  await miniflare.ready;
});
after(() => miniflare?.dispose());

async function ask(what, tenant) {
  const response = await miniflare.dispatchFetch(`http://app/${what}?t=${tenant ?? (await pool.tenant())}`);
  const text = await response.text();
  assert.ok(response.ok, text);
  return JSON.parse(text);
}

test('over RPC a tenant that was created a moment before answers, in one expression', async () => {
  assert.deepEqual(await ask('all'), [{ one: 1 }]);
  assert.deepEqual(await ask('bound'), { a: 7, b: [1, 2] });
  assert.equal(await ask('first'), 5);
  assert.deepEqual(await ask('raw'), [['a'], [1]]);
  assert.equal(await ask('exec'), 2);
  assert.deepEqual(await ask('session'), [1, 'string']);
  assert.deepEqual(await ask('batchAwaited'), [[{ a: 1 }], [{ b: 'x' }]]);
});

test('errors come through in their words', async () => {
  assert.equal(await ask('error'), 'D1_ERROR: no such table: nope: SQLITE_ERROR');
  assert.equal(await ask('type'), "D1_TYPE_ERROR: Type 'undefined' not supported for value 'undefined'");
  assert.match(await ask('badId'), /a tenant id is 1 to 63/);
});

test('batch of statements that were not awaited is what the runtime refuses, and the plain client does', async () => {
  assert.match(await ask('batchPipelined'), /Could not serialize object/);
  assert.deepEqual(await ask('wrapped'), [[{ a: 1 }], [{ b: 'x' }]]);
  assert.equal(await ask('wrappedSession'), 'string');
});

test('withPool wraps the service binding', async () => {
  assert.equal(await ask('withPool'), 'D1_ERROR: No SQL statements detected.');
});

test('the binding leads to queries of tenants and nowhere else', async () => {
  assert.equal(await ask('wrongPath'), 404);
  assert.equal(await ask('escape'), 404);
});

test('from outside nothing is served', async () => {
  const worker = await miniflare.getWorker('db-pool');
  assert.equal((await worker.fetch('http://db-pool/tenants/acme/query', { method: 'POST', body: '{}' })).status, 404);
});
