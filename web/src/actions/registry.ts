import type { LucideIcon } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { createStore } from '../lib/store'
import { keysOf } from './keymap'

export type Section = 'Here' | 'Go to' | 'View' | 'General'

/** Something a person can do. Buttons, keys, menus and the palette all read it. */
export interface Action {
  readonly id: string
  readonly label: string
  readonly section: Section
  readonly icon?: LucideIcon
  readonly danger?: boolean
  /** Kept out of the palette and of menus: movement inside a list. */
  readonly quiet?: boolean
  /** Shown in the palette only once something was typed. */
  readonly onSearch?: boolean
  readonly run: () => void
}

/** An action with the keys that the person has for it: "e", "g c", "mod+k"; several separated by " / ". */
export interface KeyedAction extends Action {
  readonly keys: string
}

type Source = () => readonly Action[]
const sources = createStore<readonly Source[]>([])

/** All actions that can be done now; what the page in front registered comes first. */
export function currentActions(): readonly KeyedAction[] {
  const seen = new Set<string>()
  const out: KeyedAction[] = []
  for (const source of [...sources.get()].reverse()) {
    for (const action of source()) {
      if (seen.has(action.id)) continue
      seen.add(action.id)
      out.push({ ...action, keys: keysOf(action.id) })
    }
  }
  return out
}

/** Offers actions for as long as the calling component is on the screen. */
export function useActions(actions: readonly Action[]): void {
  const latest = useRef(actions)
  useEffect(() => {
    latest.current = actions
  })
  useEffect(() => {
    const source: Source = () => latest.current
    sources.set((old) => [...old, source])
    return () => sources.set((old) => old.filter((s) => s !== source))
  }, [])
}
