/** What a client is to do: fetch everything, and leave it on the server. */
export interface Task {
  /** A folder of its own, empty. */
  readonly output: string;
  readonly port: number;
  readonly security: 'tls' | 'none';
  readonly ca: string;
  readonly user: string;
  readonly password: string;
  readonly messages: number;
  /** Every message is to be on the disk before it counts. */
  readonly durable: boolean;
}

/** How the messages lie in a client's output folder. */
export type ResultFormat =
  /** A Maildir `Mail`: LF line ends. */
  | 'maildir'
  /** One file a message, named by its number, as it came. */
  | 'files'
  /** One file `raw`: the answers to RETR, one behind the other, as they came. */
  | 'answers'
  /** One file `mail.bsmtp` of SMTP transactions. */
  | 'bsmtp';

/** A program that fetches mail. */
export interface Client {
  readonly name: string;
  readonly format: ResultFormat;
  /** It makes messages durable where the task wants that. */
  readonly durable: boolean;
  /** It takes minutes for a thousand messages: it takes part only where it matters. */
  readonly slow?: boolean;
  /** It is no program for users: what the protocol itself allows. */
  readonly yardstick?: boolean;
  installed(): boolean;
  /** The words to run it with. May write configuration into the folder. */
  command(task: Task): readonly string[];
}
