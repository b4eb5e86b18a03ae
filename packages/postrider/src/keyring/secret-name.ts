/** The name that a password of an account is kept under. */
export function passwordName(account: string): string {
  return `password/${account}`;
}

/** The name that the tokens of an account are kept under. */
export function tokenName(account: string): string {
  return `oauth/${account}`;
}
