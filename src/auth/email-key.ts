/** The key under which a person is found by their e-mail: in NFC and lower case. */
export function emailKey(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}
