import { Database } from './database.js';
import { checkedTenantId } from './tenant-id.js';
import { Transport } from './transport.js';

const RETRY_FOR_MS = 5_000;
const TIMEOUT_MS = 60_000;
/** What a service binding is asked for: the host says nothing there. */
const BOUND_URL = 'http://burgage-pool';

/** A pool's databases, by tenant. */
export class D1Pool {
  #transport;

  /** @param {import('../index.d.ts').D1PoolOptions} options */
  constructor({ url, token, fetcher, retryFor = RETRY_FOR_MS, timeout = TIMEOUT_MS, revision } = {}) {
    this.#transport = new Transport({
      fetcher: checkedFetcher(fetcher, url),
      url: url === undefined ? BOUND_URL : checkedUrl(url),
      token: checkedToken(token, fetcher),
      retryFor: checkedMillis('retryFor', retryFor, 0),
      timeout: checkedMillis('timeout', timeout, 1),
    });
    this.#transport.seen(revision ?? null);
  }

  /**
   * The tenant's database. Nothing is sent until a statement runs, so this costs next to nothing.
   *
   * @param {string} tenant
   * @returns {import('../index.d.ts').D1Database}
   */
  get(tenant) {
    return /** @type {any} */ (new Database(this.#transport, checkedTenantId(tenant)));
  }

  /** The newest revision that this pool has seen; empty before the first. */
  get revision() {
    return this.#transport.revision;
  }

  /** @param {string} revision of an answer about the tenant, for example that of its creation */
  seen(revision) {
    this.#transport.seen(revision);
  }
}

/**
 * @param {{fetch: Function} | undefined} fetcher
 * @param {string | URL | undefined} url
 */
function checkedFetcher(fetcher, url) {
  if (fetcher === undefined) {
    if (url === undefined) {
      throw new TypeError('D1Pool needs a url, such as "http://127.0.0.1:8787/v1/pools/shop", or a fetcher');
    }
    // A method of its own, because fetch of some runtimes must not be called on another object.
    return { fetch: (/** @type {string} */ input, /** @type {RequestInit} */ init) => fetch(input, init) };
  }
  if (typeof fetcher?.fetch !== 'function') {
    throw new TypeError('the fetcher of a D1Pool is something with fetch(), such as a service binding');
  }
  return fetcher;
}

/** @param {string | URL} url */
function checkedUrl(url) {
  const text = String(url);
  let parsed;
  try {
    parsed = new URL(text);
  } catch {
    parsed = undefined;
  }
  const fits = parsed && /^https?:$/.test(parsed.protocol) && /\/v1\/pools\/[^/]+\/?$/.test(parsed.pathname);
  if (!parsed || !fits || parsed.search || parsed.hash || parsed.username) {
    throw new TypeError(
      `the url of a D1Pool is that of a pool, such as "http://127.0.0.1:8787/v1/pools/shop"; got "${text}"`,
    );
  }
  return text.replace(/\/$/, '');
}

/**
 * @param {string | undefined} token
 * @param {unknown} fetcher which may add the token itself
 */
function checkedToken(token, fetcher) {
  if (token === undefined && fetcher !== undefined) return undefined;
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    throw new TypeError('D1Pool needs a token: text without spaces or control characters');
  }
  return token;
}

/**
 * @param {string} name
 * @param {number} value
 * @param {number} least
 */
function checkedMillis(name, value, least) {
  if (!Number.isInteger(value) || value < least) {
    throw new TypeError(`${name} of a D1Pool is a whole number of milliseconds from ${least} on; got ${value}`);
  }
  return value;
}
