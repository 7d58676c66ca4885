import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ProductTrial, putProducts, tryProducts } from '../../../api/queries/vocabulary'
import { list } from '../../../lib/list'
import { Button } from '../../../ui/button'
import { Check } from '../../../ui/check'
import { Dialog } from '../../../ui/dialog'
import { TextArea } from '../../../ui/text-area'
import { done } from '../../../ui/undo'
import { Rest } from '../inbox-form'
import { useProblems } from '../problem'
import { LINE_PROBLEMS } from './kinds'
import { useSettled } from './use-settled'

interface AddProductsProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
}

export function AddProducts({ open, onOpenChange }: AddProductsProps) {
  const { t } = useTranslation()
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('Add products')}
      description={t('One a line: the name, then the article number, then what customers call it.')}
      wide
    >
      <Form onDone={() => onOpenChange(false)} />
    </Dialog>
  )
}

/** A file of a spreadsheet: UTF-8, or what Windows calls ANSI when it is not. */
async function readFile(file: File): Promise<string> {
  const bytes = await file.arrayBuffer()
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

const MOST_BYTES = 4_000_000

function Form({ onDone }: { readonly onDone: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const problems = useProblems(['text'])
  const [text, setText] = useState('')
  const [replace, setReplace] = useState(false)
  const [wrong, setWrong] = useState('')
  const file = useRef<HTMLInputElement>(null)
  const asked = useSettled(text.trim())
  const trial = useQuery({
    queryKey: ['vocabulary', 'try products', asked] as const,
    queryFn: () => tryProducts(asked),
    enabled: asked !== '',
    placeholderData: (old) => old,
  }).data
  const take = async (chosen: File | undefined) => {
    if (!chosen) return
    setWrong(chosen.size > MOST_BYTES ? t('The file is larger than 4 MB.') : '')
    if (chosen.size <= MOST_BYTES) setText(await readFile(chosen))
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await problems.run(async () => {
      const undo = await putProducts(client, text, replace)
      onDone()
      done(t('Products saved'), undo)
    })
  }
  return (
    <form onSubmit={(e) => void submit(e)} className="flex flex-col gap-4" noValidate>
      <Rest text={problems.rest} />
      <TextArea
        label={t('Products')}
        rows={6}
        value={text}
        onChange={(e) => setText(e.target.value)}
        error={problems.at('text') ?? (wrong || undefined)}
        hint={t('Commas, semicolons or tabs part the columns, as a spreadsheet saves them. A head line is understood.')}
      />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <input
          ref={file}
          type="file"
          accept=".csv,.tsv,.txt,text/csv,text/plain"
          aria-label={t('CSV file')}
          className="sr-only"
          tabIndex={-1}
          onChange={(e) => void take(e.target.files?.[0])}
        />
        <Button onClick={() => file.current?.click()}>{t('Choose a CSV file…')}</Button>
        <Check label={t('In place of the whole catalogue')} value={replace} onChange={setReplace} />
      </div>
      <div aria-live="polite" className="flex flex-col gap-3 empty:hidden">
        {trial && text.trim() ? <Outcome trial={trial} /> : null}
      </div>
      <Button
        type="submit"
        look="primary"
        className="self-start"
        disabled={problems.busy || !trial || trial.total === 0 || !text.trim()}
      >
        {t('Save the products')}
      </Button>
    </form>
  )
}

function Outcome({ trial }: { readonly trial: ProductTrial }) {
  const { t } = useTranslation()
  const common = list(trial.found).filter((f) => f.often)
  return (
    <>
      <p>
        {t('Products: {{n}}.', { n: trial.total })}{' '}
        {trial.texts > 0 ? (
          <span className="text-muted">
            {t('{{with}} of the last {{texts}} messages name one.', { with: trial.with, texts: trial.texts })}
          </span>
        ) : null}
      </p>
      {common.length > 0 ? (
        <p className="rounded-control bg-warning-soft px-3 py-2 text-warning-text">
          {t('In more than a tenth of all messages, so perhaps a plain word: {{names}}', {
            names: common.map((f) => f.name).join(', '),
          })}
        </p>
      ) : null}
      <Short title={t('Read as')}>
        {list(trial.products).map((p) => (
          <li key={p.name} className="[overflow-wrap:anywhere]">
            {p.name} <span className="text-muted">{[p.sku, ...list(p.synonyms)].filter(Boolean).join(', ')}</span>
          </li>
        ))}
      </Short>
      <Short title={t('Named most often')}>
        {list(trial.found).map((f) => (
          <li key={f.name} className="flex justify-between gap-3">
            <span className="min-w-0 [overflow-wrap:anywhere]">{f.name}</span>
            <span className="text-muted tabular-nums">{f.texts}</span>
          </li>
        ))}
      </Short>
      <Short title={t('Left out, {{n}} in all', { n: trial.left })}>
        {list(trial.problems).map((p) => (
          <li key={p.line} className="[overflow-wrap:anywhere]">
            {t('Line {{n}}', { n: p.line })}
            {p.text ? ` “${p.text}”` : ''}: <span className="text-muted">{t(LINE_PROBLEMS[p.reason])}</span>
          </li>
        ))}
      </Short>
    </>
  )
}

function Short({ title, children }: { readonly title: string; readonly children: readonly ReactNode[] }) {
  if (children.length === 0) return null
  return (
    <section aria-label={title}>
      <h3 className="mb-1 text-label font-medium">{title}</h3>
      <ul className="flex flex-col gap-1 rounded-control border border-line px-3 py-2 text-label">{children}</ul>
    </section>
  )
}
