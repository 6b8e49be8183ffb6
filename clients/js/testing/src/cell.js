import { randomBytes } from 'node:crypto';

/**
 * The Burgage that the runner started (src/run.js), or the one that BURGAGE_TEST_URL and BURGAGE_TEST_TOKEN name.
 *
 * @returns {Cell}
 */
export function cell() {
  const { BURGAGE_TEST_URL: url, BURGAGE_TEST_TOKEN: token } = process.env;
  if (!url || !token) {
    throw new Error('these tests need a Burgage: run them by `npm test`, or set BURGAGE_TEST_URL and BURGAGE_TEST_TOKEN');
  }
  return new Cell(url, token);
}

/** A running Burgage as a test sees it. */
class Cell {
  constructor(url, token) {
    this.url = url;
    this.token = token;
  }

  /** A pool of its own for a test. */
  async pool() {
    const name = unique('pool');
    await this.send('POST', '/v1/pools', { name });
    return new Pool(this, name);
  }

  async send(method, path, body) {
    const response = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

class Pool {
  #cell;

  constructor(cell, name) {
    this.#cell = cell;
    this.name = name;
    this.url = `${cell.url}/v1/pools/${name}`;
    this.token = cell.token;
  }

  /** A new tenant; returns its id when its database can be used. */
  async tenant(id = unique('tenant')) {
    await this.#cell.send('POST', `/v1/pools/${this.name}/tenants`, { id });
    return id;
  }

  send(method, path, body) {
    return this.#cell.send(method, `/v1/pools/${this.name}${path}`, body);
  }
}

function unique(kind) {
  return `${kind}-${randomBytes(6).toString('hex')}`;
}
