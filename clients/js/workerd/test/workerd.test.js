import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { cell } from '@burgage/testing';
import { serveWorkerd } from '@burgage/testing/workerd';

// The example itself, for another pool.
const EXAMPLE = new URL('../example/config.capnp', import.meta.url);

let folder;
let pool;
let workerd;
before(async () => {
  pool = await cell().pool();
  folder = mkdtempSync(join(tmpdir(), 'burgage-workerd-'));
  mkdirSync(join(folder, 'example'));
  mkdirSync(join(folder, 'src'));
  const copy = (name, from, to) => writeFileSync(join(folder, name), readFileSync(new URL(`../${name}`, import.meta.url), 'utf8').replace(from, to));
  copy('src/pool.js');
  copy('example/app.js');
  copy('example/config.capnp', '/v1/pools/shop', `/v1/pools/${pool.name}`);
  assert.match(readFileSync(EXAMPLE, 'utf8'), /\/v1\/pools\/shop/);
  workerd = await serveWorkerd(join(folder, 'example/config.capnp'), {
    burgage: new URL(cell().url).host,
    env: { BURGAGE_TOKEN: cell().token },
  });
});
after(async () => {
  await workerd?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a tenant that is created while workerd runs answers at once', async () => {
  const tenant = await pool.tenant();
  const response = await fetch(`${workerd.url}/${tenant}`);
  assert.deepEqual(await response.json(), [{ one: 1 }]);
});

test('a tenant that is not there is an error of the Worker', async () => {
  assert.equal((await fetch(`${workerd.url}/nobody`)).status, 500);
});
