import { type UseInfiniteQueryResult, useQueryClient } from '@tanstack/react-query'
import { type Ref, useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { prefetchCase } from '../../api/queries/cases'
import { density } from '../../lib/prefs'
import { useStore } from '../../lib/store'
import { Failed, Skeleton } from '../../ui/states'
import { VirtualList } from '../../ui/virtual-list'
import { BulkBar } from './bulk-bar'
import { CaseRow, useRowHeight } from './case-row'
import { InboxZero } from './inbox-zero'
import { ListHead } from './list-head'
import { RowMenu } from './row-menu'
import { useInboxView } from './view'

interface CaseListProps {
  readonly query: Pick<
    UseInfiniteQueryResult,
    'isError' | 'isPending' | 'error' | 'refetch' | 'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage'
  >
  readonly listRef: Ref<HTMLDivElement>
  readonly cursor: string
  readonly setCursor: (id: string) => void
}

/** A queue: what is in it, and what can be done with several at once. */
export function CaseList({ query, listRef, setCursor }: CaseListProps) {
  const { t } = useTranslation()
  const view = useInboxView()
  const client = useQueryClient()
  const dense = useStore(density)
  const height = useRowHeight(dense)
  const { items, selected, setSelected, current, work } = view
  const toggle = useCallback(
    (id: string) => {
      const ids = new Set(selected)
      if (!ids.delete(id)) ids.add(id)
      setSelected(ids)
    },
    [selected, setSelected],
  )
  const range = (to: string) => {
    const ids = items.map((c) => c.id)
    const a = Math.max(0, ids.indexOf(current))
    const b = ids.indexOf(to)
    setSelected(new Set([...selected, ...ids.slice(Math.min(a, b), Math.max(a, b) + 1)]))
  }
  const fetchNextPage = query.fetchNextPage
  const loadMore = useCallback(() => {
    if (!query.isFetchingNextPage) void fetchNextPage()
  }, [query.isFetchingNextPage, fetchNextPage])

  return (
    <>
      <ListHead />
      {query.isError && items.length === 0 ? (
        <Failed
          error={query.error}
          what={t('The conversations could not be read')}
          retry={() => void query.refetch()}
        />
      ) : query.isPending ? (
        <Skeleton rows={10} height={height} />
      ) : items.length === 0 ? (
        <InboxZero />
      ) : (
        <RowMenu onRow={(id) => (view.id !== '' && view.wide ? view.go(id, true) : setCursor(id))}>
          <VirtualList
            ref={listRef}
            label={t('Conversations')}
            items={items}
            idOf={(c) => c.id}
            row={(c) => (
              <CaseRow
                item={c}
                me={work.me}
                density={dense}
                selected={selected.has(c.id)}
                selecting={selected.size > 0}
                onToggle={toggle}
                showAssignee={view.search.queue !== 'mine'}
                showWait={view.search.sort === 'wait'}
              />
            )}
            height={height}
            activeId={current}
            onActive={(id) => (view.wide && view.id !== '' ? view.go(id, true) : setCursor(id))}
            onPoint={(id) => prefetchCase(client, id)}
            onOpen={(c) => view.go(c.id, view.wide && view.id !== '')}
            hrefOf={(c) => `/inbox/${c.id}`}
            hasMore={query.hasNextPage}
            loadMore={loadMore}
            selected={selected}
            onSelect={(id, many) => (many ? range(id) : toggle(id))}
            ownKeys
          />
        </RowMenu>
      )}
      {selected.size > 0 ? <BulkBar /> : null}
    </>
  )
}
