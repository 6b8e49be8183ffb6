// A reporter of node's test runner: one line of JSON for each test, with the names of the suites that it is in.
export default async function* results(events) {
  const names = [];
  for await (const { type, data } of events) {
    if (type === 'test:start') {
      names.length = data.nesting;
      names.push(data.name);
    }
    if ((type === 'test:pass' || type === 'test:fail') && data.details.type !== 'suite') {
      const path = [...names.slice(0, data.nesting), data.name];
      yield `${JSON.stringify({ file: data.file, path, passed: type === 'test:pass' })}\n`;
    }
  }
}
