export {
  type Script,
  type ScriptedPeer,
  type ScriptedServer,
  type SendOptions,
  startScriptedServer,
} from './scripted-server.ts';
