import type { z } from 'zod';
import { nearest } from './nearest.ts';
import { locate } from './place.ts';
import { knownKeys } from './schema.ts';

/** What is wrong with a configuration: `LINE:COLUMN: sentence`, and what may have been meant. */
export function describeIssue(error: z.ZodError, source: string): { message: string; hint: string } {
  const [issue] = error.issues;
  if (issue === undefined) return { message: '1:1: it is not valid', hint: seeHelp };
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') return describeUnknown(path, issue.keys[0] ?? '', source);
  const place = locate(source, path);
  const name = path.join('.');
  // Only names have a form that is checked.
  if (issue.code === 'invalid_format') {
    return {
      message: `${place}: '${path.at(-1) ?? ''}' cannot be the name of an account`,
      hint: 'A name is one word of letters, digits, and _ . @ + - behind the first.',
    };
  }
  if (isMissing(issue)) {
    return {
      message: `${place}: ${name} is missing`,
      hint: `Add a line to the table: ${path.at(-1) ?? ''} = "..."`,
    };
  }
  return { message: `${place}: ${name} ${demand(issue)}`, hint: suggestion(issue) };
}

const seeHelp = "'postrider help configuration' lists the keys.";

function describeUnknown(
  path: readonly string[],
  key: string,
  source: string,
): { message: string; hint: string } {
  const table = path.length === 0 ? 'root' : path.length > 2 ? 'oauth' : 'account';
  const names = knownKeys[table];
  const meant = nearest(key, names);
  const known = names.length > 8 ? seeHelp : `There are: ${names.join(', ')}.`;
  return {
    message: `${locate(source, [...path, key])}: there is no key '${key}'${path.length === 0 ? '' : ` in ${path.join('.')}`}`,
    hint: meant === undefined ? known : `Did you mean '${meant}'?`,
  };
}

function isMissing(issue: z.core.$ZodIssue): boolean {
  return (
    issue.code === 'invalid_type' && issue.input === undefined && / received undefined$/.test(issue.message)
  );
}

const types: Readonly<Record<string, string>> = {
  string: 'text in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a table',
  map: 'a table',
};

function demand(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `has to be ${types[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `has to be one of ${issue.values.join(', ')}`;
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? 'is empty'
        : `has to be ${issue.minimum} or more`;
    case 'too_big':
      return `has to be ${issue.maximum} or less`;
    case 'invalid_union':
      return 'has to be text in quotes, or a list of such texts';
    default:
      return issue.message;
  }
}

function suggestion(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_value') return 'Correct the value.';
  const meant = typeof issue.input === 'string' ? nearest(issue.input, issue.values.map(String)) : undefined;
  return meant === undefined ? 'Correct the value.' : `Did you mean '${meant}'?`;
}
