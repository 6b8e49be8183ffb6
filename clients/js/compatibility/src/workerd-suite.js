import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testWorkerd } from '@burgage/testing/workerd';

const SUITE = new URL('../third-party/workerd/src/cloudflare/internal/test/d1/', import.meta.url);
const COMMON = 'd1-api-test-common.js';
const ROW_COUNTERS = /(rows_read|rows_written): \d+/g;

/**
 * The suite's own texts; with `rowCounters` false, the numbers of rows that it expects are replaced by its own word for
 * "whatever it is".
 */
export function suiteFile(name, { rowCounters }) {
  const text = readFileSync(new URL(name, SUITE), 'utf8');
  return rowCounters ? text : text.replace(ROW_COUNTERS, '$1: anything');
}

/**
 * Runs a file of workerd's D1 suite by `workerd test`, on workerd's own D1 class, with Burgage in the place of the
 * suite's mock of D1.
 *
 * @param {string} name such as `d1-api-test.js`
 * @returns {Promise<Map<string, boolean>>} whether each test passed
 */
export async function runWorkerdSuite(name, { pool, tenant, server, rowCounters }) {
  const folder = mkdtempSync(join(tmpdir(), 'burgage-wd-test-'));
  try {
    for (const file of [name, COMMON]) writeFileSync(join(folder, file), suiteFile(file, { rowCounters }));
    writeFileSync(join(folder, 'd1-mock.js'), readFileSync(new URL('./commit-tokens.js', import.meta.url)));
    const config = join(folder, 'suite.wd-test');
    writeFileSync(config, configuration(name, { pool, tenant, server }));
    const { said } = await testWorkerd(config, { cwd: folder, flags: ['--experimental'] });
    const tests = [...said.matchAll(/\[ (PASS|FAIL) \] suite:(\w+)/g)];
    if (tests.length === 0) throw new Error(`workerd test said nothing that is known:\n${said}`);
    return new Map(tests.map(([, result, test]) => [test, result === 'PASS']));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// The suite's own configuration (d1-api-test.wd-test, d1-api-test-with-sessions.wd-test), with another "d1-mock".
function configuration(name, { pool, tenant, server }) {
  return `using Workerd = import "/workerd/workerd.capnp";
const unitTests :Workerd.Config = (
  services = [
    (name = "suite", worker = (
      modules = [
        (name = "worker", esModule = embed "${name}"),
        (name = "d1-api-test-common", esModule = embed "${COMMON}"),
      ],
      compatibilityDate = "2026-04-01",
      compatibilityFlags = ["experimental", "nodejs_compat", "service_binding_extra_handlers"],
      bindings = [
        (name = "d1", wrapped = (
          moduleName = "cloudflare-internal:d1-api",
          innerBindings = [(name = "fetcher", service = "d1-mock")])),
        (name = "d1MockFetcher", service = "d1-mock"),
      ],
    )),
    (name = "d1-mock", worker = (
      modules = [(name = "worker", esModule = embed "d1-mock.js")],
      compatibilityDate = "2026-04-01",
      bindings = [
        (name = "server", service = "burgage"),
        (name = "tenantUrl", text = "${pool.url}/tenants/${tenant}"),
        (name = "token", text = "${pool.token}"),
      ],
    )),
    (name = "burgage", external = (address = "${server}", http = ())),
  ],
);
`;
}
