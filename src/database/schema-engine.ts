import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';
import { withoutStoppingEvents } from './without-stopping-events.js';

/**
 * Prisma's schema engine as WebAssembly, on one connection: what `prisma migrate` does, without the native engine that
 * its command line downloads (docs/adr/0002). The caller holds `migrationLock`. Loaded only where there is something to
 * migrate.
 */
export async function withSchemaEngine<T>(databaseUrl: string, use: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  await load();
  // A migration may take longer than any request: no time limits here.
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1, application_name: 'versioner migrate' });
  pool.on('error', () => undefined);
  const adapter = new WholeScripts(pool);
  try {
    const bound = bindMigrationAwareSqlAdapterFactory(adapter);
    const engine = await bindings.SchemaEngine.new({ datamodels: undefined }, () => undefined, bound);
    return await use(engine);
  } catch (error) {
    throw adapter.failure ?? error;
  } finally {
    await pool.end();
  }
}

/** The key of the lock under which Prisma migrates, its command line included. */
export const migrationLock = 72_707_369;
const engineLock = `SELECT pg_advisory_lock(${migrationLock})`;

/**
 * Prisma's adapter, except that a script goes to the database as one query. The adapter itself cuts it at every `;`,
 * which breaks functions and triggers, and leaves the first half behind when the second fails; as one query a file
 * is all or nothing.
 *
 * The engine's own lock is left out: it belongs to a session, which behind a pooler nobody ends, and who waits for it
 * holds up `CREATE INDEX CONCURRENTLY`. The caller holds the same lock for a transaction instead.
 */
class WholeScripts extends PrismaPg {
  /** What the database said about the script that failed; the engine only passes on that one did. */
  failure: unknown = null;

  override async connect() {
    const connection = await super.connect();
    const executeRaw = connection.executeRaw.bind(connection);
    connection.executeRaw = async (query) => (query.sql === engineLock ? 0 : executeRaw(query));
    connection.executeScript = async (script) => {
      try {
        await withoutStoppingEvents(script, (text) => connection.underlyingDriver().query(text));
      } catch (error) {
        this.failure = error;
        throw error;
      }
    };
    return connection;
  }
}

/** Part of every Node.js, but of no type library that this project uses. */
declare const WebAssembly: {
  instantiate(module: Uint8Array, imports: Record<string, object>): Promise<{ instance: { exports: object } }>;
};

let loaded: Promise<void> | null = null;

function load(): Promise<void> {
  loaded ??= instantiate();
  return loaded;
}

async function instantiate(): Promise<void> {
  const file = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const module = await readFile(file.replace(/\.js$/, '.wasm'));
  // The engine limits how long it waits for its lock, and never clears that timer: it must not keep a process alive.
  const timers = Object.keys(bindings).filter((name) => name.startsWith('__wbg_setTimeout_'));
  const unref = (callback: () => void, ms: number): NodeJS.Timeout => setTimeout(callback, ms).unref();
  const imports = { ...bindings, ...Object.fromEntries(timers.map((name) => [name, unref])) };
  const { instance } = await WebAssembly.instantiate(module, { './schema_engine_bg.js': imports });
  const exports = instance.exports as { __wbindgen_start(): void };
  (bindings as unknown as { __wbg_set_wasm(exports: unknown): void }).__wbg_set_wasm(exports);
  exports.__wbindgen_start();
}
