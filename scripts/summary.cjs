// A reporter beside the dots: names what was skipped, and counts. Node takes one from a module's default, hence this form.
module.exports = async function* summary(events) {
  let passed = 0;
  let failed = 0;
  const skipped = [];
  for await (const { type, data } of events) {
    if (data?.details?.type === 'suite' && data.skip === undefined) continue;
    if (type === 'test:fail') failed++;
    if (type !== 'test:pass') continue;
    if (data.skip === undefined) passed++;
    else skipped.push(`${data.name}${typeof data.skip === 'string' ? `: ${data.skip}` : ''}`);
  }
  yield '\n\n';
  for (const one of skipped) yield `skipped: ${one}\n`;
  yield `${passed} passed, ${failed} failed, ${skipped.length} skipped\n`;
};
