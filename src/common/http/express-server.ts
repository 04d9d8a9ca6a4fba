import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Express, Request, Response } from 'express';

/**
 * Nest's adapter, on a server whose requests and responses are of Express's kind from the beginning.
 *
 * Express gives each request and response its own prototype after Node has made it. V8 answers that with a new hidden
 * class for each of them, so that no code which touches a request is ever compiled for its shape: every property is
 * searched for anew, in Express, in Nest and here. With the right prototype from the start there is nothing to change.
 */
export class ExpressServerAdapter extends ExpressAdapter {
  constructor(private readonly express: Express) {
    super(express);
  }

  override initHttpServer(): void {
    const { express } = this;
    class ExpressRequest extends IncomingMessage {}
    Object.setPrototypeOf(ExpressRequest.prototype, express.request);
    express.request = ExpressRequest.prototype as Request;
    class ExpressResponse extends ServerResponse {}
    Object.setPrototypeOf(ExpressResponse.prototype, express.response);
    express.response = ExpressResponse.prototype as unknown as Response;
    this.httpServer = createServer({ IncomingMessage: ExpressRequest, ServerResponse: ExpressResponse }, express);
  }
}
