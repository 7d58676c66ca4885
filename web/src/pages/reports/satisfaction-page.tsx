import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Download } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { asApiError } from '../../api/client'
import { inboxesQuery } from '../../api/queries/desk'
import { type By, exportAnswers, reportQuery, type Scope, type SurveyKind } from '../../api/queries/satisfaction'
import { say } from '../../i18n/mark'
import { list } from '../../lib/list'
import { useNow } from '../../lib/now'
import { saveFile } from '../../lib/save-file'
import { period } from '../../lib/survey'
import { browserZone, dayAt, zone } from '../../lib/zone'
import { PageHeader } from '../../shell/page-header'
import { Button } from '../../ui/button'
import { Segmented } from '../../ui/segmented'
import { Select } from '../../ui/select'
import { Empty, Failed, Skeleton } from '../../ui/states'
import { Answers } from './answers'
import { Breakdown } from './breakdown'
import { ReportTabs } from './report-tabs'
import { Summary } from './summary'

export const KINDS: readonly { readonly value: SurveyKind; readonly label: string }[] = [
  { value: 'csat', label: 'CSAT' },
  { value: 'nps', label: 'NPS' },
  { value: 'ces', label: 'CES' },
]
export const PERIODS = ['7', '30', '90', '365'] as const
const WORDS = { '7': say('7 days'), '30': say('30 days'), '90': say('90 days'), '365': say('A year') } as const
const BYS: readonly { readonly value: By; readonly label: string }[] = [
  { value: 'inbox', label: say('Inbox') },
  { value: 'team', label: say('Team') },
  { value: 'agent', label: say('Person') },
  { value: 'week', label: say('Week') },
  { value: 'month', label: say('Month') },
]

const route = getRouteApi('/shell/reports')

/** What customers said after their conversations were done. */
export function SatisfactionPage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const navigate = useNavigate()
  const today = dayAt(useNow())
  const inboxes = list(useQuery(inboxesQuery).data)
  const scope: Scope = useMemo(
    () => ({
      kind: search.kind,
      ...period(Number(search.days), today),
      tz: zone() ?? browserZone(),
      inbox: search.inbox ?? '',
    }),
    [search.kind, search.days, search.inbox, today],
  )
  const filter = { low: search.low === true, commented: search.commented === true }
  const report = useQuery(reportQuery(scope, search.by))
  const change = (next: Partial<typeof search>) =>
    void navigate({ to: '/reports', search: { ...search, ...next }, replace: true })
  const save = async () => {
    try {
      saveFile(await exportAnswers(scope, filter))
    } catch (error) {
      toast.error(t('The answers could not be exported'), { description: asApiError(error).message })
    }
  }
  const asked = Object.values(report.data?.kinds ?? {}).reduce((sum, n) => sum + n, 0)
  return (
    <>
      <PageHeader title={t('Satisfaction')}>
        <Segmented
          label={t('Which survey')}
          value={search.kind}
          options={KINDS}
          onChange={(kind) => change({ kind })}
        />
        <div className="flex flex-wrap items-center gap-2 md:ml-auto">
          <Select
            hideLabel
            label={t('Period')}
            value={search.days}
            onChange={(days) => change({ days: PERIODS.find((p) => p === days) ?? '30' })}
            options={PERIODS.map((p) => [p, t(WORDS[p])] as const)}
          />
          <Select
            hideLabel
            label={t('Inbox')}
            value={scope.inbox}
            onChange={(inbox) => change({ inbox: inbox || undefined })}
            options={[['', t('All inboxes')], ...inboxes.map((i) => [i.id, i.name] as const)]}
          />
          <Button onClick={() => void save()}>
            <Download aria-hidden className="!size-4" />
            {t('CSV')}
          </Button>
        </div>
      </PageHeader>
      <ReportTabs shown="satisfaction" />
      <section
        aria-label={t('Satisfaction')}
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto -outline-offset-2"
        aria-busy={report.isPlaceholderData}
      >
        {report.isError ? (
          <Failed error={report.error} what={t('The report could not be read')} retry={() => void report.refetch()} />
        ) : report.isPending ? (
          <Skeleton rows={6} />
        ) : report.data.total.asked === 0 ? (
          <Nobody asked={asked} kinds={report.data.kinds} onKind={(kind) => change({ kind })} />
        ) : (
          <div className="flex max-w-[1080px] flex-col px-6 pb-16 max-md:px-4">
            <Summary report={report.data} />
            <Breakdown
              kind={report.data.kind}
              by={search.by}
              parts={list(report.data.parts)}
              chooser={
                <Segmented
                  label={t('Broken down by')}
                  value={search.by}
                  options={BYS.map((b) => ({ ...b, label: t(b.label) }))}
                  onChange={(by) => change({ by })}
                />
              }
            />
            <Answers scope={scope} filter={filter} onFilter={change} />
          </div>
        )}
      </section>
    </>
  )
}

interface NobodyProps {
  readonly asked: number
  readonly kinds: Readonly<Record<string, number>>
  readonly onKind: (kind: SurveyKind) => void
}

/** Nothing was asked: perhaps another survey was, else the settings are where to begin. */
function Nobody({ asked, kinds, onKind }: NobodyProps) {
  const { t } = useTranslation()
  const other = KINDS.find((k) => (kinds[k.value] ?? 0) > 0)
  return asked > 0 && other ? (
    <Empty
      title={t('Nobody was asked this in the period')}
      action={
        <button type="button" className="text-accent hover:underline" onClick={() => onKind(other.value)}>
          {t('Show {{name}}', { name: other.label })}
        </button>
      }
    >
      {t('Customers were asked another question.')}
    </Empty>
  ) : (
    <Empty
      title={t('Nobody was asked in the period')}
      action={
        <Link to="/settings/$section" params={{ section: 'inboxes' }} className="text-accent hover:underline">
          {t('To the inboxes')}
        </Link>
      }
    >
      {t(
        'Each inbox can ask customers one question after a conversation is done. Choose it in the settings of the inbox.',
      )}
    </Empty>
  )
}
