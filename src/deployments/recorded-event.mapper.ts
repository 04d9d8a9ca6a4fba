import type { RecordedEventDto } from './recorded-event.dto.js';

/** An event of a deployment as it was recorded. */
export interface RecordedEvent {
  readonly id: string;
  readonly deploymentId: string;
  readonly type: string;
  readonly status: string;
  readonly invokeId: string | null;
  readonly apiKeyId: string | null;
  readonly personalAccessTokenId: string | null;
  readonly receivedAt: Date;
  readonly payload: Record<string, unknown>;
}

export function toRecordedEventDto(event: RecordedEvent): RecordedEventDto {
  return {
    id: event.id,
    deployment_id: event.deploymentId,
    type: event.type,
    status: event.status,
    invoke_id: event.invokeId,
    api_key_id: event.apiKeyId,
    personal_access_token_id: event.personalAccessTokenId,
    received_at: event.receivedAt.toISOString(),
    payload: event.payload,
  };
}
