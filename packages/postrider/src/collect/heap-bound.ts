import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

const mostOctets = 16 * 2 ** 20;
// Between two looks, which take some 10 us each.
const milliseconds = 100;

/**
 * Bounds V8's heap in a long collection; gives what ends that. A message's objects live for as long as the message is under way.
 * V8 lets the part of the heap for what is new grow by all that ever outlived one of its collections, up to 128 MB, and lets what died later lie until
 * there is four times as much.
 *
 * The two flags are read each time the heap would grow, so they may be set at any time. Set from the start, they would make short collections slower; and
 * what V8 took back in a quiet moment, it may take again.
 */
export function boundHeap(): () => void {
  let bounded = false;
  const bound = (wanted: boolean): void => {
    if (wanted === bounded) return;
    bounded = wanted;
    setFlagsFromString(`--semi-space-growth-factor=${wanted ? 1 : 2}`);
    // 0: V8 decides.
    setFlagsFromString(`--heap-growing-percent=${wanted ? 50 : 0}`);
  };
  const timer = setInterval(() => {
    const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
    bound(young !== undefined && young.space_size >= mostOctets);
  }, milliseconds);
  timer.unref();
  return () => {
    clearInterval(timer);
    bound(false);
  };
}
