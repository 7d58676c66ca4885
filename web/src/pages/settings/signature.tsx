import { useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { mySettingsQuery } from '../../api/queries/desk'
import { choose } from '../../api/queries/personal'
import { Failed, Skeleton } from '../../ui/states'
import { Group } from './group'

const Editor = lazy(async () => ({ default: (await import('./signature-editor')).SignatureEditor }))

/** What stands under one's answers by mail. */
export function Signature() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery(mySettingsQuery)
  const waiting = (
    <div className="h-64">
      <Skeleton rows={3} />
    </div>
  )
  return (
    <Group title={t('Signature')}>
      <p className="-mt-2 mb-3 text-muted">
        {t('It stands under your answers by mail. Without one of your own, the inbox’s stands there.')}
      </p>
      {query.isError ? (
        <Failed error={query.error} what={t('The settings could not be read')} retry={() => void query.refetch()} />
      ) : query.data ? (
        <Suspense fallback={waiting}>
          <Editor saved={query.data.signature_html ?? ''} save={(html) => choose(client, { signature_html: html })} />
        </Suspense>
      ) : (
        waiting
      )}
    </Group>
  )
}
