import { Failure } from './failure.js';
import { isRead, LOST_READ_RETRIES, pauseMs, retryAfterMs } from './retries.js';

/** D1's header: a constraint or a bookmark in, the newest bookmark out. */
const SESSION = 'x-cf-d1-session-commit-token';
const REVISION = 'Burgage-Revision';
const SHOWN_MAX = 500;

// Codes that say: surely not carried out, and may succeed later. From dev.burgage.protocol.error.ErrorCode.
const RETRYABLE = new Set(['overloaded', 'node_unavailable', 'not_ready', 'revision_not_reached', 'template_missing']);
// Errors of Node's and Bun's fetch that come before anything was sent.
const NEVER_SENT = new Set([
  'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT', 'ConnectionRefused',
]);

/**
 * @typedef {{sql: string, params: unknown[]}} Query
 * @typedef {{results: any, success: true, meta: Record<string, any>}} WireResult
 * @typedef {{results: WireResult[], bookmark: string | null}} Answer
 */

/** Sends statements of one pool in the wire format of D1's binding, and repeats what may be repeated. */
export class Transport {
  #fetcher;
  #url;
  #token;
  #retryFor;
  #timeout;
  #revision = '';

  /**
   * @param {{fetcher: {fetch: Function}, url: string, token?: string, retryFor: number, timeout: number}} options
   */
  constructor({ fetcher, url, token, retryFor, timeout }) {
    this.#fetcher = fetcher;
    this.#url = url;
    this.#token = token;
    this.#retryFor = retryFor;
    this.#timeout = timeout;
  }

  get revision() {
    return this.#revision;
  }

  /**
   * Every query after this waits, within bounds, until its node has seen that revision.
   *
   * @param {string | null} revision
   */
  seen(revision) {
    // Revisions sort as texts.
    if (revision && revision > this.#revision) this.#revision = revision;
  }

  /**
   * @param {string} tenant
   * @param {string} endpoint `/query?…` or `/execute?…`
   * @param {Query | Query[]} body
   * @param {string | null} session
   * @returns {Promise<Answer>}
   * @throws {Failure}
   */
  async send(tenant, endpoint, body, session) {
    const reads = [body].flat().every((query) => isRead(query.sql));
    const deadline = Date.now() + this.#retryFor;
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.#attempt(tenant, endpoint, body, session);
        if (attempt > 1) for (const { meta } of answer.results) meta.total_attempts = attempt;
        return answer;
      } catch (failure) {
        if (!(failure instanceof Failure)) throw failure;
        const again = failure.retryable || (failure.lost && reads && attempt <= LOST_READ_RETRIES);
        const pause = pauseMs(attempt, failure.retryAfter, Math.random);
        if (!again || Date.now() + pause >= deadline) throw failure;
        await new Promise((resume) => setTimeout(resume, pause));
      }
    }
  }

  /**
   * @param {string} tenant
   * @param {string} endpoint
   * @param {Query | Query[]} body
   * @param {string | null} session
   * @returns {Promise<Answer>}
   */
  async #attempt(tenant, endpoint, body, session) {
    /** @type {Response} */
    let response;
    let text;
    try {
      response = await this.#fetcher.fetch(`${this.#url}/tenants/${encodeURIComponent(tenant)}${endpoint}`, {
        method: 'POST',
        headers: this.#headers(session),
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(this.#timeout),
      });
      text = await response.text();
    } catch (cause) {
      throw lost(cause);
    }
    this.seen(response.headers.get(REVISION));
    return { results: results(response, text), bookmark: response.headers.get(SESSION) };
  }

  /** @param {string | null} session */
  #headers(session) {
    /** @type {Record<string, string>} */
    const headers = { 'content-type': 'application/json' };
    if (this.#token !== undefined) headers.authorization = `Bearer ${this.#token}`;
    if (this.#revision !== '') headers[REVISION] = this.#revision;
    if (session !== null) headers[SESSION] = session;
    return headers;
  }
}

/** @param {any} cause */
function lost(cause) {
  const neverSent = NEVER_SENT.has(cause?.cause?.code ?? cause?.code);
  // D1's words; its users match them.
  return new Failure('Network connection lost.', { cause, lost: !neverSent, retryable: neverSent });
}

/**
 * @param {Response} response
 * @param {string} text
 * @returns {WireResult[]}
 */
function results(response, text) {
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    const shown = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
    throw new Failure(`Failed to parse body as JSON, got: ${shown}`);
  }
  // The HTTP status is not looked at: D1 answers failures with 200, Burgage with the status of their code.
  const bad = Array.isArray(body) ? body.find((result) => result?.error || result?.success === false) : body;
  if (bad !== undefined) throw failed(response, bad);
  return body;
}

/**
 * @param {Response} response
 * @param {any} body
 */
function failed(response, body) {
  const text = body?.error ?? body?.detail ?? body?.title ?? `HTTP status ${response.status}`;
  return new Failure(String(text), {
    code: body?.code,
    retryable: RETRYABLE.has(body?.code),
    retryAfter: retryAfterMs(response.headers.get('retry-after')),
  });
}
