import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { transcribe } from '../../api/queries/timeline'
import type { Interaction } from '../../api/types'
import { list } from '../../lib/list'
import { Button } from '../../ui/button'
import { INPUT } from '../../ui/field'
import { attempt, done } from '../../ui/undo'
import { useTrouble } from '../settings/second-reader-words'

/** How far the words of a recording are written down; afterwards, whose they are. */
export function Transcription({ item }: { readonly item: Interaction }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const trouble = useTrouble()
  const now = item.transcription
  if (!now) return null
  if (now.state === 'done') return <Voices item={item} />
  const why = now.error ? trouble(now.error, now.detail) : ''
  const again = () =>
    attempt(t('The recording can’t be written down'), async () => {
      await transcribe(client, item)
    })
  return (
    <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-label" aria-live="polite">
      <p className={now.state === 'failed' ? 'text-danger-text' : 'text-muted'}>
        {now.state === 'failed' ? t('The recording was not written down.') : t('The recording is being written down.')}{' '}
        {why}
      </p>
      {now.state === 'failed' ? (
        <Button size="small" onClick={again}>
          {t('Try again')}
        </Button>
      ) : null}
    </div>
  )
}

/** Who is who in a transcript that a machine made: it only guesses from who called. */
function Voices({ item }: { readonly item: Interaction }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const [chosen, setChosen] = useState<Readonly<Record<string, string>>>({})
  const known: Record<string, string> = {}
  for (const turn of list(item.turns)) if (turn.speaker) known[turn.speaker] ??= turn.side ?? ''
  const sides = { ...known, ...chosen }
  if (Object.keys(known).length === 0) return null
  const save = () =>
    attempt(t('Who speaks was not changed'), async () => {
      const said: Record<string, 'customer' | 'agent'> = {}
      for (const [name, side] of Object.entries(sides)) if (side === 'customer' || side === 'agent') said[name] = side
      await transcribe(client, item, said)
      setOpen(false)
      done(t('The call was read again'))
    })
  return (
    <div className="mt-1 flex flex-col items-start gap-2">
      <Button
        look="link"
        size="small"
        className="!text-accent-hover"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {t('Written down by a machine. Who is who?')}
      </Button>
      {open ? (
        <>
          <ul aria-label={t('Who speaks')} className="flex w-full max-w-80 flex-col gap-2">
            {Object.entries(sides).map(([name, side]) => (
              <li key={name} className="flex items-center gap-3">
                <span className="min-w-0 flex-1 truncate">{name}</span>
                <select
                  aria-label={t('Who is {{name}}?', { name })}
                  value={side}
                  onChange={(e) => setChosen({ ...chosen, [name]: e.target.value })}
                  className={`${INPUT} !w-40`}
                >
                  <option value="">{t('Unknown speaker')}</option>
                  <option value="customer">{t('Customer')}</option>
                  <option value="agent">{t('Colleague')}</option>
                </select>
              </li>
            ))}
          </ul>
          <Button size="small" onClick={save} disabled={!Object.values(sides).some((s) => s !== '')}>
            {t('Read it again')}
          </Button>
        </>
      ) : null}
    </div>
  )
}
