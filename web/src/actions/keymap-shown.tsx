import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { letterKeys } from '../lib/prefs'
import { useStore } from '../lib/store'
import { Button } from '../ui/button'
import { Keys } from '../ui/keys'
import { currentActions, type Section } from './registry'

const SECTIONS: readonly Section[] = ['Here', 'Go to', 'View', 'General']

/** The keys that work on this page, read from the actions themselves. */
export function KeymapShown({ change }: { readonly change: () => void }) {
  const { t } = useTranslation()
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
              <h3 className="caps mb-1">{section === 'Here' ? t('On this page') : t(section)}</h3>
              <ul>
                {own.map((a) => (
                  <li key={a.id} className="flex min-h-8 items-center justify-between gap-4 border-b border-line">
                    <span>{a.label}</span>
                    <Keys keys={a.keys} />
                  </li>
                ))}
              </ul>
            </section>
          )
        })}
      </div>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <label className="flex min-h-6 items-center gap-2">
          <input
            type="checkbox"
            checked={letters}
            onChange={(e) => letterKeys.set(e.target.checked)}
            className="size-4 accent-[var(--accent)]"
          />
          {t('Single letters act when no text field has the focus')}
        </label>
        <Button onClick={change}>{t('Change the keys…')}</Button>
      </div>
    </div>
  )
}
