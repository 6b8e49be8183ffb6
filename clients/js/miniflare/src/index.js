import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const NAME = 'burgage';
const MODULE = 'burgage:pool';
const require = createRequire(import.meta.url);

/**
 * Miniflare's external plugins, by name. One object serves miniflare 4, which hands over an array of unsafe bindings,
 * and miniflare 5, which hands over a worker's configuration.
 */
export const plugins = {
  [NAME]: {
    bindingTypeDescription: 'Burgage pool',
    // Miniflare 4 parses options with this; what is wrong in them is said by poolOf, in words for people.
    options: {
      parse: (data) => data,
      safeParse: (data) => ({ success: true, data }),
      _parse: (input) => ({ status: 'valid', value: input.data }),
    },
    getBindings: (options) => bindings(options).map(([name, pool]) => ({
      name,
      wrapped: {
        moduleName: MODULE,
        innerBindings: [
          { name: 'server', service: { name: serviceName(pool) } },
          { name: 'url', text: pool.url.href.replace(/\/$/, '') },
          { name: 'token', text: pool.token },
        ],
      },
    })),
    getNodeBindings: (options) => {
      const ProxyNodeBinding = callingMiniflare().ProxyNodeBinding;
      return Object.fromEntries(bindings(options).map(([name]) => [name, new ProxyNodeBinding()]));
    },
    getServices: ({ options }) => {
      const services = bindings(options).map(([, pool]) => [serviceName(pool), service(pool)]);
      return [...new Map(services).values()];
    },
    getExtensions: () => [
      {
        modules: [
          {
            name: MODULE,
            internal: true,
            esModule: readFileSync(fileURLToPath(import.meta.resolve('@burgage/workerd/pool.js')), 'utf8'),
          },
        ],
      },
    ],
  },
};

/** @returns {[name: string, pool: ReturnType<typeof poolOf>][]} */
function bindings(options) {
  const found = Array.isArray(options)
    ? options.map((binding) => [binding.name, binding.options])
    : Object.entries(options?.config?.env ?? {})
        .filter(([, binding]) => binding?.dev?.plugin?.name === NAME)
        .map(([name, binding]) => [name, binding.dev.options]);
  return found.map(([name, given]) => [name, poolOf(name, given ?? {})]);
}

/** @param {import('../index.d.ts').PoolBindingOptions} options */
function poolOf(name, { url = process.env.BURGAGE_POOL_URL, token = process.env.BURGAGE_TOKEN, ca }) {
  let parsed;
  try {
    parsed = new URL(url ?? '');
  } catch {
    parsed = undefined;
  }
  if (!parsed || !/^https?:$/.test(parsed.protocol) || !/\/v1\/pools\/[^/]+\/?$/.test(parsed.pathname)) {
    throw new TypeError(
      `binding ${name}: option "url" (or BURGAGE_POOL_URL) is that of a pool, such as` +
        ` "http://127.0.0.1:8787/v1/pools/shop"; got ${url === undefined ? 'none' : `"${url}"`}`,
    );
  }
  if (!token) {
    throw new TypeError(`binding ${name}: there is no token; set BURGAGE_TOKEN (best) or the option "token"`);
  }
  return { url: parsed, token, ca };
}

// Pools of one server share a service. Its name is a part of a map's key in miniflare, so it tells the authority, too.
function serviceName({ url, ca }) {
  return `${NAME}:${url.origin}${ca === undefined ? '' : ':own-ca'}`;
}

function service(pool) {
  const { url, ca } = pool;
  const name = serviceName(pool);
  if (url.protocol === 'http:') return { name, external: { address: hostAndPort(url, 80), http: {} } };
  const tlsOptions = ca === undefined ? { trustBrowserCas: true } : { trustedCertificates: [ca] };
  return {
    name,
    external: { address: hostAndPort(url, 443), https: { options: {}, tlsOptions, certificateHost: url.hostname } },
  };
}

function hostAndPort(url, port) {
  return url.port === '' ? `${url.hostname}:${port}` : url.host;
}

/**
 * The miniflare that called: what it gets must be of its own class. It may be another copy than the one next to this
 * package, and not the only one in the process, so it is looked for among the loaded modules by its file in the stack.
 */
function callingMiniflare() {
  const stack = new Error().stack ?? '';
  const loaded = Object.entries(require.cache).filter(
    ([, module]) => module?.exports?.ProxyNodeBinding && module.exports.Miniflare,
  );
  const [, caller] = loaded.find(([file]) => stack.includes(file)) ?? loaded[0] ?? [];
  return caller?.exports ?? require('miniflare');
}
