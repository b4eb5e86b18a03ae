import type { Context } from '../context.ts';

const patience = 1000;

/** Tells a user who interrupts why it does not end at once, where it does not. Gives the function that stops it. */
export function explainEnding({ output, io }: Context): () => void {
  let timer: NodeJS.Timeout | undefined;
  const explain = (): void => {
    timer = setTimeout(() => {
      output.note('Finishing what is under way. Interrupt again to end at once.');
    }, patience);
  };
  io.signal.addEventListener('abort', explain, { once: true });
  return () => {
    clearTimeout(timer);
    io.signal.removeEventListener('abort', explain);
  };
}
