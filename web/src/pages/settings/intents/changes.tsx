import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { changesQuery, type IntentChange, undoChange } from '../../../api/queries/intents'
import { list } from '../../../lib/list'
import { Button } from '../../../ui/button'
import { Failed, Skeleton } from '../../../ui/states'
import { attempt, done } from '../../../ui/undo'
import { When } from '../../../ui/when'
import { Group } from '../group'

const FEW = 5

/** Who changed which intent, and the way back. */
export function Changes() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery(changesQuery)
  const [all, setAll] = useState(false)
  const items = list(query.data)
  const did: Readonly<Record<IntentChange['kind'], string>> = {
    created: t('Made'),
    renamed: t('Renamed'),
    examples_added: t('Examples added'),
    example_removed: t('Example removed'),
    merged: t('Merged'),
    split: t('Split'),
    retired: t('Put away'),
    restored: t('Taken into use'),
    packs: t('Starter packs'),
    undone: t('Taken back'),
  }
  const undo = (c: IntentChange) =>
    attempt(t('Could not be undone'), async () => {
      await undoChange(client, c.id)
      done(t('Undone'))
    })
  return (
    <Group title={t('History of the intents')}>
      {query.isError ? (
        <Failed error={query.error} what={t('The history could not be read')} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton rows={2} />
      ) : items.length === 0 ? (
        <p className="text-muted">{t('Nobody has changed an intent yet.')}</p>
      ) : (
        <ul aria-label={t('History of the intents')} className="border-t border-line">
          {(all ? items : items.slice(0, FEW)).map((c) => (
            <li key={c.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
              <div className="min-w-0 flex-1 basis-56">
                <p className="[overflow-wrap:anywhere]">
                  <span className="font-medium">{did[c.kind] ?? c.kind}</span>{' '}
                  <span className={c.undone ? 'line-through' : ''}>{c.text}</span>
                </p>
                <p className="text-label text-muted">
                  {c.author}, <When at={c.at} />
                  {c.undone ? `, ${t('Taken back')}` : ''}
                </p>
              </div>
              {c.undone || c.kind === 'undone' ? null : (
                <Button size="small" aria-label={`${t('Take back')}: ${c.text}`} onClick={() => undo(c)}>
                  {t('Take back')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {items.length > FEW && !all ? (
        <Button className="mt-3" look="ghost" onClick={() => setAll(true)}>
          {t('Show {{n}} more', { n: items.length - FEW })}
        </Button>
      ) : null}
    </Group>
  )
}
