import pg from 'pg';
import { commandOf, parentOf } from './process-cpu.mjs';
import { startEmbedded } from './embedded-cluster.mjs';

/** A database that may lose what it answered measures something else. */
const durable = ['fsync', 'synchronous_commit', 'full_page_writes'];

const forFilling = {
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '8GB',
  checkpoint_timeout: '1h',
  shared_buffers: '1GB',
  autovacuum: 'off',
};

/**
 * The PostgreSQL that a bench runs on: the one of DATABASE_URL, else an embedded one of its own in a temporary folder, or
 * in `dataDir`, which stays. `preload` names a library of shared_preload_libraries that the bench needs, `settings` what
 * else an embedded one is to be started with.
 */
export async function openCluster({ preload, settings = {}, dataDir = null } = {}) {
  const given = process.env.DATABASE_URL;
  const wanted = { ...settings, ...(preload === undefined ? {} : { shared_preload_libraries: preload }) };
  const server = given
    ? { url: given, stop: async () => undefined }
    : await startEmbedded({ settings: wanted, dataDir });
  const cluster = new Cluster(server, wanted);
  try {
    await cluster.requireSettings(preload);
    return cluster;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

class Cluster {
  constructor({ url, stop, restart, logFile }, settings) {
    this.url = url;
    this.stop = stop;
    this.restart = restart;
    /** Null where the server is not ours. */
    this.logFile = logFile ?? null;
    this.settings = settings;
  }

  /**
   * Has some work done, such as filling a database, by a server that writes no log that it can do without and waits for
   * no disk; then it is durable again. A server of DATABASE_URL stays as it is.
   */
  async relaxed(work) {
    if (this.restart === undefined) return work();
    this.url = await this.restart(forFilling, { durable: false });
    try {
      return await work();
    } finally {
      this.url = await this.restart(this.settings);
    }
  }

  urlOf(database) {
    const url = new URL(this.url);
    url.pathname = `/${database}`;
    return url.href;
  }

  /** Runs one statement on a connection of its own; answers its rows, or what `read` makes of them while it is open. */
  async query(text, { database = 'postgres', read = (rows) => rows } = {}) {
    const client = new pg.Client({ connectionString: this.urlOf(database) });
    await client.connect();
    try {
      return read((await client.query(text)).rows);
    } finally {
      await client.end();
    }
  }

  /** A new database, empty or a copy of another; answers its URL. */
  async createDatabase(database, template = 'template0') {
    await this.dropDatabase(database);
    await this.query(`CREATE DATABASE ${database} TEMPLATE ${template}`);
    return this.urlOf(database);
  }

  async dropDatabase(database) {
    await this.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  }

  /** The process that is the parent of all the server's others; null where it runs on another machine. */
  async processId() {
    return this.query('SELECT pg_backend_pid() AS pid', {
      read: ([{ pid }]) => (commandOf(pid)?.startsWith('postgres') ? parentOf(pid) : null),
    });
  }

  async version() {
    return (await this.query('SHOW server_version'))[0].server_version;
  }

  async requireSettings(preload) {
    for (const name of durable) {
      const [row] = await this.query(`SHOW ${name}`);
      if (row[name] !== 'on') throw new Error(`${name} is ${row[name]}: a bench runs with full durability`);
    }
    if (preload === undefined) return;
    const [{ shared_preload_libraries: loaded }] = await this.query('SHOW shared_preload_libraries');
    if (!loaded.includes(preload))
      throw new Error(`This bench needs a server with shared_preload_libraries=${preload}`);
  }
}
