import { once } from 'node:events';
import { Agent, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { expect, it } from '@jest/globals';
import express, { type Request, type Response } from 'express';
import { ExpressServerAdapter } from './express-server.js';

setFlagsFromString('--allow-natives-syntax');
const haveSameShape = runInThisContext('(a, b) => %HaveSameMap(a, b)') as (a: object, b: object) => boolean;

it('all requests and responses have one shape, so that what reads them is compiled once', async () => {
  const met: { request: Request; response: Response }[] = [];
  const app = express();
  app.get('/', (request, response) => {
    met.push({ request, response });
    response.json({ path: request.path });
  });
  const adapter = new ExpressServerAdapter(app);
  adapter.initHttpServer();
  const server = (adapter.getHttpServer() as Server).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { port } = server.address() as AddressInfo;
  const answers: string[] = [];
  // V8 settles a shape over the first few.
  for (let i = 0; i < 20; i++) answers.push(await read(`http://127.0.0.1:${port}/`, agent));
  agent.destroy();
  server.close();

  expect(new Set(answers)).toEqual(new Set(['{"path":"/"}']));
  const [one, other] = met.slice(-2);
  expect(haveSameShape(one!.request, other!.request)).toBe(true);
  expect(haveSameShape(one!.response, other!.response)).toBe(true);
});

async function read(url: string, agent: Agent): Promise<string> {
  const [answer] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
  return (await answer.setEncoding('utf8').toArray()).join('');
}
