import { Res } from '@nestjs/common';
import type { Response } from 'express';

/** What a handler answers whose status depends on what it found: 201 with `Location` where it created something, else 200. */
export interface Answer<Body> {
  readonly statusCode: 200 | 201;
  readonly location: string | null;
  readonly body: Body;
}

type Handler = (...args: unknown[]) => Promise<Answer<unknown>>;

/**
 * For handlers that return an `Answer`. It gives the handler one more parameter, the response, and does with it what
 * the answer says. An interceptor would do the same for a tenth of the time that an event takes.
 */
export function Answers(): MethodDecorator {
  return <T>(target: object, method: string | symbol, descriptor: TypedPropertyDescriptor<T>): void => {
    const handler = descriptor.value as Handler;
    const responseAt = handler.length;
    Res({ passthrough: true })(target, method, responseAt);
    const answering: Handler = async function (this: unknown, ...args) {
      const { statusCode, location, body } = await handler.apply(this, args.slice(0, responseAt));
      const response = args[responseAt] as Response;
      response.status(statusCode);
      if (location !== null) response.setHeader('Location', location);
      return body as never;
    };
    Object.defineProperty(answering, 'name', { value: handler.name });
    // What the decorators below this one have said of the handler.
    for (const key of Reflect.getMetadataKeys(handler)) {
      Reflect.defineMetadata(key, Reflect.getMetadata(key, handler), answering);
    }
    descriptor.value = answering as T;
  };
}
