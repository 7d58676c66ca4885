import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createIntent, type ReadText, readTexts } from '../../../api/queries/intents'
import { percent } from '../../../lib/words'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Field } from '../../../ui/field'
import { TextArea } from '../../../ui/text-area'
import { done } from '../../../ui/undo'
import { Rest } from '../inbox-form'
import { useProblems } from '../problem'

interface NewIntentProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
}

export function NewIntent({ open, onOpenChange }: NewIntentProps) {
  const { t } = useTranslation()
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('New intent')}
      description={t('A name and three examples are enough to begin with.')}
      wide
    >
      <Form onDone={() => onOpenChange(false)} />
    </Dialog>
  )
}

/** The lines of a field, each an example. */
export const linesOf = (text: string): readonly string[] => [
  ...new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  ),
]

function Form({ onDone }: { readonly onDone: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const problems = useProblems(['label', 'description', 'examples'])
  const [label, setLabel] = useState('')
  const [description, setDescription] = useState('')
  const [text, setText] = useState('')
  const examples = linesOf(text)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await problems.run(async () => {
      const undo = await createIntent(client, { label: label.trim(), description: description.trim(), examples })
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
        hint={t('As you would say it to a colleague.')}
      />
      <Field
        label={t('Description (optional)')}
        value={description}
        onChange={(e) => setDescription(e.target.value)}
        error={problems.at('description')}
      />
      <Examples value={text} onChange={setText} error={problems.at('examples')} />
      <Button type="submit" look="primary" className="self-start" disabled={problems.busy}>
        {t('Make the intent')}
      </Button>
    </form>
  )
}

interface ExamplesProps {
  readonly value: string
  readonly onChange: (text: string) => void
  readonly error?: string | undefined
  /** What the examples are for; reading as that is no surprise. */
  readonly own?: string
}

/** Examples, one a line, with what each of them reads as already. */
export function Examples({ value, onChange, error, own = '' }: ExamplesProps) {
  const { t } = useTranslation()
  const [read, setRead] = useState<ReadonlyMap<string, ReadText>>(new Map())
  const timer = useRef(0)
  const change = (text: string) => {
    onChange(text)
    window.clearTimeout(timer.current)
    const asked = linesOf(text).slice(0, 20)
    if (asked.length === 0) return
    timer.current = window.setTimeout(() => {
      // A hint only: when it can't be asked, the form works without.
      readTexts(asked).then(
        (got) => setRead(new Map(got.map((r, i) => [asked[i] ?? '', r]))),
        () => setRead(new Map()),
      )
    }, 400)
  }
  const taken = linesOf(value).flatMap((line) => {
    const r = read.get(line)
    return r && !r.unknown && r.intent && r.intent !== own ? [{ line, r }] : []
  })
  return (
    <div>
      <TextArea
        label={t('Examples, one a line')}
        rows={5}
        value={value}
        onChange={(e) => change(e.target.value)}
        error={error}
        hint={t('As customers write, in every language that they write in.')}
      />
      <ul
        aria-live="polite"
        aria-label={t('What the examples read as now')}
        className="mt-2 flex flex-col gap-1 empty:hidden"
      >
        {taken.map(({ line, r }) => (
          <li key={line} className="rounded-control bg-warning-soft px-3 py-2 text-label text-warning-text">
            {t('“{{text}}” reads as “{{name}}” already ({{share}} sure).', {
              text: line.length > 60 ? `${line.slice(0, 60)}…` : line,
              name: r.label,
              share: percent(r.confidence),
            })}
          </li>
        ))}
      </ul>
    </div>
  )
}
