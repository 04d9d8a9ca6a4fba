import { AccountSetup } from '../accounts/account-setup.js';
import { AccountSetupRepository } from '../accounts/account-setup.repository.js';
import { AuditRepository } from '../audit/audit.repository.js';
import { newSecret } from '../auth/secrets.js';
import { Clock } from '../common/clock.js';
import { StartError } from '../common/errors/start.error.js';
import type { Env } from '../config/env.js';
import { Database } from '../database/database.js';
import { migrate, readMigrationStatus } from '../database/migrate.js';
import { openDatabase } from '../database/open-database.js';
import { PrismaService } from '../database/prisma.service.js';
import type { Command } from './arguments.js';
import { describeStatus } from './describe-status.js';

/** Does what the operator asks for, and answers what to show. The answer may hold secrets, which are shown only there. */
export async function runCommand(command: Command, env: Env): Promise<string> {
  if (command.kind === 'status') return describeStatus(env);
  const database = await openDatabase(env, { as: 'visit', patienceMs: 0 });
  try {
    if (command.kind === 'migrate') return await migrated(database.url);
    if ((await readMigrationStatus(database.url)).applied.length === 0) {
      throw new StartError('The database is empty; run "npm run admin -- migrate" or start the service first.');
    }
    return await withAccounts(database.url, (accounts) => answer(command, accounts, env));
  } finally {
    await database.close();
  }
}

async function migrated(url: string): Promise<string> {
  const applied = await migrate(url);
  return applied.length === 0 ? 'The database is up to date.\n' : applied.map((name) => `Migrated: ${name}\n`).join('');
}

type AccountCommand = Exclude<Command, { kind: 'status' | 'migrate' }>;

async function answer(command: AccountCommand, accounts: AccountSetup, env: Env): Promise<string> {
  switch (command.kind) {
    case 'account list': {
      const rows = await accounts.list();
      const lines = rows.map(({ slug, users, activeKeys, createdAt }) => {
        return `${slug}  users: ${users}, active API keys: ${activeKeys}, since ${createdAt.toISOString()}\n`;
      });
      return lines.join('') || 'There is no account yet.\n';
    }
    case 'account create': {
      const { slug, email } = command;
      const adminEmail = email ?? env.adminEmail;
      const [apiKey, adminToken] = [newSecret('sk', slug, 'default'), newSecret('pat', slug)];
      await accounts.create({ slug, adminEmail, apiKey, adminToken, scopes: ['events:write'] });
      return [
        `Created the account "${slug}" with its admin ${adminEmail}. These secrets are shown once:`,
        '',
        `  API key, for pipelines:         ${apiKey.secret}`,
        `  Personal token, for the admin:  ${adminToken.secret}`,
        '',
      ].join('\n');
    }
    case 'token issue': {
      const { account, email, name, days } = command;
      const request = { account: account ?? env.account, email, name, expiresInDays: days };
      const { secret, email: owner } = await accounts.issueToken(request);
      // The token alone goes to standard output, so that a script can take it.
      process.stderr.write(`A personal token of ${owner}, shown once:\n`);
      return `${secret}\n`;
    }
  }
}

async function withAccounts<T>(url: string, use: (accounts: AccountSetup) => Promise<T>): Promise<T> {
  const database = new Database({ url, poolSize: 1, prepared: false });
  const prisma = new PrismaService(database);
  try {
    const repository = new AccountSetupRepository(prisma, database);
    return await use(new AccountSetup(prisma, repository, new AuditRepository(), new Clock()));
  } finally {
    await prisma.$disconnect();
    await database.close();
  }
}
