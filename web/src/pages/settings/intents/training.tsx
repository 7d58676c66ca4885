import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { busy, lastTrainingQuery, type Training, train } from '../../../api/queries/intents'
import { list } from '../../../lib/list'
import { percent } from '../../../lib/words'
import { Button } from '../../../ui/button'
import { attempt } from '../../../ui/undo'

/** Whether the model knows what was changed, the way to teach it, and what came of the last time. */
export function TrainingState({ training }: { readonly training: Training }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const state: Readonly<Record<Training['state'], string>> = {
    current: t('Every change is learned.'),
    changed: t('Some changes are not learned yet. Until then only texts that are nearly an example are read by them.'),
    waiting: t('Training begins in a moment.'),
    running: t('Training. Contacts are read as before meanwhile.'),
    failed: t('The training failed.'),
  }
  const working = busy(training.state)
  return (
    <div className="mb-4 flex flex-wrap items-start justify-between gap-x-4 gap-y-2 rounded-card bg-sunken px-4 py-3">
      <div className="min-w-0 flex-1 basis-64">
        <p role="status">
          {state[training.state]}
          {working && training.seconds > 0
            ? ` ${t('The last one took {{n}} seconds.', { n: Math.ceil(training.seconds) })}`
            : ''}
        </p>
        {training.error ? (
          <p className="text-label text-danger-text [overflow-wrap:anywhere]">{training.error}</p>
        ) : null}
        <Outcome state={training.state} />
        {working ? <progress aria-label={t('Training')} className="mt-2 h-1.5 w-full accent-[var(--accent)]" /> : null}
      </div>
      <Button disabled={working} onClick={() => attempt(t('The training could not be started'), () => train(client))}>
        {t('Train now')}
      </Button>
    </div>
  )
}

function Outcome({ state }: { readonly state: Training['state'] }) {
  const { t } = useTranslation()
  const last = useQuery(lastTrainingQuery(state)).data
  if (!last) return null
  const compared = last.before > 0 ? { before: percent(last.before), after: percent(last.after) } : undefined
  return (
    <p className="text-label text-muted">
      {!last.usable
        ? t('The last training was worse and is not used.')
        : last.active
          ? t('The last training is in use.')
          : t('The last training was good enough; another one is in use.')}
      {compared ? ` ${t('Before {{before}}, after {{after}} right on the same texts', compared)}.` : ''}
      {list(last.worse).length > 0 ? ` ${t('Would lose: {{intents}}', { intents: list(last.worse).join(', ') })}.` : ''}
    </p>
  )
}
