import { PrismaPg } from '@prisma/adapter-pg';

type Transaction = Awaited<ReturnType<Awaited<ReturnType<PrismaPg['connect']>>['startTransaction']>>;

/**
 * Prisma's adapter, with the queries of one transaction sent one after the other. Prisma loads the relations of a row all at
 * once; in a transaction they share a connection, which takes one query at a time and warns of the others.
 */
export class SequentialTransactions extends PrismaPg {
  override async connect(): ReturnType<PrismaPg['connect']> {
    const connection = await super.connect();
    const start = connection.startTransaction.bind(connection);
    connection.startTransaction = async (isolationLevel) => oneAtATime(await start(isolationLevel));
    return connection;
  }
}

function oneAtATime(transaction: Transaction): Transaction {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn =
    <Query, Result>(send: (query: Query) => Promise<Result>) =>
    (query: Query): Promise<Result> => {
      const result = last.then(async () => send(query));
      last = result.catch(() => undefined);
      return result;
    };
  transaction.queryRaw = inTurn(transaction.queryRaw.bind(transaction));
  transaction.executeRaw = inTurn(transaction.executeRaw.bind(transaction));
  return transaction;
}
