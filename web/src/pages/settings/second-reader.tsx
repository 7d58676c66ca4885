import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  type SecondReader as Kept,
  type Part,
  type SecondReaderChange,
  saveSecondReader,
  secondReaderQuery,
  type Usage,
} from '../../api/queries/second'
import { list } from '../../lib/list'
import { Button } from '../../ui/button'
import { Check } from '../../ui/check'
import { Field } from '../../ui/field'
import { Failed, Skeleton } from '../../ui/states'
import { done } from '../../ui/undo'
import { Group } from './group'
import { useProblems } from './problem'
import { SecondReaderTest } from './second-reader-test'
import { Used } from './second-reader-used'

const PLACES = [
  'base_url',
  'key',
  'timeout_s',
  'languages',
  ...['reading', 'transcription'].flatMap((p) => [`${p}.model`, `${p}.requests`, `${p}.units`]),
]

/** Sound is counted in seconds, and said in minutes. */
const MINUTE = 60

/** The endpoint that reads what the embedded reader is not sure of: off until somebody sets it up. */
export function SecondReader() {
  const { t } = useTranslation()
  const query = useQuery(secondReaderQuery)
  return (
    <Group title={t('Second reader')}>
      <p className="mb-4 max-w-[60ch] text-muted">
        {t(
          'A model of your choice can read what Rapport is not sure of, and write recordings down: on a machine of yours, or with a provider, over the OpenAI API. Names, addresses and numbers are taken out of a text before it leaves. Nothing leaves before you turn it on.',
        )}
      </p>
      {query.isError ? (
        <Failed error={query.error} what={t('The settings could not be read')} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton rows={4} />
      ) : (
        <SetUp key={query.data.version} kept={query.data} />
      )}
    </Group>
  )
}

interface PartForm {
  readonly on: boolean
  readonly model: string
  readonly requests: string
  readonly units: string
}

const formOf = (p: Part, unit = 1): PartForm => ({
  on: p.on,
  model: p.model,
  requests: p.requests > 0 ? String(p.requests) : '',
  units: p.units > 0 ? String(Math.round(p.units / unit)) : '',
})

const partOf = (f: PartForm, unit = 1): Part => ({
  on: f.on,
  model: f.model.trim(),
  requests: whole(f.requests),
  units: whole(f.units) * unit,
})

const whole = (s: string): number => Math.max(0, Math.round(Number(s) || 0))

function SetUp({ kept }: { readonly kept: Kept }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const problems = useProblems(PLACES)
  const [form, setForm] = useState(() => ({
    url: kept.base_url,
    key: '',
    drop: false,
    timeout: kept.timeout_s > 0 ? String(kept.timeout_s) : '',
    languages: list(kept.languages).join(', '),
    reading: formOf(kept.reading),
    transcription: formOf(kept.transcription, MINUTE),
  }))
  const [dirty, setDirty] = useState(false)
  const set = (next: Partial<typeof form>) => {
    setForm((f) => ({ ...f, ...next }))
    setDirty(true)
  }
  const submit = (e: FormEvent) => {
    e.preventDefault()
    const change: SecondReaderChange = {
      base_url: form.url.trim(),
      key: form.drop ? '-' : form.key.trim(),
      timeout_s: whole(form.timeout),
      languages: form.languages.split(/[\s,;]+/).filter((l) => l !== ''),
      reading: partOf(form.reading),
      transcription: partOf(form.transcription, MINUTE),
      version: kept.version,
    }
    void problems.run(async () => {
      await saveSecondReader(client, change)
      done(t('Saved'))
    })
  }
  return (
    <form onSubmit={submit} className="flex max-w-[560px] flex-col gap-4" noValidate>
      <Field
        label={t('Address of the endpoint')}
        value={form.url}
        onChange={(e) => set({ url: e.target.value })}
        placeholder="http://127.0.0.1:11434/v1"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        hint={t('A model server in your own network is fine. Elsewhere it must be https.')}
        error={problems.at('base_url')}
      />
      <div className="flex flex-col gap-2">
        <Field
          label={t('Key')}
          type="password"
          value={form.key}
          onChange={(e) => set({ key: e.target.value, drop: false })}
          autoComplete="new-password"
          placeholder={kept.has_key && !form.drop ? t('Stays as it is') : ''}
          hint={t('Kept sealed, and never shown again. It goes to this address only.')}
          error={problems.at('key')}
        />
        {kept.has_key ? (
          <Check label={t('Remove the key')} value={form.drop} onChange={(drop) => set({ drop, key: '' })} />
        ) : null}
      </div>
      <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
        <Field
          label={t('Seconds to wait for an answer')}
          type="number"
          min={1}
          max={600}
          value={form.timeout}
          onChange={(e) => set({ timeout: e.target.value })}
          placeholder="30"
          error={problems.at('timeout_s')}
        />
        <Field
          label={t('Languages')}
          value={form.languages}
          onChange={(e) => set({ languages: e.target.value })}
          autoComplete="off"
          spellCheck={false}
          placeholder={t('All')}
          hint={t('Only messages in these, such as en, de')}
          error={problems.at('languages')}
        />
      </div>
      <PartFields
        title={t('Intents that are not clear')}
        on={t('Read them a second time')}
        units={t('Tokens a month, at most')}
        at="reading"
        part={form.reading}
        used={list(kept.usage).find((u) => u.part === 'reading')}
        limits={kept.reading}
        problems={problems}
        onChange={(reading) => set({ reading })}
      />
      <PartFields
        title={t('Recordings of calls')}
        on={t('Write them down')}
        note={t(
          'A recording leaves as it is: nothing can be taken out of a voice. Use a server of your own if that is not for others.',
        )}
        units={t('Minutes a month, at most')}
        at="transcription"
        part={form.transcription}
        used={list(kept.usage).find((u) => u.part === 'transcription')}
        limits={kept.transcription}
        problems={problems}
        onChange={(transcription) => set({ transcription })}
      />
      {problems.rest ? (
        <p role="alert" className="text-danger-text">
          {problems.rest}
        </p>
      ) : null}
      <div className="flex flex-wrap items-center gap-3">
        <Button look="primary" type="submit" disabled={problems.busy || !dirty}>
          {t('Save')}
        </Button>
      </div>
      <SecondReaderTest
        ready={!dirty && kept.base_url !== '' && (kept.reading.model !== '' || kept.transcription.model !== '')}
      />
    </form>
  )
}

interface PartProps {
  readonly title: string
  readonly on: string
  readonly note?: string
  readonly units: string
  readonly at: 'reading' | 'transcription'
  readonly part: PartForm
  readonly used: Usage | undefined
  readonly limits: Part
  readonly problems: { readonly at: (...places: readonly string[]) => string | undefined }
  readonly onChange: (part: PartForm) => void
}

function PartFields({ title, on, note, units, at, part, used, limits, problems, onChange }: PartProps) {
  const { t } = useTranslation()
  const set = (next: Partial<PartForm>) => onChange({ ...part, ...next })
  return (
    <fieldset className="flex flex-col gap-3 rounded-card border border-line px-4 pt-2 pb-4">
      <legend className="px-1 text-label font-medium">{title}</legend>
      <Check label={on} value={part.on} onChange={(value) => set({ on: value })} />
      {note ? <p className="text-label text-muted">{note}</p> : null}
      <Field
        label={t('Model')}
        value={part.model}
        onChange={(e) => set({ model: e.target.value })}
        autoComplete="off"
        spellCheck={false}
        hint={t('As the endpoint calls it')}
        error={problems.at(`${at}.model`)}
      />
      <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
        <Field
          label={t('Requests a month, at most')}
          type="number"
          min={0}
          value={part.requests}
          onChange={(e) => set({ requests: e.target.value })}
          placeholder={t('No limit')}
          error={problems.at(`${at}.requests`)}
        />
        <Field
          label={units}
          type="number"
          min={0}
          value={part.units}
          onChange={(e) => set({ units: e.target.value })}
          placeholder={t('No limit')}
          error={problems.at(`${at}.units`)}
        />
      </div>
      {used ? <Used used={used} limits={limits} /> : null}
    </fieldset>
  )
}
