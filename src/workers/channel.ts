import { isError } from '../common/errors/is-error.js';

/** What a channel speaks over: the worker, seen from the primary, or the process itself, seen from a worker. */
export interface Line {
  send(message: Message): void;
  onMessage(listener: (message: Message) => void): void;
}

/** On the wire between two processes: JSON. */
export type Message =
  | { readonly ask: string; readonly id: number; readonly input: unknown }
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failure: string };

/** By question: what is asked with, and what is answered. Both are JSON. */
export type Questions<Names extends string = string> = Record<Names, { input: unknown; answer: unknown }>;

type Handlers<Q extends Questions> = {
  [K in keyof Q]: (input: Q[K]['input']) => Q[K]['answer'] | Promise<Q[K]['answer']>;
};

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** What the other side answers in place of what it was asked for; the message is for the operator. */
export class Refusal extends Error {}

/** No answer comes any more: the other side is gone. */
export class LineLost extends Error {}

/** Questions and answers between the primary and one worker. Both sides may ask. */
export class Channel<Asked extends Questions, Answered extends Questions> {
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private lost = false;

  /** @param describe what the other side is told of an error in a handler */
  constructor(
    private readonly line: Line,
    private readonly handlers: Handlers<Answered>,
    private readonly describe: (error: unknown) => string = messageOf,
  ) {
    line.onMessage((message) => this.receive(message));
  }

  /**
   * @throws Refusal with what the other side says is wrong
   * @throws LineLost
   */
  async ask<K extends keyof Asked & string>(question: K, input: Asked[K]['input']): Promise<Asked[K]['answer']> {
    if (this.lost) throw new LineLost('The process is gone');
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.line.send({ ask: question, id, input });
    });
  }

  /** The other side has ended: whoever waits for an answer is told. */
  close(): void {
    this.lost = true;
    for (const { reject } of this.waiting.values()) reject(new LineLost('The process is gone'));
    this.waiting.clear();
  }

  private receive(message: Message): void {
    if ('ask' in message) return void this.answer(message.ask, message.id, message.input);
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if ('failure' in message) waiting?.reject(new Refusal(message.failure));
    else waiting?.resolve(message.answer);
  }

  private async answer(question: string, id: number, input: unknown): Promise<void> {
    try {
      const answer = await this.handlers[question as keyof Answered & string](input);
      this.line.send({ id, answer });
    } catch (error) {
      this.line.send({ id, failure: this.describe(error) });
    }
  }
}

function messageOf(error: unknown): string {
  return isError(error) ? error.message : String(error);
}
