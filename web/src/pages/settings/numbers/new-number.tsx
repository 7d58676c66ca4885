import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addNumber, type Match, type NumberKind, type Trial, tryNumber } from '../../../api/queries/vocabulary'
import { list } from '../../../lib/list'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Field } from '../../../ui/field'
import { Select } from '../../../ui/select'
import { TextArea } from '../../../ui/text-area'
import { done } from '../../../ui/undo'
import { Rest } from '../inbox-form'
import { linesOf } from '../intents/new-intent'
import { useProblems } from '../problem'
import { ELSE, kindLabel, NUMBER_KINDS, REFUSED } from './kinds'
import { ShapeWords } from './shape'
import { useSettled } from './use-settled'

interface NewNumberProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
}

export function NewNumber({ open, onOpenChange }: NewNumberProps) {
  const { t } = useTranslation()
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('New number')}
      description={t('Two examples are enough to begin with; more make the form surer.')}
      wide
    >
      <Form onDone={() => onOpenChange(false)} />
    </Dialog>
  )
}

function Form({ onDone }: { readonly onDone: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const problems = useProblems(['name', 'kind', 'examples'])
  const [name, setName] = useState('')
  const [kind, setKind] = useState<NumberKind>('order')
  const [text, setText] = useState('')
  const examples = linesOf(text)
  const trial = useTrial(kind, examples)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await problems.run(async () => {
      const undo = await addNumber(client, { name: name.trim(), kind, examples })
      onDone()
      done(t('“{{name}}” saved', { name: name.trim() }), undo)
    })
  }
  return (
    <form onSubmit={(e) => void submit(e)} className="flex flex-col gap-4" noValidate>
      <Rest text={problems.rest} />
      <div className="grid grid-cols-2 gap-4 max-sm:grid-cols-1">
        <Field
          label={t('Name')}
          required
          value={name}
          onChange={(e) => setName(e.target.value)}
          error={problems.at('name')}
          hint={t('Such as meter number or policy.')}
        />
        <Select
          label={t('What it counts')}
          value={kind}
          onChange={(v) => setKind(NUMBER_KINDS.find(([k]) => k === v)?.[0] ?? 'order')}
          error={problems.at('kind')}
          options={NUMBER_KINDS.map(([k, label]) => [k, t(label)] as const)}
        />
      </div>
      <TextArea
        label={t('Examples, one a line')}
        rows={4}
        className="[&_textarea]:font-mono"
        value={text}
        onChange={(e) => setText(e.target.value)}
        error={problems.at('examples')}
        hint={t('Real ones, of different times if you can.')}
      />
      <div aria-live="polite" className="flex flex-col gap-3 empty:hidden">
        {trial && examples.length > 0 ? <Outcome trial={trial} kind={kind} count={examples.length} /> : null}
      </div>
      <Button
        type="submit"
        look="primary"
        className="self-start"
        disabled={problems.busy || (trial !== undefined && trial.refused !== '')}
      >
        {t('Save the number')}
      </Button>
    </form>
  )
}

/** What the examples would find, asked when nobody has typed for a moment. */
function useTrial(kind: NumberKind, examples: readonly string[]): Trial | undefined {
  const asked = useSettled(examples.join('\n'))
  return useQuery({
    queryKey: ['vocabulary', 'try', kind, asked] as const,
    queryFn: () => tryNumber({ name: '', kind, examples: linesOf(asked) }),
    enabled: asked !== '',
    placeholderData: (old) => old,
  }).data
}

function Outcome({ trial, kind, count }: { readonly trial: Trial; readonly kind: string; readonly count: number }) {
  const { t } = useTranslation()
  const refused = trial.refused
  return (
    <>
      {list(trial.shape.parts).length > 0 && count > 1 ? (
        <p className="text-muted">
          {t('Form:')} <ShapeWords shape={trial.shape} />
        </p>
      ) : null}
      {refused && !(refused === 'few' && count < 2) ? (
        <p className="rounded-control bg-warning-soft px-3 py-2 text-warning-text">{t(REFUSED[refused])}</p>
      ) : null}
      {trial.texts > 0 && refused !== 'few' ? (
        <p className="text-muted">
          {trial.numbers === 0
            ? t('Not in the last {{texts}} messages.', { texts: trial.texts })
            : t('{{n}} different ones in {{with}} of the last {{texts}} messages.', {
                n: trial.numbers,
                with: trial.with,
                texts: trial.texts,
              })}{' '}
          {trial.firm ? '' : t('It gives way to dates, phone numbers and amounts.')}
        </p>
      ) : null}
      <Matches title={t('Would be taken')} items={list(trial.found)} kind={kind} />
      {trial.left > 0 ? (
        <Matches
          title={t('Left alone, {{n}} in all', { n: trial.left })}
          items={list(trial.leaves)}
          kind={kind}
          alone
        />
      ) : null}
    </>
  )
}

interface MatchesProps {
  readonly title: string
  readonly items: readonly Match[]
  readonly kind: string
  readonly alone?: boolean
}

/** Numbers in their sentence, with what each is read as without this form. */
function Matches({ title, items, kind, alone }: MatchesProps) {
  const { t } = useTranslation()
  const other = (m: Match) => {
    if (m.else === '' || m.else === kind || (m.else === 'reference' && !alone)) return ''
    const what = t(ELSE[m.else] ?? kindLabel(m.else))
    return alone ? t('known as {{what}}', { what }) : t('read as {{what}} today', { what })
  }
  if (items.length === 0) return null
  return (
    <section aria-label={title}>
      <h3 className="mb-1 text-label font-medium">{title}</h3>
      <ul className="rounded-control border border-line">
        {items.map((m) => (
          <li
            key={`${m.interaction_id} ${m.text}`}
            className="flex flex-wrap items-baseline gap-x-3 border-b border-line px-3 py-1.5 last:border-b-0"
          >
            <span className="min-w-0 flex-1 basis-56 text-label text-muted [overflow-wrap:anywhere]">
              {m.before}
              <mark className={alone ? 'bg-sunken text-text' : 'bg-accent-soft text-text'}>{m.text}</mark>
              {m.after}
            </span>
            {other(m) ? <span className="text-label text-warning-text">{other(m)}</span> : null}
          </li>
        ))}
      </ul>
    </section>
  )
}
