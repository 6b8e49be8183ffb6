import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const SUITE = here('../third-party/workers-sdk/packages/miniflare/test/plugins/d1/suite.ts');

/** The suite's text is not changed on disk. Burgage tells more in `meta`, by another name, and estimates rows. */
const ownMeta = {
  name: 'own-meta',
  enforce: 'pre',
  load(id) {
    if (id !== SUITE) return undefined;
    return readFileSync(SUITE, 'utf8')
      .replaceAll('expect(result).toEqual({', 'expect(result).toMatchObject({')
      .replace(/served_by: "miniflare\.db",/g, '')
      .replace(/rows_(?:read|written): \d+,/g, '');
  },
};

/**
 * Left out, because they never reach a database that is not miniflare's own: where it keeps its files ("persist"), what
 * ids its databases may have ("strange names"), and its own export ("dumpSql").
 */
const ABOUT_A_DATABASE = /^(?!operations persist|operations permit strange|dumpSql)/;

export default defineConfig({
  root: here('..'),
  plugins: [ownMeta],
  resolve: {
    alias: [
      { find: '../../test-shared', replacement: here('test-shared.js') },
      { find: './test', replacement: here('test.js') },
      { find: /^miniflare$/, replacement: 'miniflare-5' },
    ],
  },
  test: {
    include: ['miniflare-suite/suite.spec.js'],
    testNamePattern: ABOUT_A_DATABASE,
    testTimeout: 30_000,
    server: { deps: { external: [/miniflare-5/] } },
  },
});
