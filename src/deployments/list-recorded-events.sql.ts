import { type PageCut, rowsRead, statementName } from '../database/newest-first.sql.js';
import { type BoundStatement, Parameters } from '../database/parameters.js';

/**
 * One page of the events of a deployment, newest first. No row: there is no such deployment; a row without an id: it has
 * no events there.
 *
 * Plan: the deployment by primary key, its events by the index on (account_id, version_id, environment_id, received_at
 * DESC, id DESC) between its first and its last event. The same version in the same environment may have had other
 * deployments meanwhile, of which there are few.
 */
export function listRecordedEvents(accountId: string, deploymentId: string, cut: PageCut): BoundStatement {
  const parameters = new Parameters();
  const account = parameters.add(accountId, 'uuid');
  const id = parameters.add(deploymentId, 'uuid');
  const cursor =
    cut.after === null
      ? ''
      : `AND (e.received_at, e.id) < (${parameters.add(cut.after.createdAt, 'timestamptz')}, ${parameters.add(cut.after.id, 'uuid')})`;
  const text = `
SELECT e.id, e.deployment_id AS "deploymentId", e.type, e.status, e.invoke_id AS "invokeId", e.api_key_id AS "apiKeyId",
  e.personal_access_token_id AS "personalAccessTokenId", e.received_at AS "receivedAt", e.received_at AS "createdAt",
  e.payload
FROM deployments d LEFT JOIN LATERAL (
  SELECT e.* FROM deployment_events e
  WHERE e.account_id = d.account_id AND e.version_id = d.version_id AND e.environment_id = d.environment_id
    AND e.received_at >= d.created_at AND e.received_at <= d.updated_at AND e.deployment_id = d.id ${cursor}
  ORDER BY e.received_at DESC, e.id DESC LIMIT ${rowsRead(cut)}) AS e ON true
WHERE d.account_id = ${account} AND d.id = ${id}
ORDER BY e.received_at DESC, e.id DESC`;
  return {
    statement: { name: statementName('list_recorded_events', cut, []), text, readOnly: true },
    values: parameters.values,
  };
}
