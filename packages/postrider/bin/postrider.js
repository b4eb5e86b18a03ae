#!/usr/bin/env node
// Kept as plain, old JavaScript: it has to run, and to explain itself, on a Node that cannot load the rest.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `postrider: this is Node ${process.versions.node}, and Postrider needs Node 24 or newer\n` +
      'hint: install a current Node from https://nodejs.org, then try again\n',
  );
  process.exitCode = 78;
} else {
  import('../bundle/main.js').then(
    (program) => program.runProcess(),
    (error) => {
      const unbuilt = error?.code === 'ERR_MODULE_NOT_FOUND' && String(error.message).includes('main.js');
      process.stderr.write(
        unbuilt
          ? 'postrider: it has not been built yet: bundle/main.js is missing\nhint: run `npm run build` first\n'
          : `postrider: it could not be loaded: ${error?.message ?? error}\nhint: install it again\n`,
      );
      process.exitCode = 70;
    },
  );
}
