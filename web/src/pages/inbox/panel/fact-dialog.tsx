import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CaseDetail } from '../../../api/desk'
import { addFact, removeFact } from '../../../api/queries/facts'
import { say } from '../../../i18n/mark'
import { useStore } from '../../../lib/store'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Field, INPUT } from '../../../ui/field'
import { attempt, done } from '../../../ui/undo'
import { capture } from './capture'

export const PURPOSES = ['service', 'sales', 'marketing'] as const
export const PURPOSE_WORDS: Readonly<Record<string, string>> = {
  service: say('To serve them better'),
  sales: say('To sell to them'),
  marketing: say('To write to them about offers'),
}
const MONTHS = [1, 3, 6, 12, 24, 60] as const

/** Takes down what was learned about a customer: one key, the words, Enter. */
export function FactDialog({ item }: { readonly item: CaseDetail }) {
  const state = useStore(capture)
  if (!state.open) return null
  return <Body key={state.quote} item={item} quote={state.quote} interactionId={state.interactionId} />
}

interface BodyProps {
  readonly item: CaseDetail
  readonly quote: string
  readonly interactionId: string
}

function Body({ item, quote, interactionId }: BodyProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [text, setText] = useState(quote.replace(/\s+/g, ' '))
  const [purpose, setPurpose] = useState<string>('service')
  const [months, setMonths] = useState<number>(12)
  const close = () => capture.set({ open: false, quote: '', interactionId: '' })
  const save = () => {
    const words = text.trim()
    if (words === '') return
    close()
    const end = new Date()
    end.setMonth(end.getMonth() + months)
    attempt(t('The fact was not kept'), async () => {
      const made = await addFact(client, item.customer_id, {
        text: words,
        purpose,
        ...(quote ? { quote } : {}),
        ...(interactionId ? { interaction_id: interactionId } : {}),
        expires_at: end.toISOString(),
      })
      done(t('Noted: {{fact}}', { fact: words.slice(0, 60) }), () => removeFact(client, item.customer_id, made.id))
    })
  }
  return (
    <Dialog
      open
      onOpenChange={(o) => o || close()}
      title={t('What did you learn about {{name}}?', { name: item.customer_name })}
      description={t('Everybody who helps them sees it. It goes by itself when its time is over.')}
      footer={
        <>
          <Button look="ghost" onClick={close}>
            {t('Cancel')}
          </Button>
          <Button look="primary" onClick={save} disabled={text.trim() === ''}>
            {t('Keep it')}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(e) => {
          e.preventDefault()
          save()
        }}
      >
        <Field
          label={t('Fact')}
          placeholder={t('Prefers calls after six')}
          value={text}
          onChange={(e) => setText(e.target.value)}
          autoFocus
          maxLength={300}
        />
        <div className="grid grid-cols-2 gap-3">
          <label className="flex flex-col gap-1 text-label font-medium">
            {t('What for')}
            <select value={purpose} onChange={(e) => setPurpose(e.target.value)} className={INPUT}>
              {PURPOSES.map((p) => (
                <option key={p} value={p}>
                  {t(PURPOSE_WORDS[p] ?? p)}
                </option>
              ))}
            </select>
          </label>
          <label className="flex flex-col gap-1 text-label font-medium">
            {t('Keep for')}
            <select value={months} onChange={(e) => setMonths(Number(e.target.value))} className={INPUT}>
              {MONTHS.map((m) => (
                <option key={m} value={m}>
                  {m % 12 === 0 ? t('{{count}} years', { count: m / 12 }) : t('{{count}} months', { count: m })}
                </option>
              ))}
            </select>
          </label>
        </div>
        <button type="submit" hidden />
      </form>
    </Dialog>
  )
}
