import { isSlug } from '../common/account-names.js';
import { StartError } from '../common/errors/start.error.js';

const longestLife = 3_650;

/** @throws StartError for what is no address */
export function checkedEmail(email: string | null): string | null {
  if (email === null || /^(?=.{3,254}$)[^\s@]+@[^\s@]+$/.test(email)) return email;
  throw new StartError(`--email: "${email}" is not an e-mail address.`);
}

/** @throws StartError for a name that is empty or too long */
export function checkedName(name: string): string {
  if (name.trim() !== '' && name.length <= 255) return name.trim();
  throw new StartError('--name takes 1 to 255 characters.');
}

/** @throws StartError for what is no whole number of days */
export function checkedDays(days: string | null): number | null {
  if (days === null) return null;
  if (/^\d{1,4}$/.test(days) && Number(days) >= 1 && Number(days) <= longestLife) return Number(days);
  throw new StartError(`--days takes a whole number from 1 to ${longestLife}.`);
}

/** @throws StartError for what is no slug */
export function checkedSlug(slug: string, command: string): string {
  if (isSlug(slug)) return slug;
  throw new StartError(`A slug is 1 to 63 lower-case letters, digits and dashes: ${command}.`);
}
