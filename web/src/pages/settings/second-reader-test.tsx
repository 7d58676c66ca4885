import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ApiError, asApiError } from '../../api/client'
import { type Trial, trySecondReader } from '../../api/queries/second'
import { Button } from '../../ui/button'
import { useTrouble } from './second-reader-words'

/** One question to the endpoint about words of nobody: whether it works, how fast, and what it costs. */
export function SecondReaderTest({ ready }: { readonly ready: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [tried, setTried] = useState<readonly Trial[]>([])
  const [problem, setProblem] = useState<ApiError>()
  const start = async () => {
    setBusy(true)
    setProblem(undefined)
    setTried([])
    try {
      setTried(await trySecondReader(client))
    } catch (error) {
      setProblem(asApiError(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="flex flex-col items-start gap-2 border-t border-line pt-4">
      <Button onClick={() => void start()} disabled={busy || !ready}>
        {busy ? t('Asking…') : t('Test the connection')}
      </Button>
      <p className="text-label text-muted">
        {ready
          ? t('It asks about a sentence that nobody wrote, and a second of sound. That counts against the budget.')
          : t('Save an address and a model first.')}
      </p>
      <div aria-live="polite" className="flex flex-col gap-1">
        {problem ? <p className="text-danger-text">{problem.detail || problem.title}</p> : null}
        {tried.map((x) => (
          <Outcome key={x.part} trial={x} />
        ))}
      </div>
    </div>
  )
}

function Outcome({ trial: x }: { readonly trial: Trial }) {
  const { t } = useTranslation()
  const trouble = useTrouble()
  if (!x.ok)
    return (
      <p className="text-danger-text">
        {x.part === 'transcription' ? `${t('Recordings of calls')}: ` : ''}
        {trouble(x.error, x.detail)}
      </p>
    )
  const figures = { model: x.model, seconds: x.seconds.toFixed(1), tokens: x.units }
  return (
    <p>
      <span className="font-medium text-success-text">
        {x.part === 'transcription'
          ? t('It works. A second of sound was written down.')
          : x.intent === 'none'
            ? t('It works, but the model was not sure what the sentence is about.')
            : t('It works. The model read: {{intent}}.', { intent: x.intent })}
      </span>{' '}
      <span className="text-label text-muted">
        {x.part === 'transcription'
          ? t('{{model}}, {{seconds}} s', figures)
          : t('{{model}}, {{seconds}} s, {{tokens}} tokens', figures)}
      </span>
    </p>
  )
}
