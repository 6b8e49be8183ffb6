import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

// From the workspace's root: below this package are the older ones of older wranglers.
const require = createRequire(new URL('../../package.json', import.meta.url));
const PLATFORM = `${process.platform}-${process.arch === 'x64' ? '64' : process.arch}`;
// npm's own `workerd` is a script of Node that starts the binary; stopping it would not stop that.
const WORKERD = createRequire(require.resolve('workerd/package.json')).resolve(`@cloudflare/workerd-${PLATFORM}/bin/workerd`);
const START_MS_MAX = 30_000;

/**
 * Serves a configuration whose socket is called "http" on any free port, with Burgage at another address than it says.
 *
 * @param {string} config
 * @param {{burgage: string, env: Record<string, string>}} options
 * @returns {Promise<{url: string, stop: () => Promise<void>}>}
 */
export async function serveWorkerd(config, { burgage, env }) {
  const child = spawn(
    WORKERD,
    ['serve', config, '--control-fd=3', '--socket-addr=http=127.0.0.1:0', `--external-addr=burgage=${burgage}`],
    { env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit', 'pipe'] },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const port = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('workerd did not start')), START_MS_MAX);
    child.stdio[3].on('data', (line) => {
      clearTimeout(timer);
      resolve(JSON.parse(String(line)).port);
    });
    ended.then((status) => reject(new Error(`workerd ended with status ${status}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** `workerd test` of a file; returns what it said and whether it passed. */
export async function testWorkerd(file, { cwd = join(file, '..'), flags = [] } = {}) {
  const child = spawn(WORKERD, ['test', file, ...flags], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  const status = await new Promise((resolve) => child.once('exit', resolve));
  return { passed: status === 0, said };
}
