import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cell } from '@burgage/testing';
import { wranglerDev, wranglerModule, WRANGLERS } from '@burgage/testing/wranglers';

const PLUGIN = { package: fileURLToPath(new URL('../src/index.js', import.meta.url)), name: 'burgage' };
const WORKER = `export default {
  async fetch(request, env) {
    const db = env.DB_POOL.get(new URL(request.url).pathname.slice(1));
    return Response.json((await db.prepare('SELECT 1 AS one').all()).results);
  },
};`;

/** The place of the binding that each wrangler knows. */
const BINDINGS = {
  // The plain service binding of production, whose field "dev" wrangler strips when it deploys.
  'wrangler-4.164': (dev) => ({ services: [{ binding: 'DB_POOL', service: 'db-pool', entrypoint: 'DbPool', dev }] }),
  'wrangler-4.86': (dev) => ({ unsafe: { bindings: [{ name: 'DB_POOL', type: 'burgage', dev }] } }),
};

let pool;
before(async () => {
  pool = await cell().pool();
});

for (const wrangler of WRANGLERS) {
  describe(wrangler, () => {
    const folder = mkdtempSync(join(tmpdir(), 'burgage-wrangler-'));
    before(() => {
      writeFileSync(join(folder, 'worker.js'), WORKER);
      writeFileSync(join(folder, 'wrangler.json'), JSON.stringify({
        name: 'app',
        main: 'worker.js',
        compatibility_date: '2026-04-01',
        ...BINDINGS[wrangler]({ plugin: PLUGIN, options: { url: pool.url } }),
      }));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    test('wrangler dev: a tenant that is created while it runs answers at once', async () => {
      const dev = await wranglerDev(wrangler, folder, { BURGAGE_TOKEN: pool.token });
      try {
        const tenant = await pool.tenant();
        assert.deepEqual(await (await fetch(`${dev.url}/${tenant}`)).json(), [{ one: 1 }]);
      } finally {
        await dev.stop();
      }
    });

    test('getPlatformProxy', async () => {
      process.env.BURGAGE_TOKEN = pool.token;
      const { env, dispose } = await wranglerModule(wrangler).getPlatformProxy({
        configPath: join(folder, 'wrangler.json'),
        persist: false,
      });
      try {
        const db = await env.DB_POOL.get(await pool.tenant());
        assert.deepEqual(await db.prepare('SELECT ? AS a').bind(1).first(), { a: 1 });
      } finally {
        delete process.env.BURGAGE_TOKEN;
        await dispose();
      }
    });
  });
}
