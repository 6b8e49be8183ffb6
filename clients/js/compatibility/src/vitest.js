import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VITEST = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

/**
 * Runs vitest with a configuration.
 *
 * @param {URL} config
 * @param {Record<string, string>} [env]
 * @returns {Promise<{title: string, status: string}[]>} its tests
 */
export async function runVitest(config, env = {}) {
  const vitest = spawn(process.execPath, [VITEST, 'run', '--config', fileURLToPath(config), '--reporter=json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const chunks = [];
  for await (const chunk of vitest.stdout) chunks.push(chunk);
  const said = Buffer.concat(chunks).toString();
  const json = said.split('\n').find((line) => line.startsWith('{"numTotalTestSuites"'));
  if (json === undefined) throw new Error(`vitest gave no results:\n${said}`);
  return JSON.parse(json).testResults.flatMap((file) => file.assertionResults);
}
