import { useQueryClient } from '@tanstack/react-query'
import { Plus, Trash2 } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type PrechatQuestion, saveInbox } from '../../api/queries/admin'
import { contrast } from '../../lib/contrast'
import { list } from '../../lib/list'
import { Button, IconButton } from '../../ui/button'
import { Field } from '../../ui/field'
import { Select } from '../../ui/select'
import { TextArea } from '../../ui/text-area'
import { HoursFields, useHours } from './hours-fields'
import { Buttons, type FormProps, kept, Rest } from './inbox-form'
import { useProblems } from './problem'
import { SURVEY_PLACES, SurveyFields, useSurvey } from './survey-fields'

const lines = (text: string): string[] =>
  text
    .split(/[\n,]/)
    .map((l) => l.trim())
    .filter(Boolean)

/** Questions have a key, so that removing one leaves the others where they are. */
interface Asked extends PrechatQuestion {
  readonly key: number
}

const CHAT_PLACES = [
  'name',
  'settings.chat.origins',
  'settings.chat.colour',
  'settings.chat.greeting',
  'settings.chat.prechat',
  'settings.chat.mail_after_min',
  ...SURVEY_PLACES,
]

export function ChatForm({ inbox, onSaved, onCancel }: FormProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const problems = useProblems(CHAT_PLACES)
  const chat = inbox?.settings.chat
  const survey = useSurvey(inbox)
  const hours = useHours(inbox)
  const [name, setName] = useState(inbox?.name ?? '')
  const [origins, setOrigins] = useState(list(chat?.origins).join('\n'))
  const [colour, setColour] = useState(chat?.colour || '#0f6b5c')
  const [greeting, setGreeting] = useState(chat?.greeting ?? '')
  const [mailAfter, setMailAfter] = useState(String(chat?.mail_after_min || 3))
  const [asked, setAsked] = useState<readonly Asked[]>(list(chat?.prechat).map((q, key) => ({ ...q, key })))
  const change = (key: number, to: Partial<Asked>) =>
    setAsked((old) => old.map((q) => (q.key === key ? { ...q, ...to } : q)))
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const schedule = await hours.save()
    if (!schedule) return
    await problems.run(async () => {
      const { schedule_id: _, ...settings } = inbox?.settings ?? {}
      onSaved(
        await saveInbox(client, inbox?.id ?? '', {
          ...kept(inbox),
          ...(inbox ? { address: inbox.address } : {}),
          kind: 'chat',
          name: name.trim(),
          settings: {
            ...settings,
            ...schedule,
            satisfaction: survey.setting,
            chat: {
              ...chat,
              origins: lines(origins),
              colour,
              greeting: greeting.trim(),
              mail_after_min: Math.max(1, Math.round(Number(mailAfter) || 0)),
              prechat: asked.map(({ key: _, ...q }) => ({
                ...q,
                label: q.label.trim(),
                name: q.name || nameOf(q.label),
              })),
            },
          },
        }),
      )
    })
  }
  return (
    <form onSubmit={(e) => void submit(e)} className="flex flex-col gap-4" noValidate>
      <Rest text={problems.rest} />
      <Field
        label={t('Name that colleagues see')}
        required
        value={name}
        placeholder={t('Chat on the web site')}
        onChange={(e) => setName(e.target.value)}
        error={problems.at('name')}
      />
      <TextArea
        label={t('Sites that may show it')}
        value={origins}
        onChange={(e) => setOrigins(e.target.value)}
        placeholder="https://shop.example"
        spellCheck={false}
        hint={t('One a line, with https:// and without a path')}
        error={problems.at('settings.chat.origins')}
      />
      <Colour value={colour} onChange={setColour} error={problems.at('settings.chat.colour')} />
      <TextArea
        label={t('Greeting')}
        rows={2}
        value={greeting}
        onChange={(e) => setGreeting(e.target.value)}
        placeholder={t('Hello! How can we help?')}
        error={problems.at('settings.chat.greeting')}
      />
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 text-label font-medium">{t('Questions before the chat')}</legend>
        {asked.map((q, i) => (
          <div key={q.key} className="flex flex-wrap items-end gap-2">
            <Field
              className="min-w-0 flex-1 basis-40"
              label={t('Question {{n}}', { n: i + 1 })}
              value={q.label}
              onChange={(e) => change(q.key, { label: e.target.value })}
              error={problems.at(`settings.chat.prechat.${i}`)}
            />
            <Select
              label={t('It asks for')}
              value={q.name === 'email' || q.name === 'name' ? q.name : ''}
              onChange={(as) => change(q.key, { name: as })}
              options={[
                ['email', t('Mail address')],
                ['name', t('Name')],
                ['', t('Something else')],
              ]}
            />
            <label className="flex h-9 items-center gap-2">
              <input
                type="checkbox"
                className="size-4 accent-[var(--accent)]"
                checked={q.required === true}
                onChange={(e) => change(q.key, { required: e.target.checked })}
              />
              {t('Must be answered')}
            </label>
            <IconButton
              icon={Trash2}
              label={t('Remove question {{n}}', { n: i + 1 })}
              onClick={() => setAsked((old) => old.filter((x) => x.key !== q.key))}
            />
          </div>
        ))}
        {asked.length < 6 ? (
          <Button
            size="small"
            className="self-start"
            onClick={() =>
              setAsked((old) => [
                ...old,
                {
                  key: Math.max(-1, ...old.map((q) => q.key)) + 1,
                  name: old.length === 0 ? 'email' : '',
                  label: old.length === 0 ? t('Your mail address') : '',
                },
              ])
            }
          >
            <Plus aria-hidden className="!size-4" />
            {t('Add a question')}
          </Button>
        ) : null}
      </fieldset>
      <HoursFields hours={hours} />
      <Field
        label={t('Minutes until an unseen answer goes by mail')}
        type="number"
        min={1}
        max={10080}
        value={mailAfter}
        onChange={(e) => setMailAfter(e.target.value)}
        hint={t('To visitors who left their address. Their reply comes back into the same conversation.')}
        error={problems.at('settings.chat.mail_after_min')}
      />
      <SurveyFields survey={survey} kind="chat" error={problems.at} />
      <Buttons busy={problems.busy || hours.problems.busy} onCancel={onCancel}>
        {inbox ? t('Save') : t('Make the chat')}
      </Buttons>
    </form>
  )
}

/** A name for a trait out of its question. */
const nameOf = (label: string): string =>
  label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 40) || 'answer'

interface ColourProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly error: string | undefined
}

function Colour({ value, onChange, error }: ColourProps) {
  const { t } = useTranslation()
  const id = useId()
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-label font-medium">
        {t('Colour')}
      </label>
      <div className="flex items-center gap-3">
        <input
          id={id}
          type="color"
          value={value}
          onChange={(e) => onChange(e.target.value)}
          className="h-9 w-14 cursor-pointer rounded-control border border-control bg-surface p-1"
        />
        <span className="font-mono text-label text-muted">{value}</span>
        <span
          className="rounded-card px-3 py-1 text-label"
          style={{
            background: value,
            color: contrast(value, '#ffffff') >= contrast(value, '#111111') ? '#fff' : '#111',
          }}
        >
          {t('A message')}
        </span>
      </div>
      {contrast(value, '#ffffff') < 3 ? (
        <p role="status" className="text-label text-warning-text">
          {t('This colour is hard to see on a light page. A darker one is better.')}
        </p>
      ) : contrast(value, '#17181c') < 3 ? (
        <p role="status" className="text-label text-warning-text">
          {t('This colour is hard to see on a dark page. A lighter one is better.')}
        </p>
      ) : null}
      {error ? <p className="text-label text-danger-text">{error}</p> : null}
    </div>
  )
}
