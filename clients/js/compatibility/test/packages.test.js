// The packages as a stranger gets them: packed, installed into an empty folder, used as their READMEs say.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cell } from '@burgage/testing';

const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGES = ['d1-pool', 'miniflare', 'workerd', 'pool-worker'];
const run = promisify(execFile);

let folder;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'burgage-packages-'));
  const packed = await run('npm', ['pack', '--json', '--pack-destination', folder, ...PACKAGES.flatMap((name) => ['-w', name])], { cwd: WORKSPACE });
  const tarballs = Object.values(JSON.parse(packed.stdout)).map(({ filename }) => join(folder, filename));
  assert.equal(tarballs.length, PACKAGES.length);
  mkdirSync(join(folder, 'app'));
  writeFileSync(join(folder, 'app', 'package.json'), '{"type":"module"}');
  // They need nothing but one another, so no registry is asked.
  await run('npm', ['install', '--offline', '--ignore-scripts', ...tarballs], { cwd: join(folder, 'app') });
});
after(() => rmSync(folder, { recursive: true, force: true }));

function snippet(name, language) {
  const readme = readFileSync(join(folder, 'app', 'node_modules', '@burgage', name, 'README.md'), 'utf8');
  return new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(readme)[1];
}

test("the first lines of d1-pool's README work", async () => {
  const pool = await cell().pool();
  await pool.tenant('acme');
  await pool.send('POST', '/tenants/acme/query', { sql: 'CREATE TABLE orders(id INTEGER PRIMARY KEY, item TEXT)' });
  const code = snippet('d1-pool', 'js').replace('http://127.0.0.1:8787/v1/pools/shop', pool.url);
  const options = { cwd: join(folder, 'app'), env: { ...process.env, BURGAGE_TOKEN: pool.token } };
  writeFileSync(join(folder, 'app', 'first.js'), `${code}\nconsole.log(JSON.stringify(results));`);
  assert.equal((await run(process.execPath, ['first.js'], options)).stdout, '[{"id":1,"item":"boots"}]\n');
});

test("what the READMEs show in TypeScript compiles, strictly, beside @cloudflare/workers-types", async () => {
  const tsc = join(WORKSPACE, 'node_modules', 'typescript', 'bin', 'tsc');
  const types = join(WORKSPACE, 'node_modules', '@cloudflare', 'workers-types');
  writeFileSync(join(folder, 'app', 'first.ts'), `declare const process: { env: Record<string, string> };\n${snippet('d1-pool', 'js')}\nexport const all: D1Result<Record<string, unknown>>['results'] = results;\nexport const database: D1Database = acme;`);
  writeFileSync(join(folder, 'app', 'worker.ts'), snippet('d1-pool', 'ts'));
  writeFileSync(join(folder, 'app', 'others.ts'), "export * from '@burgage/miniflare';\nexport { DbPool } from '@burgage/pool-worker';\nimport '@burgage/d1-pool/cloudflare-address';\n");
  const flags = ['--strict', '--noEmit', '--target', 'es2023', '--lib', 'es2023', '--types', types];
  for (const kind of [['nodenext', 'nodenext'], ['esnext', 'bundler']]) {
    const { stdout } = await run(process.execPath, [tsc, ...flags, '--module', kind[0], '--moduleResolution', kind[1], 'first.ts', 'worker.ts', 'others.ts'], { cwd: join(folder, 'app') })
      .catch((failed) => failed);
    assert.equal(stdout, '', kind.join(' '));
  }
});
