import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { choosePacks, type PackChoice } from '../../../api/queries/intents'
import { Button } from '../../../ui/button'
import { attempt, done } from '../../../ui/undo'
import { Group } from '../group'
import { usePackWords } from './pack-words'

/** The starter packs in use: any of them together. */
export function Packs({ packs }: { readonly packs: readonly PackChoice[] }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const words = usePackWords()
  const now = packs.filter((p) => p.chosen).map((p) => p.name)
  const [edited, setEdited] = useState<readonly string[]>()
  const chosen = edited ?? now
  const changed = chosen.length !== now.length || chosen.some((p) => !now.includes(p))
  const save = () =>
    attempt(t('The starter packs were not changed'), async () => {
      const undo = await choosePacks(client, chosen)
      setEdited(undefined)
      done(t('The starter packs are changed'), undo)
    })
  return (
    <Group title={t('Starter packs')}>
      <p className="mb-3 max-w-[60ch] text-muted">
        {t('Intents with examples in English, German, Spanish, Portuguese, French, Italian, Dutch and Polish.')}{' '}
        {t('Banking and software are read after a training.')}
      </p>
      <fieldset className="flex flex-col gap-2">
        <legend className="sr-only">{t('Starter packs')}</legend>
        {packs.map((p) => (
          <label key={p.name} className="flex min-h-6 items-start gap-2">
            <input
              type="checkbox"
              className="mt-0.5 size-4 flex-none accent-[var(--accent)]"
              checked={chosen.includes(p.name)}
              onChange={(e) =>
                setEdited(e.target.checked ? [...chosen, p.name] : chosen.filter((name) => name !== p.name))
              }
            />
            <span>
              {words(p.name).label}{' '}
              <span className="text-label text-muted">
                {words(p.name).about} {t('{{n}} intents', { n: p.intents })}
              </span>
            </span>
          </label>
        ))}
      </fieldset>
      {changed ? (
        <div className="mt-3 flex gap-2">
          <Button look="primary" disabled={chosen.length === 0} onClick={save}>
            {t('Use these packs')}
          </Button>
          <Button look="ghost" onClick={() => setEdited(undefined)}>
            {t('Leave it')}
          </Button>
        </div>
      ) : null}
    </Group>
  )
}
