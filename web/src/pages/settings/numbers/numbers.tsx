import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { numbersQuery, type OwnNumber, removeNumber } from '../../../api/queries/vocabulary'
import { list } from '../../../lib/list'
import { Button } from '../../../ui/button'
import { Chip } from '../../../ui/chip'
import { Failed, Skeleton } from '../../../ui/states'
import { attempt, done } from '../../../ui/undo'
import { Group } from '../group'
import { History } from './history'
import { kindLabel } from './kinds'
import { NewNumber } from './new-number'
import { Products } from './products'
import { ShapeWords } from './shape'

/** What only this firm has: its numbers by their form, its products by their names. */
export function NumbersAndProducts() {
  const { t } = useTranslation()
  const [making, setMaking] = useState(false)
  return (
    <>
      <Group
        title={t('Your numbers')}
        action={
          <Button look="primary" onClick={() => setMaking(true)}>
            {t('New number…')}
          </Button>
        }
      >
        <p className="mb-3 max-w-[60ch] text-muted">
          {t(
            'Order, invoice, contract and other numbers as you write them. Rapport learns their form from examples and finds them in every message from then on.',
          )}
        </p>
        <Listed />
        <History kind="numbers" title={t('History of the numbers')} />
      </Group>
      <Products />
      <NewNumber open={making} onOpenChange={setMaking} />
    </>
  )
}

function Listed() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery(numbersQuery)
  const remove = (n: OwnNumber) =>
    attempt(t('The number was not removed'), async () => {
      done(t('“{{name}}” removed', { name: n.name }), await removeNumber(client, n.id))
    })
  if (query.isError)
    return <Failed error={query.error} what={t('The numbers could not be read')} retry={() => void query.refetch()} />
  if (query.isPending) return <Skeleton rows={2} />
  if (query.data.length === 0) return <p>{t('No numbers of your own yet.')}</p>
  return (
    <ul aria-label={t('Your numbers')} className="border-t border-line">
      {query.data.map((n) => (
        <li key={n.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
          <div className="min-w-0 flex-1 basis-64">
            <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <span className="font-medium [overflow-wrap:anywhere]">{n.name}</span>
              <Chip>{t(kindLabel(n.kind))}</Chip>
            </p>
            <p className="text-label text-muted">
              <ShapeWords shape={n.shape} />
            </p>
            <p className="text-label text-muted [overflow-wrap:anywhere]">
              {t('Such as {{example}}', { example: list(n.examples)[0] ?? '' })}
            </p>
          </div>
          <Button size="small" aria-label={`${t('Remove')}: ${n.name}`} onClick={() => remove(n)}>
            {t('Remove')}
          </Button>
        </li>
      ))}
    </ul>
  )
}
