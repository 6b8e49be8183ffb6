import { createServer } from 'node:http';

/**
 * A server that gives the answers it was told to, one after the other, for what a real Burgage does too rarely: being
 * overloaded, breaking off. An answer of 'hang up' closes the connection.
 *
 * @param {({status?: number, headers?: object, body: unknown} | 'hang up')[]} answers
 */
export async function stubServer(answers) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    requests.push({ path: request.url, headers: request.headers, body: JSON.parse(Buffer.concat(chunks)) });
    const answer = answers[Math.min(requests.length, answers.length) - 1];
    if (answer === 'hang up') return request.socket.destroy();
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/v1/pools/p`,
    requests,
    async [Symbol.asyncDispose]() {
      await this.close();
    },
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))),
  };
}

const meta = { duration: 1, changes: 0, last_row_id: 0, changed_db: false, size_after: 1, rows_read: 1, rows_written: 0 };

/** The answer to a statement that found one row, `{a: 1}`. */
export const ONE_ROW = { body: [{ success: true, meta, results: { columns: ['a'], rows: [[1]] } }] };

export function problem(status, code, headers = {}) {
  return { status, headers, body: { success: false, error: `it is ${code}`, code, status } };
}
