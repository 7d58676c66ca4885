import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { readRaw } from '../../api/queries/timeline'
import type { Interaction } from '../../api/types'
import { Dialog } from '../../ui/dialog'
import { Failed } from '../../ui/states'

/** A contact exactly as its source delivered it. */
export function RawDialog({ item, onClose }: { readonly item: Interaction | undefined; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const path = item ? `/v1/interactions/${item.id}/raw` : ''
  return (
    <Dialog
      open={item !== undefined}
      onOpenChange={(open) => open || onClose()}
      title={t('As it came in')}
      description={item ? `${item.source}, ${item.external_id}` : ''}
      wide
      footer={
        <a href={path} download className="text-accent underline-offset-2 hover:underline">
          {t('Download')}
        </a>
      }
    >
      {item ? <RawText path={path} /> : null}
    </Dialog>
  )
}

export function RawText({ path }: { readonly path: string }) {
  const { t } = useTranslation()
  const query = useQuery({ queryKey: ['raw', path], queryFn: () => readRaw(path), staleTime: Number.POSITIVE_INFINITY })
  if (query.isError)
    return <Failed error={query.error} what={t('It could not be read')} retry={() => void query.refetch()} />
  return (
    <pre className="font-mono text-label whitespace-pre-wrap [overflow-wrap:anywhere]">
      {query.isPending ? t('Reading…') : query.data.slice(0, 200_000)}
      {query.data && query.data.length > 200_000 ? `\n\n… ${t('Download it to see the rest.')}` : ''}
    </pre>
  )
}
