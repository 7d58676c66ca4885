import type { KeyedAction } from './registry'

const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent)

export interface Pressed {
  readonly key: string
  readonly code: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
}

/**
 * A key press as the registry writes it: "j", "shift+j", "mod+k", "escape". Letters
 * go by what they write; on a non-Latin layout by where they are.
 */
export function pressName(event: Pressed): string {
  let key = event.key
  if (key.length === 1) {
    const latin = key.charCodeAt(0) < 0x250
    if (!latin && event.code.startsWith('Key')) key = event.code.slice(3)
    key = key.toLowerCase()
  } else key = key.toLowerCase()
  const parts: string[] = []
  if (event.ctrlKey || event.metaKey) parts.push('mod')
  if (event.altKey) parts.push('alt')
  // A sign such as "?" already says that Shift was held.
  if (event.shiftKey && (/^[a-z]$/.test(key) || key.length > 1)) parts.push('shift')
  parts.push(key)
  return parts.join('+')
}

/** The action for the keys pressed so far, or whether more keys may follow. */
export function match(actions: readonly KeyedAction[], pressed: string): KeyedAction | 'wait' | undefined {
  let wait = false
  for (const action of actions) {
    for (const keys of alternatives(action)) {
      if (keys === pressed) return action
      if (keys.startsWith(`${pressed} `)) wait = true
    }
  }
  return wait ? 'wait' : undefined
}

const alternatives = (action: KeyedAction): readonly string[] => (action.keys ? action.keys.split(' / ') : [])

/** Whether a press is a bare letter or sign, which people can switch off. */
export const isLetterKey = (name: string): boolean =>
  !name.includes('mod+') && !name.includes('alt+') && name.length <= 7 && !NAMED.has(name)
const NAMED = new Set(['escape', 'enter', 'tab', 'home', 'end'])

const SIGNS: Readonly<Record<string, string>> = {
  mod: isMac ? '⌘' : 'Ctrl',
  shift: '⇧',
  escape: 'Esc',
  enter: '↵',
  arrowdown: '↓',
  arrowup: '↑',
}

/** The keys of the first alternative, one sign per cap; no keys, no caps. */
export function caps(keys: string): readonly (readonly string[])[] {
  const first = keys.split(' / ')[0] ?? ''
  if (first === '') return []
  return first.split(' ').map((press) => press.split('+').map((k) => SIGNS[k] ?? k.toUpperCase()))
}
