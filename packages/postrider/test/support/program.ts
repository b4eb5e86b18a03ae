// The program from its sources, as a process of its own: what bin/postrider.js does with the built one.
import { runProcess } from '../../src/main.ts';

await runProcess();
