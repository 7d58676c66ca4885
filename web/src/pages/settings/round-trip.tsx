import { Check, LoaderCircle, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ApiError, asApiError } from '../../api/client'
import { readTest, startTest, type TestRun } from '../../api/queries/admin'
import { list } from '../../lib/list'
import { Button } from '../../ui/button'

const ORDER = ['connect', 'sign in', 'send', 'arrive'] as const
const EVERY = 1_000

interface RoundTripProps {
  readonly inboxId: string
  /** Nobody has to ask for the first one. */
  readonly atOnce?: boolean
  readonly onOk?: () => void
}

/** A mail from the inbox to itself: how far it came, and what stopped it. */
export function RoundTrip({ inboxId, atOnce, onOk }: RoundTripProps) {
  const { t } = useTranslation()
  const [run, setRun] = useState<TestRun>()
  const [problem, setProblem] = useState<ApiError>()
  const [busy, setBusy] = useState(false)
  const gone = useRef(false)
  useEffect(() => {
    gone.current = false
    return () => {
      gone.current = true
    }
  }, [])
  const words: Readonly<Record<(typeof ORDER)[number], string>> = {
    connect: t('Reach the mail server'),
    'sign in': t('Sign in'),
    send: t('Send the test mail'),
    arrive: t('See it arrive'),
  }
  const start = async () => {
    setBusy(true)
    setProblem(undefined)
    setRun(undefined)
    try {
      let now = await startTest(inboxId)
      const id = now.run
      while (!gone.current) {
        setRun(now)
        if (now.state !== 'running' || !id) break
        await new Promise((resolve) => setTimeout(resolve, EVERY))
        if (!gone.current) now = await readTest(inboxId, id)
      }
      if (now.state === 'ok' && !gone.current) onOk?.()
    } catch (error) {
      if (!gone.current) setProblem(asApiError(error))
    } finally {
      if (!gone.current) setBusy(false)
    }
  }
  // The start of what runs outside: the first mail leaves when the inbox is there.
  const begun = useRef(false)
  useEffect(() => {
    if (!atOnce || begun.current) return
    begun.current = true
    void start()
  })
  const steps = list(run?.steps)
  const current = run?.state === 'running' ? ORDER[steps.length] : undefined
  return (
    <div className="flex flex-col items-start gap-3">
      <Button onClick={() => void start()} disabled={busy}>
        {run ? t('Send another test') : t('Send a test')}
      </Button>
      {problem ? (
        <p role="alert" className="text-danger-text">
          {problem.detail || problem.title}
        </p>
      ) : null}
      {run ? (
        <div aria-live="polite" className="w-full">
          <ol className="flex flex-col gap-1.5" aria-label={t('The way of the test mail')}>
            {ORDER.map((name) => {
              const step = steps.find((s) => s.name === name)
              return (
                <li key={name} className="flex items-start gap-2">
                  <span className="mt-0.5 inline-flex size-4 flex-none items-center justify-center">
                    {step ? (
                      step.ok ? (
                        <Check role="img" aria-label={t('Done')} className="!size-4 text-success-text" />
                      ) : (
                        <X role="img" aria-label={t('Failed')} className="!size-4 text-danger-text" />
                      )
                    ) : name === current ? (
                      <LoaderCircle
                        role="img"
                        aria-label={t('Under way')}
                        className="!size-4 animate-spin text-accent motion-reduce:animate-none"
                      />
                    ) : (
                      <span aria-hidden className="size-2 rounded-full bg-line" />
                    )}
                  </span>
                  <span className="min-w-0">
                    <span className={step || name === current ? 'font-medium' : 'text-muted'}>{words[name]}</span>
                    {step?.ok ? (
                      <span className="ml-2 text-label text-muted tabular-nums">
                        {t('{{seconds}} s', { seconds: (step.ms / 1000).toFixed(1) })}
                      </span>
                    ) : null}
                    {step?.detail ? (
                      <span
                        className={`block text-label [overflow-wrap:anywhere] ${step.ok ? 'text-muted' : 'text-danger-text'}`}
                      >
                        {step.detail}
                      </span>
                    ) : null}
                  </span>
                </li>
              )
            })}
          </ol>
          {run.state === 'ok' ? (
            <p className="mt-2 text-success-text">{t('It works: the mail went out and came back.')}</p>
          ) : null}
        </div>
      ) : null}
    </div>
  )
}
