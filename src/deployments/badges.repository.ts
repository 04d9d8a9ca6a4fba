import { Injectable } from '@nestjs/common';
import { type CatalogFilter, environmentIds, productIds } from '../catalog/catalog-filter.js';
import { Database } from '../database/database.js';
import { Parameters } from '../database/parameters.js';

/** What a badge needs to know; the ids are null where there is no such product or environment. */
export interface BadgeFacts {
  readonly productId: string | null;
  readonly productName: string | null;
  readonly environmentId: string | null;
  readonly environmentName: string | null;
  /** The product or the environment. */
  readonly archived: boolean;
  /** Null where nothing is deployed. */
  readonly version: string | null;
}

@Injectable()
export class BadgesRepository {
  constructor(private readonly database: Database) {}

  /** Plan: primary keys all the way. */
  async read(accountId: string, product: CatalogFilter, environment: CatalogFilter): Promise<BadgeFacts> {
    const parameters = new Parameters();
    const account = parameters.add(accountId, 'uuid');
    const text = `
SELECT p.id AS "productId", p.name AS "productName", e.id AS "environmentId", e.name AS "environmentName", v.version,
  coalesce(p.archived_at, e.archived_at) IS NOT NULL AS archived
FROM accounts a
LEFT JOIN products p ON p.account_id = a.id AND p.id IN (${productIds(parameters, account, product)})
LEFT JOIN environments e ON e.account_id = a.id AND e.id IN (${environmentIds(parameters, account, environment)})
LEFT JOIN environment_states s ON s.account_id = a.id AND s.product_id = p.id AND s.environment_id = e.id
LEFT JOIN deployments d ON d.account_id = a.id AND d.id = s.deployment_id
LEFT JOIN versions v ON v.account_id = a.id AND v.id = d.version_id
WHERE a.id = ${account} LIMIT 1`;
    const statement = { name: 'read_badge', text, readOnly: true };
    const [facts] = await this.database.query<BadgeFacts>(statement, parameters.values);
    return facts!;
  }
}
