import { d1Error } from './failure.js';

/**
 * A bound value as it goes over the wire. The rules and the words are those of workerd's d1-api.ts.
 *
 * @param {any} value
 * @returns {unknown}
 */
export function wireValue(value) {
  const type = typeof value;
  if (type === 'number' || type === 'string' || value === null) return value;
  if (type === 'boolean') return value ? 1 : 0;
  if (type === 'object') {
    if (Array.isArray(value) && value.every(isByte)) return value;
    if (value instanceof ArrayBuffer) return Array.from(new Uint8Array(value));
    if (ArrayBuffer.isView(value)) return Array.from(/** @type {any} */ (value));
  }
  throw d1Error('D1_TYPE_ERROR', `Type '${type}' not supported for value '${value}'`);
}

/** @param {unknown} value */
function isByte(value) {
  return typeof value === 'number' && value >= 0 && value < 256;
}
