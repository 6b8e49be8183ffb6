// The rule is dev.burgage.protocol.Names, which the server goes by.
const RULE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/**
 * A tenant id that may stand in a URL. It is checked here, before any request, so that a mistake reads the same
 * everywhere and no id can reach another path.
 *
 * @param {unknown} tenant
 * @returns {string}
 */
export function checkedTenantId(tenant) {
  if (typeof tenant !== 'string' || !RULE.test(tenant)) {
    throw new TypeError(
      `a tenant id is 1 to 63 of A-Z a-z 0-9 . _ -, first a letter or digit; got ${shown(tenant)}`,
    );
  }
  return tenant;
}

/** @param {unknown} value */
function shown(value) {
  if (typeof value !== 'string') return value === null ? 'null' : typeof value;
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
}
