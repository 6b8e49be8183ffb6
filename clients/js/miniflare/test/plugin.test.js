import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cell } from '@burgage/testing';
import { Miniflare as Miniflare4 } from 'miniflare-4';
import { Miniflare as Miniflare5 } from 'miniflare-5';
import { generate } from 'selfsigned';
import { plugins } from '../src/index.js';

const PLUGIN = { package: fileURLToPath(new URL('../src/index.js', import.meta.url)), name: 'burgage' };
const COMPATIBILITY_DATE = '2026-04-01';

/** Runs the SQL of the body on the tenant of the path, and says which class answered. */
const WORKER = `export default {
  async fetch(request, env) {
    try {
      const db = env.DB_POOL.get(decodeURIComponent(new URL(request.url).pathname.slice(1)));
      const { results } = await db.prepare(await request.text()).all();
      return Response.json({ results, made: db.constructor.name });
    } catch (e) {
      return Response.json({ error: e.message }, { status: 500 });
    }
  },
};`;

function miniflare4(options) {
  return new Miniflare4({
    modules: true,
    script: WORKER,
    compatibilityDate: COMPATIBILITY_DATE,
    unsafeBindings: [{ name: 'DB_POOL', type: 'burgage', plugin: PLUGIN, options }],
  });
}

function miniflare5(options, { flags = [] } = {}) {
  return new Miniflare5({
    workers: [
      {
        config: {
          name: 'app',
          compatibilityDate: COMPATIBILITY_DATE,
          compatibilityFlags: flags,
          manifest: { mainModule: 'app.js', modulesRoot: '/', modules: { 'app.js': { type: 'esm', contents: WORKER } } },
          env: { DB_POOL: { type: 'unsafe:burgage', dev: { plugin: PLUGIN, options } } },
        },
      },
    ],
  });
}

async function ask(miniflare, tenant, sql) {
  const response = await miniflare.dispatchFetch(`http://app/${encodeURIComponent(tenant)}`, { method: 'POST', body: sql });
  return response.json();
}

let pool;
before(async () => {
  pool = await cell().pool();
});

for (const [version, start] of [['4', miniflare4], ['5', miniflare5]]) {
  describe(`miniflare ${version}`, () => {
    test("a tenant that is created while the Worker runs answers at once, through workerd's own class", async () => {
      const miniflare = start({ url: pool.url, token: pool.token });
      try {
        await miniflare.ready;
        const tenant = await pool.tenant();
        assert.deepEqual(await ask(miniflare, tenant, 'SELECT 1 AS one'), { results: [{ one: 1 }], made: 'D1Database' });
        assert.match((await ask(miniflare, 'nobody', 'SELECT 1')).error, /^D1_ERROR: .*nobody/);
        assert.match((await ask(miniflare, '../shop', 'SELECT 1')).error, /^a tenant id is 1 to 63 of .*; got "\.\.\/shop"$/);
      } finally {
        await miniflare.dispose();
      }
    });

    test('the binding can be used from Node, as getPlatformProxy and vitest do', async () => {
      const miniflare = start({ url: pool.url, token: pool.token });
      try {
        const { DB_POOL } = await miniflare.getBindings();
        const db = await DB_POOL.get(await pool.tenant());
        assert.deepEqual(await db.prepare('SELECT ? AS a').bind('x').first(), { a: 'x' });
        assert.equal((await db.batch([db.prepare('SELECT 1'), db.prepare('SELECT 2')])).length, 2);
      } finally {
        await miniflare.dispose();
      }
    });

    test('https with an authority of its own', async () => {
      const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
        algorithm: 'sha256',
        keySize: 2048,
        extensions: [{ name: 'basicConstraints', cA: true }, { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
      });
      const proxy = await tlsProxy({ key, cert }, cell().url);
      const url = `https://localhost:${proxy.address().port}/v1/pools/${pool.name}`;
      const trusting = start({ url, token: pool.token, ca: cert });
      const distrustful = start({ url, token: pool.token });
      try {
        const tenant = await pool.tenant();
        assert.deepEqual((await ask(trusting, tenant, 'SELECT 1 AS one')).results, [{ one: 1 }]);
        assert.ok((await ask(distrustful, tenant, 'SELECT 1 AS one')).error);
      } finally {
        await Promise.all([trusting.dispose(), distrustful.dispose()]);
        proxy.closeAllConnections();
        proxy.close();
      }
    });
  });
}

test('the flag d1_binding_jsrpc changes nothing', async () => {
  const miniflare = miniflare5({ url: pool.url, token: pool.token }, { flags: ['d1_binding_jsrpc', 'experimental'] });
  try {
    const tenant = await pool.tenant();
    assert.deepEqual((await ask(miniflare, tenant, 'SELECT 1 AS one')).results, [{ one: 1 }]);
    assert.equal((await ask(miniflare, tenant, 'SELECT * FROM nope')).error, 'D1_ERROR: no such table: nope: SQLITE_ERROR');
  } finally {
    await miniflare.dispose();
  }
});

test('what does not fit in the options is said with the name of the binding', () => {
  const bound = (options) => plugins.burgage.getBindings([{ name: 'DB_POOL', options }]);
  assert.throws(() => bound({ token: 't' }), /^TypeError: binding DB_POOL: option "url" .* got none$/);
  assert.throws(() => bound({ url: 'http://h/v1', token: 't' }), /got "http:\/\/h\/v1"$/);
  assert.throws(() => bound({ url: pool.url, token: '' }), /binding DB_POOL: there is no token/);
});

async function tlsProxy(credentials, target) {
  const server = createServer(credentials, async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { authorization, 'content-type': type } = request.headers;
    const answer = await fetch(target + request.url, {
      method: request.method,
      headers: { authorization, 'content-type': type },
      body: Buffer.concat(chunks),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') });
    response.end(await answer.text());
  });
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  return server;
}
