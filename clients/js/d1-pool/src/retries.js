// A statement that may be sent twice: one SELECT, VALUES or EXPLAIN, or a WITH that holds no writing word. D1 repeats
// the same ones (docs: "read-only queries"), up to twice.
const READS = /^\s*(?:SELECT|VALUES|EXPLAIN)\b/i;
const WITH = /^\s*WITH\b/i;
const WRITES = /\b(?:INSERT|UPDATE|DELETE|REPLACE)\b/i;
const COMMENTS = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/;

export const LOST_READ_RETRIES = 2;
const FIRST_PAUSE_MS = 50;
const PAUSE_MS_MAX = 1_000;
const ASKED_MS_MAX = 60_000;

/**
 * Whether sending it twice does no harm. Says no when in doubt.
 *
 * @param {string} sql
 */
export function isRead(sql) {
  const text = sql.replace(COMMENTS, '').trimEnd().replace(/;$/, '');
  if (text.includes(';')) return false;
  return READS.test(text) || (WITH.test(text) && !WRITES.test(text));
}

/**
 * The pause before the next attempt: at least what the server asked for, and a random part that grows up to a second,
 * so that clients that were turned away together do not come back together.
 *
 * @param {number} attempt from 1
 * @param {number} askedMs
 * @param {() => number} random
 */
export function pauseMs(attempt, askedMs, random) {
  const most = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), PAUSE_MS_MAX);
  return Math.min(askedMs, ASKED_MS_MAX) + most * random();
}

/**
 * `Retry-After` in seconds; its other form, a date, is not used between machines that may disagree about the time.
 *
 * @param {string | null} header
 */
export function retryAfterMs(header) {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : 0;
}
