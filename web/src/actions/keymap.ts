import { createKeptStore } from '../lib/store'

/**
 * The keys that actions usually have, by the action's id: presses of one sequence are
 * parted by a space, alternatives by " / ", "" is none. People may change each of these;
 * what is not named here has no keys.
 */
export const USUAL_KEYS = {
  '/inbox': 'g i',
  '/customers': 'g c',
  '/journeys': 'g j',
  '/explore': 'g w',
  '/review': 'g o',
  '/search': 'g /',
  '/reports': 'g r',
  '/quarantine': 'g q',
  '/settings': 'g s',
  notifications: 'g n',
  palette: 'mod+k',
  undo: 'mod+z',
  keys: '?',
  nav: '',
  'sign-out': '',
  'theme-system': '',
  'theme-light': '',
  'theme-dark': '',
  'density-compact': '',
  'density-normal': '',
  'density-comfortable': '',
  'case-done': 'e',
  'case-snooze': 'z',
  'case-assign': 'a',
  'case-claim': 'i',
  'case-label': 'l',
  'case-priority': 'p',
  'case-status': 's',
  'case-unread': 'u',
  'case-mention': 'y',
  'case-inbox': '',
  'case-merge': '',
  'case-journey': '',
  'case-fact': 'w',
  'case-split': '',
  'case-select': 'x',
  'case-select-down': 'shift+j',
  'case-select-up': 'shift+k',
  'case-select-all': '',
  'case-next': 'j / ]',
  'case-previous': 'k / [',
  'case-open': 'enter',
  'case-back': 'escape',
  'case-panel': '.',
  'compose-reply': 'r',
  'compose-note': 'n',
  'compose-forward': 'f',
  'compose-macro': 'm',
  'thread-end': 'shift+g',
  'inbox-search': '/',
  'go-mine': 'g m',
  'list-next': 'j',
  'list-previous': 'k',
  'list-open': 'enter',
  search: '/',
  'contact-next': 'j',
  'contact-previous': 'k',
  'timeline-end': 'shift+g',
  'contact-why': 'w',
  'contact-raw': 'v',
  'contact-new': '',
  'contact-split': '',
  'contact-link': '',
  'journey-resolve': 'e',
  'journey-open': 'e',
  'journey-only': 'o',
  'journey-all': 'o',
  'journey-fold': 'f',
  'journey-link': '',
  'fold-all': 'shift+f',
  'unfold-all': 'shift+u',
  merge: 'm',
  panel: '.',
  'next-customer': ']',
  'previous-customer': '[',
  back: 'escape',
  'review-merge': 'm',
  'review-apart': 'n',
  'review-later': 'l',
  'review-next': 'j',
  'review-back': 'k',
} as const satisfies Readonly<Record<string, string>>

export type ActionId = keyof typeof USUAL_KEYS

/** Keys that differ from the usual ones, by the action's id; "" has none. */
export type Keymap = Readonly<Record<string, string>>

/** What the signed-in person changed; the server keeps it, this browser remembers it for the start. */
export const keymap = createKeptStore<Keymap>('keymap', {})

/** The keys that an action has, "" when none. */
export const keysOf = (id: string, changed: Keymap = keymap.get()): string =>
  changed[id] ?? (USUAL_KEYS as Keymap)[id] ?? ''
