/**
 * An error in D1's form: the prefix and the text in `message`, the bare text in `cause`.
 *
 * @param {string} prefix such as `D1_ERROR`
 * @param {string} text as the server said it
 * @param {{code?: string, retryable?: boolean, cause?: unknown}} [more]
 */
export function d1Error(prefix, text, { code, retryable, cause } = {}) {
  const error = new Error(`${prefix}: ${text}`, { cause: cause ?? new Error(text) });
  return Object.assign(error, code === undefined ? {} : { code }, retryable ? { retryable } : {});
}

/** A request that got no results: what the server or the network said, before a prefix is put to it. */
export class Failure extends Error {
  /**
   * @param {string} text
   * @param {{code?: string, retryable?: boolean, retryAfter?: number, lost?: boolean, cause?: unknown}} [more]
   *   `retryable`: surely not carried out, and may succeed later. `lost`: may have been carried out.
   */
  constructor(text, { code, retryable = false, retryAfter = 0, lost = false, cause } = {}) {
    super(text, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryable = retryable;
    this.retryAfter = retryAfter;
    this.lost = lost;
  }

  /** @param {string} prefix */
  as(prefix) {
    return d1Error(prefix, this.message, this);
  }
}
