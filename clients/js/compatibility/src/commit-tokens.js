// Stands between workerd's D1 class and Burgage in workerd's own suite: passes everything on, and keeps the account of
// commit tokens that the suite asks its mock for.
let received = [];
let returned = [];
let next;

const TOKEN = 'x-cf-d1-session-commit-token';

export default {
  async fetch(request, env) {
    const { pathname, search, searchParams } = new URL(request.url);
    switch (pathname) {
      case '/commitTokens':
        return Response.json({ commitTokensReceived: received, commitTokensReturned: returned });
      case '/commitTokens/reset':
        received = [];
        returned = [];
        return Response.json({});
      case '/commitTokens/nextToken':
        next = searchParams.get('t');
        return Response.json({});
      default:
        return passOn(request, env, pathname + search);
    }
  },
};

async function passOn(request, env, endpoint) {
  const headers = new Headers(request.headers);
  headers.set('authorization', `Bearer ${env.token}`);
  received.push(headers.get(TOKEN));
  const answer = await env.server.fetch(env.tenantUrl + endpoint, { method: 'POST', headers, body: await request.text() });
  const response = new Response(answer.body, answer);
  if (response.headers.has(TOKEN)) {
    if (next !== undefined) response.headers.set(TOKEN, next);
    next = undefined;
    returned.push(response.headers.get(TOKEN));
  }
  return response;
}
