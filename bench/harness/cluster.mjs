import pg from 'pg';
import { commandOf, parentOf } from './process-cpu.mjs';
import { startEmbedded } from './embedded-cluster.mjs';

/** A database that may lose what it answered measures something else. */
const durable = ['fsync', 'synchronous_commit', 'full_page_writes'];

/**
 * The PostgreSQL that a bench runs on: the one of DATABASE_URL, else an embedded one of its own in a temporary folder.
 * `preload` names a library of shared_preload_libraries that the bench needs.
 */
export async function openCluster({ preload } = {}) {
  const given = process.env.DATABASE_URL;
  const { url, stop } = given ? { url: given, stop: async () => undefined } : await startEmbedded({ preload });
  const cluster = new Cluster(url, stop);
  try {
    await cluster.requireSettings(preload);
    return cluster;
  } catch (error) {
    await stop();
    throw error;
  }
}

class Cluster {
  constructor(url, stop) {
    this.url = url;
    this.stop = stop;
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
