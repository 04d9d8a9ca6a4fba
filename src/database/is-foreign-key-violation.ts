import { isError } from '../common/errors/is-error.js';

/** Whether a row was refused, or may not go, because of a foreign key (SQLSTATE 23503). */
export function isForeignKeyViolation(error: unknown): boolean {
  return isError(error) && (error as { code?: unknown }).code === '23503';
}
