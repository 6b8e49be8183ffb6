// workerd's own D1 class over Burgage: `env.DB_POOL.get(tenant)`. An extension module that is marked `internal`, because
// only such a module may import cloudflare-internal:d1-api. Used by workerd's configuration and by @burgage/miniflare.
//
// Inner bindings: `server` (a service that reaches Burgage), `url` (of the pool), `token`.
import makeD1 from 'cloudflare-internal:d1-api';

// The rule is dev.burgage.protocol.Names, which the server goes by.
const TENANT_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const SESSION = 'x-cf-d1-session-commit-token';

class D1Pool {
  #env;

  constructor(env) {
    this.#env = env;
  }

  get(tenant) {
    if (typeof tenant !== 'string' || !TENANT_ID.test(tenant)) {
      const got = typeof tenant === 'string' ? JSON.stringify(tenant.slice(0, 80)) : typeof tenant;
      throw new TypeError(`a tenant id is 1 to 63 of A-Z a-z 0-9 . _ -, first a letter or digit; got ${got}`);
    }
    return makeD1({ fetcher: new TenantFetcher(this.#env, encodeURIComponent(tenant)) });
  }
}

/** What D1's class asks: a fetcher of its wire format, and from the flag d1_binding_jsrpc on a `query`. */
class TenantFetcher {
  #env;
  #tenant;

  constructor(env, tenant) {
    this.#env = env;
    this.#tenant = tenant;
  }

  fetch(input, init) {
    const { pathname, search } = new URL(input);
    return this.#send(pathname + search, init);
  }

  async query({ queries, bookmark }) {
    const headers = { 'content-type': 'application/json' };
    if (bookmark) headers[SESSION] = bookmark;
    const body = JSON.stringify(queries.map(({ sql, params }) => ({ sql, params: params ?? [] })));
    const response = await this.#send('/query?resultsFormat=ROWS_AND_COLUMNS', { method: 'POST', headers, body });
    const results = await response.json();
    const failed = Array.isArray(results) ? results.find((result) => result.error) : results;
    if (failed) return { success: false, error: new Error(failed.error) };
    return {
      success: true,
      results: {
        bookmark: response.headers.get(SESSION) ?? undefined,
        queryResults: results.map(({ meta, results: { columns, rows } }) => ({ meta, data: { kind: 'raw', columns, rows } })),
      },
    };
  }

  #send(endpoint, init) {
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${this.#env.token}`);
    return this.#env.server.fetch(`${this.#env.url}/tenants/${this.#tenant}${endpoint}`, { ...init, headers });
  }
}

export default (env) => new D1Pool(env);
