import { type ActionId, type Keymap, keysOf, USUAL_KEYS } from './keymap'

/** Where an action can be done. Those of two places are never offered together. */
export type Place = 'everywhere' | 'inbox' | 'customer' | 'list' | 'review' | 'check'

const PLACES: readonly (readonly [Place, RegExp])[] = [
  ['inbox', /^(case-|compose-|thread-|inbox-|go-mine|split-)/],
  ['customer', /^(contact-|journey-|timeline-|fold-|unfold-|merge$|panel$|next-customer|previous-customer|back$)/],
  ['list', /^(list-|search)/],
  ['review', /^review-/],
  ['check', /^check-/],
]

export const placeOf = (id: ActionId): Place => PLACES.find(([, is]) => is.test(id))?.[0] ?? 'everywhere'

export const ALL_ACTIONS = Object.keys(USUAL_KEYS) as readonly ActionId[]

// What takes another action back is offered in its place, under its keys.
const TURNS_ROUND: Readonly<Partial<Record<ActionId, ActionId>>> = {
  'journey-open': 'journey-resolve',
  'journey-all': 'journey-only',
}
/** The actions to choose keys for. */
export const CHOOSABLE = ALL_ACTIONS.filter((id) => !(id in TURNS_ROUND))
const withTwin = (id: ActionId) => ALL_ACTIONS.filter((other) => other === id || TURNS_ROUND[other] === id)

const split = (keys: string): readonly string[] => (keys === '' ? [] : keys.split(' / '))
const joined = (all: readonly string[]): string => all.join(' / ')

/** Whether two sequences get in each other's way: the same, or one begins the other. */
export const clash = (a: string, b: string): boolean => a === b || a.startsWith(`${b} `) || b.startsWith(`${a} `)

const together = (a: Place, b: Place): boolean => a === b || a === 'everywhere' || b === 'everywhere'

/** The actions that would lose their keys, or part of them, to an action. */
export function takenBy(changed: Keymap, id: ActionId, keys: string): readonly ActionId[] {
  const wanted = split(keys)
  return CHOOSABLE.filter(
    (other) =>
      other !== id &&
      together(placeOf(other), placeOf(id)) &&
      split(keysOf(other, changed)).some((has) => wanted.some((w) => clash(has, w))),
  )
}

function put(changed: Keymap, id: ActionId, keys: string): Keymap {
  const next: Record<string, string> = { ...changed }
  for (const one of withTwin(id)) {
    if (USUAL_KEYS[one] === keys) delete next[one]
    else next[one] = keys
  }
  return next
}

/** Whether an action's keys differ from the usual ones. */
export const isChanged = (changed: Keymap, id: ActionId): boolean => keysOf(id, changed) !== USUAL_KEYS[id]

/** Gives an action keys, and takes from all others what gets in their way. */
export function assign(changed: Keymap, id: ActionId, keys: string): Keymap {
  let next = changed
  for (const other of takenBy(changed, id, keys)) {
    const left = split(keysOf(other, next)).filter((has) => !split(keys).some((w) => clash(has, w)))
    next = put(next, other, joined(left))
  }
  return put(next, id, keys)
}

// Tab and Enter move and press; the rest writes, edits or belongs to lists.
const FIXED = /^(tab|enter|escape|backspace|delete| |arrow\w+|page\w+|home|end|f\d+)$/
// What browsers, text fields and the editor of answers do with Ctrl or Command.
const EDITING = /^mod\+([abcefilnopqrstuvwxy0+-]|shift\+[bcnptvxz78]|(shift\+)?(enter|tab|backspace|delete|arrow\w+))$/

/** Whether a press can't be given to an action. */
export const isReserved = (press: string): boolean => {
  const bare = press.replace(/^(alt\+|shift\+)+/, '')
  return (
    FIXED.test(bare) ||
    EDITING.test(press) ||
    /^(mod\+)?(alt\+)?(shift|control|alt|meta|altgraph|dead|capslock|process|unidentified)$/.test(bare)
  )
}

/** Whether a key only changes others and says nothing alone. */
export const isModifier = (key: string): boolean =>
  ['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Dead', 'Process'].includes(key)
