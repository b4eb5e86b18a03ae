import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { type Block, documents, readBlocks } from '../src/markdown.ts';
import { makeScene, type Scene } from '../src/scene.ts';
import { matches, readSteps } from '../src/transcript.ts';
import { checkTypes, snippetFile, snippetFolder, writeSnippets } from '../src/type-check.ts';

const root = new URL('../..', import.meta.url).pathname;
process.chdir(root);

/** Commands that cannot be run in a home folder on loopback, and what runs them instead. */
const runElsewhere: Readonly<Record<string, string>> = {
  'npm install @postrider/pop3': 'scripts/packages.ts',
  'npx node --conditions=@postrider/source --test packages/pop3/test/protocol/property.test.ts': 'npm test',
  'npm install @postrider/collector': 'scripts/packages.ts',
  'npm install --global postrider': 'scripts/packages.ts',
  'npm ci && npm run demo': '.ci/run',
  'npm ci && npm test': '.ci/run',
  'npm ci && npm run docs:api': 'npm run check',
  'npm ci': '.ci/run',
  'npm test': '.ci/run',
  'npm run check': '.ci/run',
  'npm run format': 'npm run check',
  'npm run runtimes': '.ci/run',
  'npm run docs:api': 'npm run check',
};

/** Blocks that no test runs, each with its reason in the document. More of them must be a decision. */
const shownOnly = new Map([['docs/unattended.md', 1]]);

const snippets = documents
  .flatMap((document) => readBlocks(document))
  .filter(({ language }) => language === 'ts');

suite('the documents', { concurrency: 2 }, () => {
  before(() => writeSnippets(snippets));
  after(() => rmSync(snippetFolder, { recursive: true, force: true }));

  test('every TypeScript block has the right types', async () => {
    assert.ok(snippets.length > 10);
    assert.equal(await checkTypes(snippets), '');
  });

  for (const document of documents) {
    const blocks = readBlocks(document);
    if (blocks.length > 0) test(`${document}: every block does what it says`, () => checkDocument(blocks));
    test(`${document}: every link leads somewhere`, () => checkLinks(document));
  }

  test('only the blocks that were decided upon are not run', () => {
    const found = new Map<string, number>();
    for (const document of documents) {
      const count = readBlocks(document).filter(({ directives }) => directives.has('shown only')).length;
      if (count > 0) found.set(document, count);
    }
    assert.deepEqual(found, shownOnly);
  });
});

async function checkDocument(blocks: readonly Block[]): Promise<void> {
  const scene = await makeScene();
  try {
    for (const block of blocks) await checkBlock(block, scene);
  } finally {
    await scene.close();
  }
}

async function checkBlock(block: Block, scene: Scene): Promise<void> {
  const { directives, document, line, language, text } = block;
  if (directives.has('shown only')) return;
  const prepare = directives.get('prepare');
  if (prepare !== undefined) await scene.run(prepare);
  const file = directives.get('file');
  if (file !== undefined) {
    const path = join(scene.home, file.replace(/^~\//, ''));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${text}\n`);
    chmodSync(path, language === 'sh' ? 0o700 : 0o600);
    return;
  }
  if (language === 'console') {
    for (const step of readSteps(block)) {
      const { output } = await scene.run(step.command, directives.get('answers'));
      if (matches(step.expected, output)) continue;
      assert.equal(output, `${step.expected.join('\n')}\n`, `${document}:${step.line}: ${step.command}`);
    }
  } else if (language === 'text' && directives.has('output of')) {
    const { output } = await scene.run(`cd '${root}' && ${directives.get('output of')}`);
    if (!matches(text.split('\n'), output.trim())) assert.equal(output, text, `${document}:${line}`);
  } else if (language === 'ts') {
    const { code, output } = await scene.run(`node '${snippetFile(block)}'`);
    assert.equal(code, 0, `${document}:${line}: ${output}`);
  } else if (language === 'sh') {
    for (const command of text.split('\n').map((row) => row.replace(/\s+#.*$/, ''))) {
      const where = runElsewhere[command];
      assert.ok(
        where !== undefined,
        `${document}:${line}: nothing runs "${command}"; make it a console block`,
      );
    }
  } else if (language === 'crontab') {
    for (const row of text.split('\n')) {
      const command = /^(?:[\d*/,-]+ ){5}(postrider .+)$/.exec(row)?.[1];
      assert.ok(command !== undefined, `${document}:${line}: no line of a crontab: ${row}`);
      assert.deepEqual(await scene.run(command), { code: 0, output: '' }, row);
    }
  } else {
    assert.fail(`${document}:${line}: nothing checks a block in "${language}"`);
  }
}

function checkLinks(document: string): void {
  for (const [, target = ''] of readFileSync(document, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^(?:https|mailto):/.test(target)) continue;
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? document : normalize(join(dirname(document), path));
    assert.ok(existsSync(file), `${document} links to ${target}, and there is no ${file}`);
    if (anchor === undefined) continue;
    const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      slug(heading),
    );
    assert.ok(
      headings.includes(anchor),
      `${document} links to ${target}; ${file} has ${headings.join(', ')}`,
    );
  }
}

function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
