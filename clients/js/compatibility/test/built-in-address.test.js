// Tools that have https://api.cloudflare.com built in, unchanged, with the preload of @burgage/d1-pool.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cell } from '@burgage/testing';

const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));
const DRIZZLE_KIT = join(dirname(createRequire(import.meta.url).resolve('drizzle-kit')), 'bin.cjs');
const RUN_MS_MAX = 60_000;

const SCHEMA = (more = '') => `import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
export const users = sqliteTable('users', { id: integer('id').primaryKey({ autoIncrement: true }), name: text('name').notNull().unique()${more} });
`;
const CONFIG = `export default {
  dialect: 'sqlite', driver: 'd1-http', schema: './schema.ts', out: './drizzle',
  dbCredentials: { accountId: process.env.ACCOUNT, databaseId: process.env.DATABASE, token: process.env.CLOUDFLARE_API_TOKEN },
};
`;

let pool;
let folder;
let env;
before(async () => {
  pool = await cell().pool();
  folder = mkdtempSync(join(tmpdir(), 'burgage-built-in-'));
  symlinkSync(join(WORKSPACE, 'node_modules'), join(folder, 'node_modules'));
  env = {
    ...process.env,
    NODE_OPTIONS: '--import @burgage/d1-pool/cloudflare-address',
    CLOUDFLARE_API_BASE_URL: `${cell().url}/client/v4`,
    CLOUDFLARE_API_TOKEN: pool.token,
    ACCOUNT: pool.name,
    CI: 'true',
    NO_COLOR: '1',
  };
  delete env.NODE_TEST_CONTEXT;
  file('drizzle.config.ts', CONFIG);
  file('schema.ts', SCHEMA());
});
after(() => rmSync(folder, { recursive: true, force: true }));

const file = (name, text) => writeFileSync(join(folder, name), text);

function node(args, more = {}) {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd: folder, env: { ...env, ...more }, timeout: RUN_MS_MAX }, (error, stdout, stderr) =>
      resolve({ passed: error === null, said: stdout + stderr }));
    child.stdin?.end();
  });
}

async function works(args, more) {
  const { passed, said } = await node(args, more);
  assert.ok(passed, `${args.join(' ')} failed:\n${said}`);
  return said;
}

/** A tenant as the tools name it, and what its database answers. */
async function database() {
  const tenant = await pool.tenant();
  const api = `/client/v4/accounts/${pool.name}/d1/database/${tenant}`;
  const { result } = await cell().send('GET', api);
  const sql = async (text) => (await cell().send('POST', `${api}/query`, { sql: text })).result.at(-1).results;
  return { DATABASE: result.uuid, sql };
}

const columns = async (sql) => (await sql("SELECT name FROM pragma_table_info('users') ORDER BY cid")).map(({ name }) => name);

describe('drizzle-kit', () => {
  test('push', async () => {
    const { DATABASE, sql } = await database();
    await works([DRIZZLE_KIT, 'push', '--force'], { DATABASE });
    assert.deepEqual(await columns(sql), ['id', 'name']);
    await sql("INSERT INTO users(name) VALUES ('ann')");
    file('schema.ts', SCHEMA(", age: integer('age')"));
    try {
      await works([DRIZZLE_KIT, 'push', '--force'], { DATABASE });
    } finally {
      file('schema.ts', SCHEMA());
    }
    assert.deepEqual(await sql('SELECT * FROM users'), [{ id: 1, name: 'ann', age: null }]);
  });

  test('generate, migrate', async () => {
    const { DATABASE, sql } = await database();
    await works([DRIZZLE_KIT, 'generate'], { DATABASE });
    await works([DRIZZLE_KIT, 'migrate'], { DATABASE });
    await works([DRIZZLE_KIT, 'migrate'], { DATABASE }); // nothing is left to do
    assert.deepEqual(await columns(sql), ['id', 'name']);
    assert.deepEqual(await sql('SELECT count(*) AS n FROM __drizzle_migrations'), [{ n: 1 }]);
  });

  test('pull', async () => {
    const { DATABASE, sql } = await database();
    await sql(`CREATE TABLE parent(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE);
      CREATE TABLE child(id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent(id) ON DELETE CASCADE, note TEXT DEFAULT 'none');
      CREATE INDEX child_note ON child(note); CREATE VIEW notes AS SELECT note FROM child`);
    mkdirSync(join(folder, 'pulled'));
    file('pull.config.ts', CONFIG.replace('./drizzle', './pulled'));
    await works([DRIZZLE_KIT, 'pull', '--config', 'pull.config.ts'], { DATABASE });
    const schema = readFileSync(join(folder, 'pulled', 'schema.ts'), 'utf8');
    for (const said of ['sqliteTable("parent"', 'sqliteTable("child"', 'onDelete: "cascade"', 'index("child_note")', 'sqliteView("notes"', 'default("none")']) {
      assert.ok(schema.includes(said), `without ${said}:\n${schema}`);
    }
    assert.ok(readdirSync(join(folder, 'pulled')).some((name) => name.endsWith('.sql')));
  });

  test('without an address of Burgage the preload refuses to start', async () => {
    const { passed, said } = await node(['-e', '0'], { CLOUDFLARE_API_BASE_URL: '' });
    assert.ok(!passed && said.includes('CLOUDFLARE_API_BASE_URL must be the address'), said);
  });
});

describe("Prisma's D1 over HTTP", () => {
  // The adapter knows the error and then wraps it once more, on Cloudflare too: its kind is left as the message.
  const ASK = `import { PrismaD1 } from '@prisma/adapter-d1';
const { CLOUDFLARE_API_TOKEN: CLOUDFLARE_D1_TOKEN, ACCOUNT: CLOUDFLARE_ACCOUNT_ID, DATABASE: CLOUDFLARE_DATABASE_ID } = process.env;
const factory = new PrismaD1({ CLOUDFLARE_D1_TOKEN, CLOUDFLARE_ACCOUNT_ID, CLOUDFLARE_DATABASE_ID });
const adapter = await factory.connect();
const ask = (sql, ...args) => ({ sql, args, argTypes: args.map(() => ({ scalarType: 'string', arity: 'scalar' })) });
const seen = [];
await adapter.executeScript('CREATE TABLE u(id INTEGER PRIMARY KEY, name TEXT UNIQUE, b BLOB); CREATE INDEX ui ON u(b);');
seen.push(await adapter.executeRaw(ask('INSERT INTO u(name) VALUES (?)', 'ann')));
seen.push((await adapter.queryRaw(ask('SELECT id, name, b FROM u WHERE name = ?', 'ann'))).rows);
seen.push(await adapter.queryRaw(ask('INSERT INTO u(name) VALUES (?)', 'ann')).then(() => 'no error', (e) => e.cause.message));
const transaction = await adapter.startTransaction();
await transaction.executeRaw(ask("UPDATE u SET name = 'cy'"));
await transaction.commit();
seen.push((await adapter.queryRaw(ask('SELECT name FROM u'))).rows);
const shadow = await factory.connectToShadowDb();
await shadow.dispose();
seen.push('disposed');
console.log(JSON.stringify(seen));
`;

  test('queries, errors, transactions and shadow databases', async () => {
    const { DATABASE, sql } = await database();
    file('prisma.mjs', ASK);
    const said = await works(['prisma.mjs'], { DATABASE, CI: 'true' });
    const seen = JSON.parse(said.split('\n').find((line) => line.startsWith('[')));
    assert.deepEqual(seen, [1, [[1, 'ann', null]], 'UniqueConstraintViolation', [['cy']], 'disposed']);
    assert.deepEqual(await sql('SELECT name FROM u'), [{ name: 'cy' }]);
  });
});
