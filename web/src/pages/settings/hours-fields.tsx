import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { InboxView } from '../../api/queries/admin'
import { type Hours, hoursQuery, saveHours } from '../../api/queries/hours'
import { list } from '../../lib/list'
import { currentLocale } from '../../lib/locale'
import { draftOf, type HoursDraft, hoursOf, type Span, usualHours, withSpan } from '../../lib/opening-hours'
import { browserZone, zone } from '../../lib/zone'
import { Button, IconButton } from '../../ui/button'
import { Field } from '../../ui/field'
import { Select } from '../../ui/select'
import { TextArea } from '../../ui/text-area'
import { Rest } from './inbox-form'
import { type Problems, useProblems } from './problem'

const NEW = 'new'

export interface HoursForm {
  readonly all: readonly Hours[]
  /** Id of the hours that the inbox keeps; '': the first; 'new': those of the draft. */
  readonly choice: string
  readonly choose: (id: string) => void
  readonly draft: HoursDraft | undefined
  readonly change: (next: Partial<HoursDraft>) => void
  readonly edit: () => void
  readonly problems: Problems
  /** Saves the draft, and says what the inbox names; undefined: it was refused. */
  readonly save: () => Promise<{ readonly schedule_id?: string } | undefined>
}

/** Which opening hours an inbox keeps, and the ones that are being changed. */
export function useHours(inbox: InboxView | undefined): HoursForm {
  const { t } = useTranslation()
  const client = useQueryClient()
  const all = list(useQuery(hoursQuery).data)
  const [choice, setChoice] = useState(inbox?.settings.schedule_id ?? '')
  const [draft, setDraft] = useState<HoursDraft>()
  const problems = useProblems(['name', 'time_zone', 'hours', 'holidays'])
  const fresh = () => usualHours(t('Office hours'), zone() ?? browserZone())
  const kept = choice === NEW ? undefined : (all.find((h) => h.id === choice) ?? all[0])
  return {
    all,
    choice,
    draft,
    problems,
    choose: (id) => {
      problems.clear()
      setChoice(id)
      setDraft(id === NEW ? fresh() : undefined)
    },
    edit: () => setDraft(kept ? draftOf(kept) : fresh()),
    change: (next) => setDraft((d) => (d ? { ...d, ...next } : d)),
    save: async () => {
      const named = choice === NEW ? '' : choice
      if (!draft) return named ? { schedule_id: named } : {}
      let saved: Hours | undefined
      const ok = await problems.run(async () => {
        saved = await saveHours(client, kept?.id ?? '', hoursOf(draft))
      })
      if (!ok || !saved) return undefined
      // From here on the draft is stored: a form that is refused later must not make it twice.
      const id = choice === '' && kept ? '' : saved.id
      setChoice(id)
      setDraft(undefined)
      return id ? { schedule_id: id } : {}
    },
  }
}

/** The opening hours of an inbox, to choose and to change. */
export function HoursFields({ hours }: { readonly hours: HoursForm }) {
  const { t } = useTranslation()
  const { all, choice, draft } = hours
  const first = all[0]
  return (
    <fieldset className="flex flex-col gap-3 rounded-card border border-line px-4 pt-2 pb-4">
      <legend className="px-1 text-label font-medium">{t('Opening hours')}</legend>
      <div className="flex flex-wrap items-end gap-2">
        <Select
          className="min-w-0 flex-1 basis-56"
          label={t('When somebody is there')}
          value={choice}
          onChange={hours.choose}
          options={[
            ['', first ? t('As usual: {{name}}', { name: first.name }) : t('Day and night')],
            ...all.map((h) => [h.id, h.name] as const),
            [NEW, t('New opening hours…')],
          ]}
        />
        {draft || (choice === '' && !first) ? null : <Button onClick={hours.edit}>{t('Change these hours')}</Button>}
      </div>
      {draft ? <HoursEditor draft={draft} hours={hours} /> : null}
    </fieldset>
  )
}

function HoursEditor({ draft, hours }: { readonly draft: HoursDraft; readonly hours: HoursForm }) {
  const { t } = useTranslation()
  const { change, problems } = hours
  return (
    <>
      <Rest text={problems.rest} />
      {hours.choice === NEW ? null : (
        <p className="text-label text-muted">{t('Every inbox that keeps these hours changes with them.')}</p>
      )}
      <div className="grid grid-cols-2 gap-3 max-md:grid-cols-1">
        <Field
          label={t('Name of these hours')}
          required
          value={draft.name}
          onChange={(e) => change({ name: e.target.value })}
          error={problems.at('name')}
        />
        <Field
          label={t('Time zone')}
          required
          list="time-zones"
          autoComplete="off"
          spellCheck={false}
          value={draft.zone}
          onChange={(e) => change({ zone: e.target.value })}
          error={problems.at('time_zone')}
        />
        <datalist id="time-zones">
          {Intl.supportedValuesOf('timeZone').map((z) => (
            <option key={z} value={z} />
          ))}
        </datalist>
      </div>
      <ul className="flex flex-col gap-2">
        {draft.days.map((spans, d) => (
          <Day
            key={weekday(d, 'short')}
            day={d}
            spans={spans}
            onChange={(next) => change({ days: draft.days.map((old, i) => (i === d ? next : old)) })}
            error={problems.at(`hours.${d}`)}
          />
        ))}
      </ul>
      <TextArea
        label={t('Days on which nobody is there')}
        rows={2}
        value={draft.holidays}
        onChange={(e) => change({ holidays: e.target.value })}
        placeholder="2026-12-25"
        hint={t('One date a line, such as 2026-12-25')}
        error={problems.at('holidays')}
      />
    </>
  )
}

/** 5 January 2026 was a Monday. */
const weekday = (day: number, weekdayForm: 'long' | 'short'): string =>
  new Intl.DateTimeFormat(currentLocale(), { weekday: weekdayForm, timeZone: 'UTC' }).format(Date.UTC(2026, 0, 5 + day))

const TIME = 'h-9 rounded-control border border-control bg-surface px-2 text-body'

interface DayProps {
  readonly day: number
  readonly spans: readonly Span[]
  readonly onChange: (spans: readonly Span[]) => void
  readonly error: string | undefined
}

function Day({ day, spans, onChange, error }: DayProps) {
  const { t } = useTranslation()
  const name = weekday(day, 'long')
  const set = (n: number, to: Partial<Span>) => onChange(spans.map((s, i) => (i === n ? { ...s, ...to } : s)))
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <span className="w-28 text-label font-medium max-md:flex-1">{name}</span>
      <IconButton
        icon={Plus}
        label={t('{{day}}: add hours', { day: name })}
        onClick={() => onChange(withSpan(spans))}
      />
      {spans.length === 0 ? <span className="flex h-9 items-center text-label text-muted">{t('Closed')}</span> : null}
      {spans.map((s, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: spans have no name but their place.
        <span key={n} className="flex items-center gap-1">
          <input
            type="time"
            className={TIME}
            aria-label={t('{{day}}, from', { day: name })}
            aria-invalid={error ? true : undefined}
            value={s.from}
            onChange={(e) => set(n, { from: e.target.value })}
          />
          <span aria-hidden className="text-muted">
            –
          </span>
          <input
            type="time"
            className={TIME}
            aria-label={t('{{day}}, to', { day: name })}
            aria-invalid={error ? true : undefined}
            value={s.to}
            onChange={(e) => set(n, { to: e.target.value })}
          />
          <IconButton
            icon={Trash2}
            label={t('{{day}}: remove {{from}} to {{to}}', { day: name, from: s.from, to: s.to })}
            onClick={() => onChange(spans.filter((_, i) => i !== n))}
          />
        </span>
      ))}
      {error ? (
        <p role="alert" className="basis-full text-label text-danger-text">
          {error}
        </p>
      ) : null}
    </li>
  )
}
