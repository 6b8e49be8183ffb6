import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * A Worker as one module, the way wrangler bundles it.
 *
 * @param {URL | string} source a file, or the text of a module
 * @param {URL} [folder] where the text's imports are found from
 */
export async function bundle(source, folder = new URL('.', import.meta.url)) {
  const entry =
    source instanceof URL
      ? { entryPoints: [fileURLToPath(source)] }
      : { stdin: { contents: source, resolveDir: fileURLToPath(folder) } };
  const { outputFiles } = await build({
    ...entry,
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*', 'cloudflare-internal:*'],
    logLevel: 'error',
  });
  return outputFiles[0].text;
}
