import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { mySettingsQuery } from '../../api/queries/desk'
import { type Change, choose } from '../../api/queries/personal'
import { Select } from '../../ui/select'
import { Failed, Skeleton } from '../../ui/states'
import { attempt, done } from '../../ui/undo'
import { Group } from './group'

const UNDO = [0, 5, 10, 20, 30] as const

/** Where one goes after an answer and after closing, and how long an answer can be taken back. */
export function Sending() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery(mySettingsQuery)
  const mine = query.data
  if (query.isError)
    return <Failed error={query.error} what={t('The settings could not be read')} retry={() => void query.refetch()} />
  if (!mine) return <Skeleton rows={3} />
  const save = (change: Change, back: Change) =>
    attempt(t('The settings were not saved'), async () => {
      await choose(client, change)
      done(t('Saved'), () => choose(client, back))
    })
  const { after_send = 'stay', after_close = 'next', undo_s = 10 } = mine
  return (
    <Group title={t('Answering')}>
      <div className="flex max-w-[360px] flex-col gap-4">
        <Select
          label={t('After sending')}
          value={after_send}
          onChange={(v) => save({ after_send: v as typeof after_send }, { after_send })}
          options={[
            ['stay', t('Stay in the conversation')],
            ['next', t('Open the next one')],
            ['list', t('Back to the list')],
          ]}
        />
        <Select
          label={t('After closing')}
          value={after_close}
          onChange={(v) => save({ after_close: v as typeof after_close }, { after_close })}
          options={[
            ['next', t('Open the next one')],
            ['previous', t('Open the previous one')],
            ['list', t('Back to the list')],
          ]}
        />
        <Select
          label={t('An answer can be taken back for')}
          value={String(undo_s)}
          onChange={(v) => save({ undo_s: Number(v) }, { undo_s })}
          options={[...new Set<number>([...UNDO, undo_s])]
            .sort((a, b) => a - b)
            .map((s) => [String(s), s === 0 ? t('It leaves at once') : t('{{n}} seconds', { n: s })])}
        />
      </div>
    </Group>
  )
}
