import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type IntentDetail, splitIntent, splitQuery } from '../../../api/queries/intents'
import { list } from '../../../lib/list'
import { Button } from '../../../ui/button'
import { Field } from '../../../ui/field'
import { Failed, Skeleton } from '../../../ui/states'
import { done } from '../../../ui/undo'
import { Rest } from '../inbox-form'
import { useProblems } from '../problem'

interface SplitProps {
  readonly intent: IntentDetail
  readonly onDone: () => void
}

/** Two groups are proposed; each example can go to the other one. */
export function Split({ intent, onDone }: SplitProps) {
  const { t } = useTranslation()
  const query = useQuery(splitQuery(intent.name))
  if (query.isError)
    return <Failed error={query.error} what={t('No split could be proposed')} retry={() => void query.refetch()} />
  if (query.isPending) return <Skeleton rows={3} />
  const texts = [...list(query.data.first), ...list(query.data.second)]
  return <Groups intent={intent} texts={texts} proposed={list(query.data.second)} onDone={onDone} />
}

interface GroupsProps extends SplitProps {
  readonly texts: readonly string[]
  readonly proposed: readonly string[]
}

function Groups({ intent, texts, proposed, onDone }: GroupsProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const problems = useProblems(['label', 'examples'])
  const [label, setLabel] = useState('')
  const [moved, setMoved] = useState<readonly string[]>(proposed)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await problems.run(async () => {
      const undo = await splitIntent(client, intent.name, { label: label.trim(), examples: moved })
      onDone()
      done(t('“{{name}}” is split off', { name: label.trim() }), undo)
    })
  }
  return (
    <form onSubmit={(e) => void submit(e)} className="flex flex-col gap-4" noValidate>
      <Rest text={problems.rest} />
      <Field
        label={t('Name of the new intent')}
        required
        value={label}
        onChange={(e) => setLabel(e.target.value)}
        error={problems.at('label')}
      />
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 text-label font-medium">{t('Examples that go to the new intent')}</legend>
        <p className="mb-1 text-label text-muted">
          {t('{{n}} go, {{stay}} stay. Both need three at least.', {
            n: moved.length,
            stay: texts.length - moved.length,
          })}
        </p>
        {texts.map((text) => (
          <label key={text} className="flex min-h-6 items-start gap-2">
            <input
              type="checkbox"
              className="mt-0.5 size-4 flex-none accent-[var(--accent)]"
              checked={moved.includes(text)}
              onChange={(e) => setMoved(e.target.checked ? [...moved, text] : moved.filter((x) => x !== text))}
            />
            <span dir="auto" className="[overflow-wrap:anywhere]">
              {text}
            </span>
          </label>
        ))}
        {problems.at('examples') ? <p className="text-label text-danger-text">{problems.at('examples')}</p> : null}
      </fieldset>
      <Button type="submit" look="primary" className="self-start" disabled={problems.busy}>
        {t('Split it off')}
      </Button>
    </form>
  )
}
