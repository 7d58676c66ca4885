import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { flat } from '../api/queries/pages'
import { discardItem, quarantineQuery, retryItem } from '../api/queries/quarantine'
import type { QuarantineItem } from '../api/types'
import { fileSize, middle } from '../lib/words'
import { PageHeader } from '../shell/page-header'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Empty, Failed, Skeleton } from '../ui/states'
import { attempt, done } from '../ui/undo'
import { When } from '../ui/when'
import { RawText } from './customer/raw-dialog'

/** What came in but could not be taken up: nothing is lost, somebody decides. */
export function QuarantinePage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useInfiniteQuery(quarantineQuery)
  const items = useMemo(() => flat(query.data), [query.data])
  const [raw, setRaw] = useState<QuarantineItem>()
  const [discarding, setDiscarding] = useState<QuarantineItem>()
  const retry = (item: QuarantineItem) =>
    attempt(t('It still can’t be read'), async () => {
      await retryItem(client, item.id)
      done(t('Taken up'))
    })
  const discard = (item: QuarantineItem) => {
    setDiscarding(undefined)
    attempt(t('It was not discarded'), async () => {
      await discardItem(client, item.id)
      done(t('Discarded'))
    })
  }
  return (
    <>
      <PageHeader title={t('Quarantine')}>
        <p className="text-muted">{t('What came in but could not be read. The original is kept.')}</p>
      </PageHeader>
      <section aria-label={t('Quarantine')} tabIndex={0} className="min-h-0 flex-1 overflow-y-auto -outline-offset-2">
        {query.isError ? (
          <Failed error={query.error} what={t('The quarantine could not be read')} retry={() => void query.refetch()} />
        ) : query.isPending ? (
          <Skeleton rows={4} height={120} />
        ) : items.length === 0 ? (
          <Empty title={t('Everything could be read')}>
            {t(
              'When something comes in that Rapport can’t take up, it waits here with the reason, and you can try again.',
            )}
          </Empty>
        ) : (
          <ul>
            {items.map((item) => (
              <li
                key={item.id}
                className="flex flex-wrap items-start gap-x-6 gap-y-2 border-b border-line px-6 py-4 max-md:px-4"
              >
                <div className="min-w-0 flex-[1_1_420px]">
                  <p className="text-read font-medium">{item.reason}</p>
                  <p className="mt-0.5 flex flex-wrap gap-x-3 text-label text-muted">
                    <span>{item.source}</span>
                    <span title={item.external_id}>{middle(item.external_id, 36)}</span>
                    <span>{item.raw_type}</span>
                    <span>{fileSize(item.size)}</span>
                    <span>{t('{{count}} attempts', { count: item.attempts })}</span>
                    <When at={item.received_at} />
                  </p>
                  <pre className="mt-2 line-clamp-3 max-w-[760px] rounded-control bg-sunken px-3 py-2 font-mono text-label whitespace-pre-wrap text-muted [overflow-wrap:anywhere]">
                    {item.preview}
                  </pre>
                </div>
                <div className="flex gap-1">
                  <Button onClick={() => retry(item)}>{t('Try again')}</Button>
                  <Button look="ghost" onClick={() => setRaw(item)}>
                    {t('Show')}
                  </Button>
                  <Button look="ghost" className="!text-danger-text" onClick={() => setDiscarding(item)}>
                    {t('Discard…')}
                  </Button>
                </div>
              </li>
            ))}
          </ul>
        )}
        {query.hasNextPage ? (
          <div className="p-6">
            <Button onClick={() => void query.fetchNextPage()} disabled={query.isFetchingNextPage}>
              {t('Show more')}
            </Button>
          </div>
        ) : null}
      </section>
      <Dialog
        open={raw !== undefined}
        onOpenChange={(o) => o || setRaw(undefined)}
        title={t('As it came in')}
        description={raw?.reason ?? ''}
        wide
      >
        {raw ? <RawText path={`/v1/quarantine/${raw.id}/raw`} /> : null}
      </Dialog>
      <Dialog
        open={discarding !== undefined}
        onOpenChange={(o) => o || setDiscarding(undefined)}
        title={t('Discard it for good?')}
        description={t('The original bytes are deleted. This can’t be undone.')}
        alert
        footer={
          <>
            <Button look="ghost" onClick={() => setDiscarding(undefined)}>
              {t('Keep it')}
            </Button>
            <Button look="danger" onClick={() => discarding && discard(discarding)}>
              {t('Discard')}
            </Button>
          </>
        }
      >
        <p className="text-read">{discarding?.reason}</p>
      </Dialog>
    </>
  )
}
