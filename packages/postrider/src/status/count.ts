import { type DropListing, isPop3Error, type Pop3Client } from '@postrider/pop3';

/**
 * How many messages there are, and their octets: by STAT. Servers that count in 32 bits say that a large maildrop has a negative number of
 * octets; what they say of each message is right, so that is added up then.
 */
export async function countMessages(client: Pop3Client): Promise<DropListing> {
  try {
    return await client.stat();
  } catch (error) {
    if (!isPop3Error(error) || error.fatal || error.code !== 'ERR_POP3_REMOTE_PROTOCOL') throw error;
    const { entries, malformed } = await client.list();
    // A sum of what could be read would look like the whole.
    if (malformed.length > 0) throw error;
    return { messages: entries.length, octets: entries.reduce((sum, { octets }) => sum + octets, 0) };
  }
}
