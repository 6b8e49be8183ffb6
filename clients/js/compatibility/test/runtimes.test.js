import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cell } from '@burgage/testing';

const SMOKE = fileURLToPath(new URL('../src/runtime-smoke.js', import.meta.url));
const EXPECTED = [
  1,
  [{ id: 1, item: 'boots', b: [1, 2] }],
  1,
  'string',
  'D1_ERROR: no such table: nope: SQLITE_ERROR',
  [['id', 'item', 'b'], [1, 'boots', [1, 2]]],
  'D1_ERROR: Network connection lost.',
];
/** npm carries them for Linux on x64. */
const RUNTIMES = {
  Node: [process.execPath],
  Bun: [carried('@oven/bun-linux-x64', 'bin/bun')],
  Deno: [carried('@deno/linux-x64-glibc', 'deno'), 'run', '--allow-net', '--allow-env', '--allow-read'],
};

let pool;
before(async () => {
  pool = await cell().pool();
});

for (const [name, [command, ...options]] of Object.entries(RUNTIMES)) {
  test(`the plain client works on ${name}`, { skip: command ? false : 'not carried for this platform' }, async () => {
    const env = { ...process.env, POOL_URL: pool.url, POOL_TOKEN: pool.token, TENANT: await pool.tenant() };
    const { stdout } = await promisify(execFile)(command, [...options, SMOKE], { env });
    assert.deepEqual(JSON.parse(stdout), EXPECTED);
  });
}

function carried(packageName, file) {
  try {
    return createRequire(import.meta.url).resolve(`${packageName}/package.json`).replace(/package\.json$/, file);
  } catch {
    return undefined;
  }
}
