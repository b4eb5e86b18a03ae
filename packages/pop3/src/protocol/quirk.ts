/**
 * Tolerances for servers that stray from the RFCs. Each has a name, the evidence that it is needed, and a
 * dialogue in the tests. All but `bareLineFeed` are on where the caller says nothing.
 */
export interface Quirks {
  /**
   * Lines that end in a bare LF. `detect`: only in an answer whose own status line ended so; in all others LF.LF is content, as it must be.
   * Evidence: servers written with line-oriented text I/O, and proxies that strip CR; some write CRLF here and LF there.
   */
  readonly bareLineFeed: boolean | 'detect';
  /** `+ok` and `-err`. Evidence: small embedded servers; poplib and curl accept it. */
  readonly statusLowerCase: boolean;
  /** One blank line before a status line. Evidence: Office 365 sends one after some replies. */
  readonly blankLineBeforeStatus: boolean;
  /** Blank lines in a CAPA response. Evidence: seen from several Windows servers. */
  readonly blankCapability: boolean;
  /** A challenge of `+` without the space that RFC 5034 asks for. Evidence: Outlook and Exchange with XOAUTH2. */
  readonly challengeWithoutSpace: boolean;
  /** `1   4096` in listings. Evidence: servers that align their listings in columns. */
  readonly listingExtraSpace: boolean;
  /** Words behind the numbers of a drop or scan listing. Evidence: `2 320 octets`; RFC 1939 section 5 foresees it. */
  readonly listingExtraText: boolean;
  /** Unique-ids over 70 octets, with spaces or 8-bit octets. Evidence: webmail gateways that use Message-IDs or paths. */
  readonly uniqueIdAnyText: boolean;
  /** `UIDL 2` answered with `+OK <unique-id>`. Evidence: older Windows servers leave the number out. */
  readonly uniqueIdWithoutNumber: boolean;
}

/** The quirks where the caller names none. */
export const defaultQuirks: Quirks = {
  bareLineFeed: 'detect',
  statusLowerCase: true,
  blankLineBeforeStatus: true,
  blankCapability: true,
  challengeWithoutSpace: true,
  listingExtraSpace: true,
  listingExtraText: true,
  uniqueIdAnyText: true,
  uniqueIdWithoutNumber: true,
};

/** No tolerance at all: what the RFCs allow and nothing else. */
export const strictQuirks: Quirks = {
  bareLineFeed: false,
  statusLowerCase: false,
  blankLineBeforeStatus: false,
  blankCapability: false,
  challengeWithoutSpace: false,
  listingExtraSpace: false,
  listingExtraText: false,
  uniqueIdAnyText: false,
  uniqueIdWithoutNumber: false,
};
