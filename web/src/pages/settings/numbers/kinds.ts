import type { LineProblem, NumberKind, Trial } from '../../../api/queries/vocabulary'
import { say } from '../../../i18n/mark'

/** What a number counts. */
export const NUMBER_KINDS: readonly (readonly [NumberKind, string])[] = [
  ['order', say('Order')],
  ['invoice', say('Invoice')],
  ['contract', say('Contract')],
  ['customer', say('Customer')],
  ['ticket', say('Ticket')],
  ['booking', say('Booking')],
  ['claim', say('Claim')],
  ['return', say('Return')],
  ['tracking', say('Tracking')],
  ['serial', say('Serial')],
  ['article', say('Article')],
  ['reference', say('Reference')],
]

export const kindLabel = (kind: string): string => NUMBER_KINDS.find(([k]) => k === kind)?.[1] ?? kind

export const REFUSED: Readonly<Record<Exclude<Trial['refused'], ''>, string>> = {
  few: say('Give at least two different examples.'),
  characters: say(
    'Examples have letters from A to Z, digits, and one separator at a time: a hyphen, slash, point, underscore, colon or blank.',
  ),
  forms: say('These examples have no form in common. Save them as two kinds.'),
  long: say('An example is longer than 40 characters.'),
  plain_words: say('Without a digit this would take plain words.'),
  too_general: say('Too general: years, prices and house numbers have this form too.'),
  too_often: say('Too general: too many of the last messages have something of this form.'),
  mostly_else: say('Most of what has this form is something else, such as a date or a phone number.'),
}

export const CHECKS: Readonly<Record<string, string>> = {
  luhn: say('with a check digit (Luhn)'),
  mod97: say('with check digits (modulo 97)'),
  mod11: say('with a check digit (modulo 11)'),
  mod11_2: say('with a check digit (modulo 11-2)'),
}

export const LINE_PROBLEMS: Readonly<Record<LineProblem['reason'], string>> = {
  long: say('longer than 120 characters or 12 words'),
  short: say('too short to be told from other words'),
  plain_word: say('a plain word'),
  twice: say('stands above already'),
  broken: say('has no name'),
  many: say('past the 20,000 that a catalogue holds'),
}

/** What else a number can be read as. */
export const ELSE: Readonly<Record<string, string>> = {
  phone: say('a phone number'),
  date: say('a date'),
  amount: say('an amount'),
  email: say('a mail address'),
  url: say('a web address'),
  iban: say('an IBAN'),
  card: say('a card number'),
  product: say('a product'),
}
