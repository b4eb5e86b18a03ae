import type { Command, ResponseCode, ResponseEvent, StatusIndicator, StatusLine } from '../protocol/index.ts';
import type { Redactor } from './redact.ts';

/**
 * A status line as commands get it: its words are without secrets, so that they can go anywhere. They are searched when somebody asks
 * for them, and not before.
 */
export class Answer implements ResponseEvent {
  readonly type = 'response';
  readonly command: Command;
  readonly status: StatusIndicator;
  readonly multiLine: boolean;
  /** The text as it came, to read values from: never to be shown, nor to be put into an error. */
  readonly value: string;
  readonly #event: ResponseEvent;
  readonly #redactor: Redactor;
  #shown: Omit<StatusLine, 'status'> | undefined;

  constructor(event: ResponseEvent, redactor: Redactor) {
    this.command = event.command;
    this.status = event.status;
    this.multiLine = event.multiLine;
    this.value = event.text;
    this.#event = event;
    this.#redactor = redactor;
  }

  get text(): string {
    return this.#words.text;
  }

  get responseCode(): ResponseCode | undefined {
    return this.#words.responseCode;
  }

  get line(): string {
    return this.#words.line;
  }

  get #words(): Omit<StatusLine, 'status'> {
    this.#shown ??= this.#redactor.redactStatus(this.#event);
    return this.#shown;
  }
}
