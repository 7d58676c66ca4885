import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type AccuracySearch, accuracyQuery, type Behind } from '../../../api/queries/accuracy'
import { sessionQuery } from '../../../api/queries/session'
import { list } from '../../../lib/list'
import { PageHeader } from '../../../shell/page-header'
import { Empty, Failed, Skeleton } from '../../../ui/states'
import { Models } from '../../settings/models'
import { ReportTabs } from '../report-tabs'
import { BehindDialog } from './behind'
import { Coverage } from './coverage'
import { Drift } from './drift'
import { Judged } from './judged'
import { Sample } from './sample'

const route = getRouteApi('/shell/reports/accuracy')

/** How well contacts are read, how that is known, and what has changed. */
export function AccuracyPage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const navigate = useNavigate()
  const session = useSuspenseQuery(sessionQuery).data
  const [behind, setBehind] = useState<Behind>()
  const report = useQuery(accuracyQuery(search))
  const change = (next: Partial<AccuracySearch>) =>
    void navigate({ to: '/reports/accuracy', search: { ...search, ...next }, replace: true })
  const settings = list(session.verbs).includes('settings')
  const data = report.data
  return (
    <>
      <PageHeader title={t('Accuracy')} />
      <ReportTabs shown="accuracy" />
      <section
        aria-label={t('Accuracy')}
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto -outline-offset-2"
        aria-busy={report.isPlaceholderData}
      >
        {report.isError ? (
          <Failed error={report.error} what={t('The report could not be read')} retry={() => void report.refetch()} />
        ) : !data ? (
          <Skeleton rows={6} />
        ) : !data.counting && list(data.weeks).length === 0 && data.labelled === 0 ? (
          <Empty
            title={t('Nothing has been read yet')}
            action={
              settings ? (
                <Link to="/settings/$section" params={{ section: 'inboxes' }} className="text-accent hover:underline">
                  {t('To the inboxes')}
                </Link>
              ) : null
            }
          >
            {t(
              'As soon as customers write, this page shows how much of it Rapport reads, and lets you check a random sample every week. Connect an inbox to begin.',
            )}
          </Empty>
        ) : (
          <div className="flex max-w-[1080px] flex-col px-6 pb-16 max-md:px-4">
            <Sample may={list(session.verbs).includes('write')} />
            <Judged report={data} days={search.days} onChange={change} onBehind={setBehind} />
            <Coverage report={data} />
            <Drift
              drift={data.drift}
              span={search.span}
              counting={data.counting}
              settings={settings}
              onSpan={(span) => change({ span })}
            />
            <Models />
          </div>
        )}
      </section>
      {data ? (
        <BehindDialog days={search.days} of={data.of} behind={behind} onClose={() => setBehind(undefined)} />
      ) : null}
    </>
  )
}
