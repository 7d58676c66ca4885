import type { Case, CaseReason, CaseStatus } from '../../api/desk'
import { say } from '../../i18n/mark'

/** Whose turn it is, in the words of the people who work here. */
export const statusWords: Readonly<Record<CaseStatus | 'any', string>> = {
  todo: say('Todo'),
  waiting: say('Waiting on them'),
  snoozed: say('Snoozed'),
  done: say('Done'),
  ignored: say('Ignored'),
  any: say('Everything'),
}

export const reasonWords: Readonly<Record<Exclude<CaseReason, ''>, string>> = {
  first: say('Needs a first answer'),
  next: say('Needs an answer'),
  investigating: say('We are looking into it'),
  loop: say('The cause is fixed: tell the customer'),
}

export const standing = (c: Case): string =>
  c.status === 'todo' && c.reason ? reasonWords[c.reason] : statusWords[c.status]
