/** The page about `--json`. */
export const jsonText = `Every command that prints results prints them as JSON with --json, on standard
output and nothing else there: one object, an array of objects, or, for collect,
one object a line as things happen.

What can be relied upon:

  - The keys are those that the help of each command lists: postrider list
    --help. Each of them is always there; what is not known is null.
  - Within a major version, no key is renamed, taken away, or given another
    meaning or type. Keys may be added: pass over those that you do not know.
  - Sizes are octets, moments are ISO 8601 in UTC, texts are decoded. What could
    act on a terminal is escaped (\\u001b), as JSON has it, and comes back with
    any JSON parser.
  - A command that fails prints its error on standard error, and no result; the
    exit code says what kind it is. status of several accounts, accounts test
    and collect say so for each account instead; doctor, and list of a server
    that contradicts itself, print what they found all the same.

  postrider list home --headers --json | jq '.[].subject'`;
