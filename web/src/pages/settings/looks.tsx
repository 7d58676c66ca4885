import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { keymapOpen } from '../../actions/keymap-dialog'
import { density, letterKeys, theme } from '../../lib/prefs'
import { useStore } from '../../lib/store'
import { Button } from '../../ui/button'
import { Segmented } from '../../ui/segmented'
import { Group } from './group'
import { LanguageChoice } from './language-choice'
import { ZoneChoice } from './zone-choice'

/** How the console is for this person, wherever they sign in. */
export function Looks() {
  const { t } = useTranslation()
  const look = useStore(theme)
  const d = useStore(density)
  const letters = useStore(letterKeys)
  return (
    <Group title={t('Language and display')}>
      <p className="-mt-2 mb-3 text-muted">{t('These choices follow you to every machine that you sign in on.')}</p>
      <Row label={t('Language')}>
        <LanguageChoice />
      </Row>
      <Row label={t('Time zone')}>
        <ZoneChoice />
      </Row>
      <Row label={t('Colours')}>
        <Segmented
          label={t('Colours')}
          value={look}
          onChange={theme.set}
          options={[
            { value: 'system', label: t('As the system') },
            { value: 'light', label: t('Light') },
            { value: 'dark', label: t('Dark') },
          ]}
        />
      </Row>
      <Row label={t('Rows')}>
        <Segmented
          label={t('Rows')}
          value={d}
          onChange={density.set}
          options={[
            { value: 'compact', label: t('Compact') },
            { value: 'normal', label: t('Normal') },
            { value: 'comfortable', label: t('Comfortable') },
          ]}
        />
      </Row>
      <Row label={t('Keyboard')}>
        <label className="flex min-h-6 items-center gap-2">
          <input
            type="checkbox"
            checked={letters}
            onChange={(e) => letterKeys.set(e.target.checked)}
            className="size-4 accent-[var(--accent)]"
          />
          {t('Single letters are commands')}
        </label>
        <Button size="small" onClick={() => keymapOpen.set('change')}>
          {t('Change the keys…')}
        </Button>
      </Row>
    </Group>
  )
}

function Row({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1 max-md:py-1.5">
      <span aria-hidden className="w-28 text-muted max-md:w-full">
        {label}
      </span>
      {children}
    </div>
  )
}
