import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

const mostOctets = 16 * 2 ** 20;
// Between two looks, which take some 10 us each.
const milliseconds = 100;

/**
 * Ends the growth of V8's heap in a long collection; gives what stops the watch. A message's objects live for as long as the message is under way.
 * V8 lets the part of the heap for what is new grow by all that ever outlived one of its collections, up to 128 MB, and lets what died later lie until
 * there is four times as much.
 *
 * The two flags are read each time the heap would grow, so they may be set at any time. Set from the start, they would make short collections slower.
 */
export function boundHeap(): () => void {
  const timer = setInterval(() => {
    const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
    if (young === undefined || young.space_size < mostOctets) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    setFlagsFromString('--heap-growing-percent=50');
    clearInterval(timer);
  }, milliseconds);
  timer.unref();
  return () => clearInterval(timer);
}
