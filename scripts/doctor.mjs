// Everything here runs on the Node pinned in devDependencies, not on whatever the machine has.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(`The tests need Node 24, but this is ${process.version}. Run: npm rebuild node`);
  process.exit(1);
}
