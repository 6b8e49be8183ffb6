import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Miniflare } from 'miniflare-5';

export const PLUGIN = fileURLToPath(import.meta.resolve('@burgage/miniflare'));
const COMPATIBILITY_DATE = '2026-04-01';

/** A D1 database of miniflare's own: the reference. */
export const D1_BINDING = { type: 'd1', id: 'reference' };

/** The plugin's binding to a pool. */
export function poolBinding({ url, token }) {
  return { type: 'unsafe:burgage', dev: { plugin: { package: PLUGIN, name: 'burgage' }, options: { url, token } } };
}

/**
 * Runs a Worker in real workerd.
 *
 * @param {Record<string, string | URL>} modules by name; the first one is the main one. A URL is a file to read.
 * @param {Record<string, object>} env bindings
 */
export function worker(modules, env, { flags = [] } = {}) {
  const contents = Object.entries(modules).map(([name, source]) => [
    name,
    { type: 'esm', contents: source instanceof URL ? readFileSync(source, 'utf8') : source },
  ]);
  return new Miniflare({
    host: '127.0.0.1',
    port: 0,
    workers: [
      {
        config: {
          name: 'compatibility',
          compatibilityDate: COMPATIBILITY_DATE,
          compatibilityFlags: flags,
          manifest: { mainModule: Object.keys(modules)[0], modulesRoot: '/', modules: Object.fromEntries(contents) },
          env,
        },
      },
    ],
  });
}
