import { Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { InboxView } from '../../api/queries/admin'
import { say } from '../../i18n/mark'
import { list } from '../../lib/list'
import { currentLocale } from '../../lib/locale'
import { Button, IconButton } from '../../ui/button'
import { Check } from '../../ui/check'
import { Field } from '../../ui/field'
import { Select } from '../../ui/select'

type Setting = NonNullable<InboxView['settings']['satisfaction']>
type Way = 'mail' | 'widget'

export const SURVEY_PLACES = ['kind', 'delay_min', 'quiet_days', 'questions', 'ways'].map(
  (f) => `settings.satisfaction.${f}`,
)
/** Those in which customers can be asked. */
const LANGUAGES = ['en', 'de', 'es', 'pt', 'fr', 'it', 'nl', 'pl', 'ar', 'ja'] as const
const DELAYS: readonly (readonly [minutes: number, words: string])[] = [
  [0, say('At once')],
  [15, say('After 15 minutes')],
  [60, say('After an hour')],
  [240, say('After 4 hours')],
  [1440, say('After a day')],
  [4320, say('After 3 days')],
]

/** Questions have a key, so that removing one leaves the others where they are. */
interface Question {
  readonly key: number
  readonly language: string
  readonly text: string
}

interface Form {
  readonly kind: string
  readonly delay: number
  readonly quiet: string
  readonly ways: readonly Way[]
  readonly tell: boolean
  readonly questions: readonly Question[]
}

export interface SurveyForm {
  readonly form: Form
  readonly change: (next: Partial<Form>) => void
  readonly setting: Setting
}

/** What the form says of the survey, and the setting that comes of it. */
export function useSurvey(inbox: InboxView | undefined): SurveyForm {
  const old = inbox?.settings.satisfaction
  const [form, setForm] = useState<Form>(() => ({
    kind: old?.kind ?? 'none',
    delay: old?.delay_min ?? 60,
    quiet: String(old?.quiet_days ?? 30),
    ways: list(old?.ways).length > 0 ? list(old?.ways) : ['mail', 'widget'],
    tell: old?.tell_low === true,
    questions: Object.entries(old?.questions ?? {}).map(([language, text], key) => ({ key, language, text })),
  }))
  const questions: Record<string, string> = {}
  for (const q of form.questions) if (q.text.trim()) questions[q.language] = q.text.trim()
  const setting: Setting = {
    kind: form.kind as NonNullable<Setting['kind']>,
    delay_min: form.delay,
    quiet_days: Math.max(0, Math.round(Number(form.quiet) || 0)),
    ways: [...form.ways],
    tell_low: form.tell,
    questions,
  }
  return { form, setting, change: (next) => setForm((f) => ({ ...f, ...next })) }
}

interface FieldsProps {
  readonly survey: SurveyForm
  readonly kind: 'mail' | 'chat'
  readonly error: (...places: readonly string[]) => string | undefined
}

/** What a customer is asked after a conversation is done. */
export function SurveyFields({ survey, kind, error }: FieldsProps) {
  const { t } = useTranslation()
  const { form, change } = survey
  const delays = DELAYS.some(([m]) => m === form.delay)
    ? DELAYS
    : [...DELAYS, [form.delay, t('After {{count}} minutes', { count: form.delay })] as const]
  return (
    <fieldset className="flex flex-col gap-3 rounded-card border border-line px-4 pt-2 pb-4">
      <legend className="px-1 text-label font-medium">{t('Satisfaction')}</legend>
      <Select
        label={t('When a conversation is done, ask')}
        value={form.kind}
        onChange={(k) => change({ kind: k })}
        options={[
          ['none', t('Nothing')],
          ['csat', t('CSAT: how satisfied they are, 1 to 5')],
          ['nps', t('NPS: whether they would recommend you, 0 to 10')],
          ['ces', t('CES: how easy it was, 1 to 7')],
        ]}
        error={error('settings.satisfaction.kind')}
      />
      {form.kind === 'none' ? null : (
        <>
          <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
            <Select
              label={t('When')}
              value={String(form.delay)}
              onChange={(m) => change({ delay: Number(m) })}
              options={delays.map(([m, words]) => [String(m), t(words)] as const)}
              error={error('settings.satisfaction.delay_min')}
            />
            <Field
              label={t('Days until a customer is asked again')}
              type="number"
              min={0}
              max={365}
              value={form.quiet}
              onChange={(e) => change({ quiet: e.target.value })}
              error={error('settings.satisfaction.quiet_days')}
            />
          </div>
          {kind === 'chat' ? (
            <div className="flex flex-wrap gap-x-6 gap-y-1">
              <Check
                label={t('In the chat')}
                value={form.ways.includes('widget')}
                onChange={(on) => change({ ways: ways(form.ways, 'widget', on) })}
              />
              <Check
                label={t('By mail, to addresses that your site vouches for')}
                value={form.ways.includes('mail')}
                onChange={(on) => change({ ways: ways(form.ways, 'mail', on) })}
              />
            </div>
          ) : null}
          <Check
            label={t('Tell whoever has the conversation of a low score')}
            value={form.tell}
            onChange={(tell) => change({ tell })}
          />
          <Questions survey={survey} error={error('settings.satisfaction.questions')} />
        </>
      )}
    </fieldset>
  )
}

/** At least one way stays: without any, nothing would be asked. */
function ways(old: readonly Way[], way: Way, on: boolean): readonly Way[] {
  if (on) return [...old.filter((w) => w !== way), way]
  const rest = old.filter((w) => w !== way)
  return rest.length > 0 ? rest : [way === 'mail' ? 'widget' : 'mail']
}

function Questions({ survey, error }: { readonly survey: SurveyForm; readonly error: string | undefined }) {
  const { t } = useTranslation()
  const { questions } = survey.form
  const set = (key: number, to: Partial<Question>) =>
    survey.change({ questions: questions.map((q) => (q.key === key ? { ...q, ...to } : q)) })
  const names = new Intl.DisplayNames([currentLocale()], { type: 'language' })
  const free = LANGUAGES.find((l) => !questions.some((q) => q.language === l))
  return (
    <div className="flex flex-col gap-2">
      <p className="text-label text-muted">
        {t(
          'Customers are asked in their language, in ten of them. You can put your own words in place of the usual ones.',
        )}
      </p>
      {questions.map((q) => (
        <div key={q.key} className="flex flex-wrap items-end gap-2">
          <Select
            label={t('Language')}
            value={q.language}
            onChange={(language) => set(q.key, { language })}
            options={LANGUAGES.filter((l) => l === q.language || !questions.some((o) => o.language === l)).map(
              (l) => [l, names.of(l) ?? l] as const,
            )}
          />
          <Field
            className="min-w-0 flex-1 basis-56"
            label={t('Question')}
            value={q.text}
            maxLength={300}
            dir="auto"
            onChange={(e) => set(q.key, { text: e.target.value })}
          />
          <IconButton
            icon={Trash2}
            label={t('Remove the question in {{language}}', { language: names.of(q.language) ?? q.language })}
            onClick={() => survey.change({ questions: questions.filter((o) => o.key !== q.key) })}
          />
        </div>
      ))}
      {error ? (
        <p role="alert" className="text-label text-danger-text">
          {error}
        </p>
      ) : null}
      {free ? (
        <Button
          size="small"
          className="self-start"
          onClick={() =>
            survey.change({
              questions: [
                ...questions,
                { key: Math.max(-1, ...questions.map((q) => q.key)) + 1, language: free, text: '' },
              ],
            })
          }
        >
          <Plus aria-hidden className="!size-4" />
          {t('Use your own words')}
        </Button>
      ) : null}
    </div>
  )
}
