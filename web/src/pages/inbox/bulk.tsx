import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Case, CaseSet } from '../../api/desk'
import { previewChange } from '../../api/queries/cases'
import { list } from '../../lib/list'
import { Button } from '../../ui/button'
import { ChannelGlyph } from '../../ui/channel'
import { Dialog } from '../../ui/dialog'
import type { Then } from './work'

export interface Bulk {
  readonly cases: readonly Case[]
  readonly set: CaseSet
  readonly words: string
  readonly then?: Then
}

interface BulkProps {
  readonly bulk: Bulk | undefined
  readonly onClose: () => void
  readonly onDo: (bulk: Bulk) => void
}

const SHOWN = 8

/** What a change of many would do, before it is done. */
export function BulkPreview({ bulk, onClose, onDo }: BulkProps) {
  const { t } = useTranslation()
  const preview = useQuery({
    queryKey: ['cases', 'preview', bulk?.cases.map((c) => c.id), bulk?.set],
    queryFn: () =>
      bulk
        ? previewChange(
            bulk.cases.map((c) => c.id),
            bulk.set,
          )
        : Promise.reject(new Error()),
    enabled: bulk !== undefined,
    staleTime: 0,
    gcTime: 0,
  })
  if (!bulk) return null
  const skipped = list(preview.data?.skipped)
  const count = bulk.cases.length - skipped.length
  const gone = new Set(skipped.map((s) => s.id))
  const shown = bulk.cases.filter((c) => !gone.has(c.id))
  return (
    <Dialog
      open
      onOpenChange={(o) => o || onClose()}
      title={`${bulk.words}: ${t('{{count}} conversations', { count })}`}
      description={t('You can take it back for ten seconds.')}
      footer={
        <>
          <Button look="ghost" onClick={onClose}>
            {t('Leave them as they are')}
          </Button>
          <Button look="primary" autoFocus disabled={count === 0} onClick={() => onDo({ ...bulk, cases: shown })}>
            {t('Change {{count}} conversations', { count })}
          </Button>
        </>
      }
    >
      <ul>
        {shown.slice(0, SHOWN).map((c) => (
          <li key={c.id} className="flex min-h-8 items-center gap-2 border-b border-line">
            <ChannelGlyph channel={c.channel} silent className="!size-3.5" />
            <span className="w-36 flex-none truncate font-medium">{c.customer_name}</span>
            <span className="min-w-0 truncate text-muted">{c.subject || c.preview}</span>
          </li>
        ))}
      </ul>
      {shown.length > SHOWN ? (
        <p className="mt-2 text-muted">{t('and {{count}} more', { count: shown.length - SHOWN })}</p>
      ) : null}
      {skipped.length > 0 ? (
        <p className="mt-3 text-warning-text">
          {t('{{count}} stay as they are', { count: skipped.length })}: {skipped[0]?.reason}
        </p>
      ) : null}
    </Dialog>
  )
}
