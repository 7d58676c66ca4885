import { useState } from 'react'
import { letterKeys } from '../lib/prefs'
import { createStore, useStore } from '../lib/store'
import { Dialog } from '../ui/dialog'
import { Keys } from '../ui/keys'
import { currentActions, type Section } from './registry'

export const keymapOpen = createStore(false)

const SECTIONS: readonly Section[] = ['Here', 'Go to', 'View', 'General']

/** The keys that work on this page, read from the actions themselves. */
export function KeymapDialog() {
  const open = useStore(keymapOpen)
  return (
    <Dialog
      open={open}
      onOpenChange={keymapOpen.set}
      title="Keys"
      description="What the keyboard does on this page."
      wide
    >
      {open ? <Body /> : null}
    </Dialog>
  )
}

function Body() {
  const [actions] = useState(currentActions)
  const letters = useStore(letterKeys)
  return (
    <div className="flex flex-col gap-6">
      <div className="grid gap-x-8 gap-y-6 md:grid-cols-2">
        {SECTIONS.map((section) => {
          const own = actions.filter((a) => a.section === section && a.keys)
          if (own.length === 0) return null
          return (
            <section key={section}>
              <h3 className="caps mb-1">{section === 'Here' ? 'On this page' : section}</h3>
              <ul>
                {own.map((a) => (
                  <li key={a.id} className="flex min-h-8 items-center justify-between gap-4 border-b border-line">
                    <span>{a.label}</span>
                    <Keys keys={a.keys ?? ''} />
                  </li>
                ))}
              </ul>
            </section>
          )
        })}
      </div>
      <label className="flex min-h-6 items-center gap-2">
        <input
          type="checkbox"
          checked={letters}
          onChange={(e) => letterKeys.set(e.target.checked)}
          className="size-4 accent-[var(--accent)]"
        />
        Single letters act when no text field has the focus
      </label>
    </div>
  )
}
