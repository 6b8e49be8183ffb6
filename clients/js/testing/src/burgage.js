import { spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../../../burgage', import.meta.url));
// Seconds on a quiet machine; the build runs other tests beside this one.
const START_MS_MAX = 600_000;
const STOP_MS_MAX = 40_000;

/**
 * Starts the real server, `burgage dev`: a control plane with PostgreSQL and one node.
 *
 * @returns {Promise<{url: string, token: string, stop: () => Promise<void>}>}
 */
export async function startBurgage() {
  const folder = mkdtempSync(join(tmpdir(), 'burgage-js-'));
  const log = join(folder, 'server.log');
  const [port, nodePort] = await freePorts(2);
  const token = randomBytes(16).toString('hex');
  const output = openSync(log, 'a');
  // A process group of its own: Ctrl-C of the tests must not reach it before they are done.
  const server = spawn(LAUNCHER, ['dev', '--port', String(port), '--data', join(folder, 'data')], {
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...process.env, BURGAGE_TOKEN: token, BURGAGE_LOCAL_NODE_PORT: String(nodePort) },
  });
  closeSync(output);
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const stop = async () => {
    server.kill('SIGTERM');
    const killer = setTimeout(() => server.kill('SIGKILL'), STOP_MS_MAX);
    await ended;
    clearTimeout(killer);
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + START_MS_MAX;
  while (!(await isReady(url))) {
    if (server.exitCode !== null || Date.now() > deadline) {
      const said = readFileSync(log, 'utf8').split('\n').slice(-20).join('\n');
      await stop();
      throw new Error(`Burgage did not start; its last words:\n${said}`);
    }
    await new Promise((resume) => setTimeout(resume, 200));
  }
  return { url, token, stop };
}

async function isReady(url) {
  try {
    return (await fetch(`${url}/actuator/health/readiness`)).ok;
  } catch {
    return false;
  }
}

// Outside the range from which Linux and macOS give ports to whoever does not care: another test's
// server or connection must not get one of these before Burgage has it.
async function freePorts(count) {
  const ports = new Set();
  while (ports.size < count) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) {
      ports.add(port);
    }
  }
  return [...ports];
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
