import { describeKeys } from '../config/schema.ts';

/** The page about the configuration file; its list of keys is the schema's. */
export function configurationText(): string {
  const keys = describeKeys();
  return `The configuration file is TOML (toml.io): postrider/config.toml in
$XDG_CONFIG_HOME or ~/.config, or the file that --config or POSTRIDER_CONFIG
names. postrider accounts add writes it. Every account is a table of its own:

  [accounts.home]
  host = "pop.example.org"
  user = "ann@example.org"
  password-command = "pass show mail/ann"
  to = "maildir:Mail"
  delete-after = "30d"

Keys are named like the options, which come before them. host and user are
needed:

${keys.map(([key, description]) => `  ${key}\n      ${description}`).join('\n')}

Paths of files are seen from your home folder. Others must not be able to write
the file; where it holds secrets or commands, they must not read it either
(chmod 600). An unknown key, a wrong type and a key that is there twice are
errors.`;
}
