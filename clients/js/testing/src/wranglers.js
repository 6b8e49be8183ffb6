import { execFile, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The wranglers that are tried: with miniflare 5, and the newest that Node 20 takes, with miniflare 4. */
export const WRANGLERS = ['wrangler-4.164', 'wrangler-4.86'];

/** Those whose `d1` commands are tried: the last one of version 3, too, which still has backups. */
export const D1_WRANGLERS = [...WRANGLERS, 'wrangler-3.114'];

/** Wrangler's own module, with getPlatformProxy. */
export function wranglerModule(name) {
  return require(name);
}

/** @returns {string} wrangler's command */
function wranglerCommand(name) {
  return join(dirname(require.resolve(`${name}/package.json`)), 'bin', 'wrangler.js');
}

const READY = /Ready on (http:\/\/\S+)/;
const START_MS_MAX = 60_000;

/**
 * `wrangler dev` in a folder with a wrangler file.
 *
 * @param {Record<string, string>} env
 * @returns {Promise<{url: string, stop: () => Promise<void>}>}
 */
export async function wranglerDev(name, folder, env) {
  const child = spawn(process.execPath, [wranglerCommand(name), 'dev', '--port', '0', '--ip', '127.0.0.1', '--show-interactive-dev-session=false'], {
    cwd: folder,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let said = '';
  const url = await new Promise((resolve, reject) => {
    const give = () => reject(new Error(`wrangler dev did not start:\n${said}`));
    const timer = setTimeout(give, START_MS_MAX);
    const hear = (chunk) => {
      said += chunk;
      const ready = READY.exec(said);
      if (ready) resolve((clearTimeout(timer), ready[1]));
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    ended.then(give);
  });
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

const COMMAND_MS_MAX = 120_000;

/**
 * Runs one of wrangler's commands in a folder, which is its home, too.
 *
 * @param {string[]} args
 * @param {Record<string, string>} env
 * @returns {Promise<{passed: boolean, said: string}>} both of its outputs
 */
export function runWrangler(name, args, { cwd, env }) {
  const options = {
    cwd,
    timeout: COMMAND_MS_MAX,
    env: { ...process.env, HOME: cwd, WRANGLER_SEND_METRICS: 'false', CI: 'true', NO_COLOR: '1', ...env },
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [wranglerCommand(name), ...args], options, (error, stdout, stderr) =>
      resolve({ passed: error === null, said: stdout + stderr }));
  });
}
