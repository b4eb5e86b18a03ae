// The command line as the documents call it: the program itself, but what it asks is answered by POSTRIDER_DOCS_ANSWERS.
import { run } from '../../packages/postrider/src/main.ts';
import { processIo } from '../../packages/postrider/src/process-io.ts';

const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort(new DOMException('interrupted', 'AbortError')));
const answers = (process.env['POSTRIDER_DOCS_ANSWERS'] ?? '').split(' | ').filter((answer) => answer !== '');

/** Leaves on the screen what stays there once a question was answered. */
function answer(
  question: string,
  { shown, preset }: { readonly shown: boolean; readonly preset?: string },
): string {
  const given = answers.shift();
  if (given === undefined) throw new Error(`the document has no answer to "${question}"`);
  const next = given === '(Enter)' && preset !== undefined ? preset : given;
  process.stderr.write(`✔ ${question}${shown ? ` ${next}` : ''}\n`);
  return next;
}

process.exitCode = await run(process.argv.slice(2), {
  ...processIo(interrupt.signal),
  // The one mail domain of the documents' world tells where its POP3 server is (RFC 6186).
  discovery: {
    resolveSrv: async (name) =>
      name === '_pop3s._tcp.example.org'
        ? [{ name: 'pop.example.org', port: 995, priority: 0, weight: 0 }]
        : [],
    fetchText: async () => undefined,
  },
  prompter: {
    available: answers.length > 0,
    hidden: async (question) => answer(question, { shown: false }),
    line: async (question, { preset = '', check } = {}) => {
      const text = answer(question, { shown: true, preset });
      const wrong = check?.(text);
      if (wrong !== undefined) throw new Error(`${text}: ${wrong}`);
      return text;
    },
    confirm: async (question) => answer(question, { shown: true }) === 'Yes',
    choose: async (question, choices) => {
      const label = answer(question, { shown: true });
      const choice = choices.find((each) => each.label === label);
      if (choice === undefined) throw new Error(`"${label}" is none of the choices`);
      return choice.value;
    },
  },
});
