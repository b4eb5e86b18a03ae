/**
 * Servers that do what a script says, right or wrong, and dialogue files that are played against the protocol core.
 *
 * @module @postrider/pop3/testing
 */
export type {
  Dialogue,
  DialogueAction,
  DialogueStep,
  DirectiveStep,
  ExpectStep,
  OctetsStep,
  Role,
} from './dialogue.ts';
export { DialogueError } from './dialogue-error.ts';
export { type DialogueScriptOptions, dialogueScript } from './dialogue-script.ts';
export type { Expectation } from './expectation.ts';
export { type FaultyProxy, type ProxyFaults, startFaultyProxy } from './faulty-proxy.ts';
export { formatLiteral, parseLiteral } from './literal.ts';
export { loadDialogues } from './load-dialogue.ts';
export { parseDialogue } from './parse-dialogue.ts';
export { type PlayOptions, playDialogue } from './play-dialogue.ts';
export {
  type Script,
  type ScriptedPeer,
  type ScriptedServer,
  type SendOptions,
  startScriptedServer,
} from './scripted-server.ts';
export { describeSplit, type Split, splitOctets } from './split.ts';
