import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  addExamples,
  type FirmIntent,
  type IntentDetail,
  intentQuery,
  mergeIntent,
  removeExample,
  renameIntent,
  retireIntent,
} from '../../../api/queries/intents'
import { list } from '../../../lib/list'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Field } from '../../../ui/field'
import { Segmented } from '../../../ui/segmented'
import { Select } from '../../../ui/select'
import { Failed, Skeleton } from '../../../ui/states'
import { attempt, done } from '../../../ui/undo'
import { Rest } from '../inbox-form'
import { useProblems } from '../problem'
import { Examples, linesOf } from './new-intent'
import { Split } from './split'

type Part = 'examples' | 'name' | 'merge' | 'split'

interface IntentDialogProps {
  readonly name: string
  readonly all: readonly FirmIntent[]
  readonly onClose: () => void
}

/** An intent: its examples and name, and what can become of it. */
export function IntentDialog({ name, all, onClose }: IntentDialogProps) {
  const { t } = useTranslation()
  const label = all.find((i) => i.name === name)?.label ?? ''
  return (
    <Dialog open={name !== ''} onOpenChange={(o) => o || onClose()} title={label || t('Intent')} wide>
      {name ? <Body key={name} name={name} all={all} onClose={onClose} /> : null}
    </Dialog>
  )
}

function Body({ name, all, onClose }: IntentDialogProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery(intentQuery(name))
  const [part, setPart] = useState<Part>('examples')
  if (query.isError)
    return <Failed error={query.error} what={t('The intent could not be read')} retry={() => void query.refetch()} />
  if (query.isPending) return <Skeleton rows={3} />
  const intent = query.data
  const retire = (retired: boolean) =>
    attempt(t('The intent was not changed'), async () => {
      const undo = await retireIntent(client, name, retired)
      onClose()
      done(
        retired ? t('“{{name}}” is put away', { name: intent.label }) : t('“{{name}}” is back', { name: intent.label }),
        undo,
      )
    })
  const parts: readonly { readonly value: Part; readonly label: string }[] = [
    { value: 'examples', label: t('Examples') },
    { value: 'name', label: t('Name') },
    ...(intent.active
      ? [
          { value: 'merge' as const, label: t('Merge') },
          { value: 'split' as const, label: t('Split') },
        ]
      : []),
  ]
  return (
    <div className="flex flex-col gap-4">
      <p className="text-muted">{intent.description}</p>
      <Segmented label={t('Part of the intent')} value={part} onChange={setPart} options={parts} />
      {part === 'examples' ? (
        <Texts intent={intent} />
      ) : part === 'name' ? (
        <Name intent={intent} onDone={onClose} />
      ) : part === 'merge' ? (
        <Merge intent={intent} all={all} onDone={onClose} />
      ) : (
        <Split intent={intent} onDone={onClose} />
      )}
      {intent.merged_into ? null : (
        <div className="border-t border-line pt-4">
          {intent.retired ? (
            <Button onClick={() => retire(false)}>{t('Take it into use again')}</Button>
          ) : intent.active ? (
            <Button look="danger" onClick={() => retire(true)}>
              {t('Put the intent away')}
            </Button>
          ) : null}
        </div>
      )}
    </div>
  )
}

function Texts({ intent }: { readonly intent: IntentDetail }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const problems = useProblems(['examples'])
  const [text, setText] = useState('')
  const [all, setAll] = useState(false)
  const few = 8
  const texts = list(intent.texts)
  const add = async (event: FormEvent) => {
    event.preventDefault()
    await problems.run(async () => {
      const undo = await addExamples(client, intent.name, linesOf(text))
      setText('')
      done(t('Examples added to “{{name}}”', { name: intent.label }), undo)
    })
  }
  const remove = (id: string) =>
    attempt(t('The example was not removed'), async () => {
      done(t('The example is removed'), await removeExample(client, intent.name, id))
    })
  const origins: Readonly<Record<string, string>> = {
    intent: t('Own'),
    starter: t('Built in'),
    file: t('From a file'),
    correction: t('A correction'),
  }
  return (
    <>
      <form onSubmit={(e) => void add(e)} className="flex flex-col gap-2" noValidate>
        <Rest text={problems.rest} />
        <Examples value={text} onChange={setText} error={problems.at('examples')} own={intent.name} />
        <Button type="submit" className="self-start" disabled={problems.busy || linesOf(text).length === 0}>
          {t('Add')}
        </Button>
      </form>
      <ul aria-label={t('Examples')} className="border-t border-line">
        {(all ? texts : texts.slice(0, few)).map((x) => (
          <li key={x.id ?? x.text} className="flex items-start gap-3 border-b border-line py-2">
            <p dir="auto" className="min-w-0 flex-1 whitespace-pre-line [overflow-wrap:anywhere]">
              {x.text}
            </p>
            <span className="flex-none text-label text-muted">
              {origins[x.origin] ?? x.origin}
              {x.language ? `, ${x.language}` : ''}
            </span>
            {x.id && x.origin === 'intent' ? (
              <Button
                size="small"
                look="ghost"
                aria-label={`${t('Remove')}: ${x.text}`}
                onClick={() => x.id && remove(x.id)}
              >
                {t('Remove')}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {texts.length > few && !all ? (
        <Button look="ghost" className="self-start" onClick={() => setAll(true)}>
          {t('Show {{n}} more', { n: texts.length - few })}
        </Button>
      ) : null}
    </>
  )
}

interface PartProps {
  readonly intent: IntentDetail
  readonly onDone: () => void
}

function Name({ intent, onDone }: PartProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const problems = useProblems(['label', 'description'])
  const [label, setLabel] = useState(intent.label)
  const [description, setDescription] = useState(intent.description)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await problems.run(async () => {
      const undo = await renameIntent(client, intent.name, label.trim(), description.trim())
      onDone()
      done(t('“{{name}}” saved', { name: label.trim() }), undo)
    })
  }
  return (
    <form onSubmit={(e) => void submit(e)} className="flex flex-col gap-4" noValidate>
      <Rest text={problems.rest} />
      <Field
        label={t('Name')}
        required
        value={label}
        onChange={(e) => setLabel(e.target.value)}
        error={problems.at('label')}
      />
      <Field
        label={t('Description (optional)')}
        value={description}
        onChange={(e) => setDescription(e.target.value)}
        error={problems.at('description')}
      />
      <Button type="submit" look="primary" className="self-start" disabled={problems.busy}>
        {t('Save')}
      </Button>
    </form>
  )
}

function Merge({ intent, all, onDone }: PartProps & { readonly all: readonly FirmIntent[] }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const problems = useProblems(['into'])
  const [into, setInto] = useState('')
  const others = all
    .filter((i) => i.active && i.name !== intent.name)
    .toSorted((a, b) => a.label.localeCompare(b.label))
  const target = others.find((i) => i.name === into)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!target) return
    await problems.run(async () => {
      const undo = await mergeIntent(client, intent.name, into)
      onDone()
      done(t('“{{name}}” is merged into “{{into}}”', { name: intent.label, into: target.label }), undo)
    })
  }
  return (
    <form onSubmit={(e) => void submit(e)} className="flex flex-col gap-4" noValidate>
      <Rest text={problems.rest} />
      <Select
        label={t('Merge it into')}
        value={into}
        onChange={setInto}
        error={problems.at('into')}
        options={[['', t('Choose an intent')], ...others.map((i) => [i.name, i.label] as const)]}
      />
      {target ? (
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 rounded-card bg-sunken px-4 py-3">
          <dt className="text-muted">{t('Journeys in 30 days')}</dt>
          <dd className="tabular-nums">
            {intent.volume} + {target.volume} = {intent.volume + target.volume}
          </dd>
          <dt className="text-muted">{t('Own examples')}</dt>
          <dd className="tabular-nums">
            {intent.examples} + {target.examples} = {intent.examples + target.examples}
          </dd>
          <dd className="col-span-2 text-label text-muted">
            {t('All of it counts as “{{name}}” at once. Nothing is rewritten, so it can be taken back.', {
              name: target.label,
            })}
          </dd>
        </dl>
      ) : null}
      <Button type="submit" look="primary" className="self-start" disabled={problems.busy || !target}>
        {t('Merge')}
      </Button>
    </form>
  )
}
