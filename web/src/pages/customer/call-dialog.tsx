import { useQueryClient } from '@tanstack/react-query'
import { AudioLines, FileText, X } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { asApiError } from '../../api/client'
import { logCall } from '../../api/queries/timeline'
import type { Customer, Turn } from '../../api/types'
import { newKey } from '../../lib/new-key'
import { voicesOf } from '../../lib/talk'
import { Button, IconButton } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Field, INPUT } from '../../ui/field'
import { Segmented } from '../../ui/segmented'
import { done } from '../../ui/undo'

type Side = NonNullable<Turn['side']>

interface FileOf {
  readonly name: string
  readonly text: string
}
/** Larger ones are refused by the server too; nobody should wait for that. */
const MAX = 8 * 1024 * 1024

/** What the endpoints take at most, and the server. */
const MAX_SOUND = 25 * 1024 * 1024

interface SoundOf {
  readonly name: string
  readonly data: string
}

/** The bytes of a file as base64. */
const base64 = (f: File): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''))
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(f)
  })

const localTime = (t: Date): string => new Date(t.getTime() - t.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)

/** Logs a call by hand: who called, when, what it was about, and the transcript if there is one. */
export function CallDialog({ customer, onClose }: { readonly customer: Customer; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [direction, setDirection] = useState<'in' | 'out'>('in')
  const [at, setAt] = useState(() => localTime(new Date()))
  const [text, setText] = useState('')
  const [file, setFile] = useState<FileOf>()
  const [sides, setSides] = useState<Readonly<Record<string, Side | ''>>>({})
  const [problem, setProblem] = useState('')
  const [busy, setBusy] = useState(false)
  const [key] = useState(newKey)
  const picker = useRef<HTMLInputElement>(null)
  const [sound, setSound] = useState<SoundOf>()
  const soundPicker = useRef<HTMLInputElement>(null)

  const pickSound = async (f: File | undefined) => {
    if (!f) return
    setProblem('')
    if (f.size > MAX_SOUND) {
      setProblem(t('The recording is larger than 25 MB'))
      return
    }
    setSound({ name: f.name, data: await base64(f) })
  }

  const pick = async (f: File | undefined) => {
    if (!f) return
    setProblem('')
    if (f.size > MAX) {
      setProblem(t('The file is larger than 8 MB'))
      return
    }
    const words = await f.text()
    setFile({ name: f.name, text: words })
    const guess = (name: string): Side | '' =>
      customer.name
        .toLowerCase()
        .split(' ')
        .includes(name.toLowerCase().split(' ')[0] ?? '')
        ? 'customer'
        : ''
    setSides(Object.fromEntries(voicesOf(words).map((name) => [name, guess(name)])))
  }
  const save = async () => {
    setBusy(true)
    setProblem('')
    try {
      await logCall(client, customer.id, {
        direction,
        occurred_at: new Date(at).toISOString(),
        text: text.trim(),
        ...(file
          ? {
              transcript: { text: file.text, speakers: Object.fromEntries(Object.entries(sides).filter(([, s]) => s)) },
            }
          : {}),
        ...(sound ? { recording: sound } : {}),
        idempotency_key: key,
      })
      done(t('The call was logged'))
      onClose()
    } catch (error) {
      setProblem(asApiError(error).detail || t('The call was not logged'))
      setBusy(false)
    }
  }
  const empty = (text.trim() === '' && !file && !sound) || Number.isNaN(Date.parse(at))
  return (
    <Dialog
      open
      onOpenChange={(o) => o || onClose()}
      title={t('Log a call with {{name}}', { name: customer.name })}
      footer={
        <>
          <Button look="ghost" onClick={onClose}>
            {t('Cancel')}
          </Button>
          <Button look="primary" disabled={empty || busy} onClick={() => void save()}>
            {t('Log the call')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <div className="flex flex-wrap items-end gap-3">
          <Segmented
            label={t('Who called')}
            value={direction}
            options={[
              { value: 'in', label: t('They called us') },
              { value: 'out', label: t('We called them') },
            ]}
            onChange={setDirection}
          />
          <Field
            label={t('When it began')}
            type="datetime-local"
            value={at}
            onChange={(e) => setAt(e.target.value)}
            className="min-w-56 flex-1"
          />
        </div>
        <label className="flex flex-col gap-1 text-label font-medium">
          {t('What it was about')}
          <textarea
            value={text}
            onChange={(e) => setText(e.target.value)}
            rows={4}
            maxLength={20_000}
            className={`${INPUT} !h-auto py-2 font-normal`}
          />
        </label>
        <div className="flex flex-col gap-2">
          <input
            ref={picker}
            type="file"
            accept=".vtt,text/vtt"
            aria-label={t('Transcript (WebVTT)')}
            className="sr-only"
            tabIndex={-1}
            onChange={(e) => {
              void pick(e.target.files?.[0])
              e.target.value = ''
            }}
          />
          {file ? (
            <div className="flex items-center gap-2 rounded-control bg-sunken py-1 pr-1 pl-3">
              <FileText aria-hidden className="text-muted" />
              <span className="min-w-0 flex-1 truncate">{file.name}</span>
              <IconButton
                icon={X}
                small
                label={t('Take the transcript away')}
                onClick={() => {
                  setFile(undefined)
                  setProblem('')
                }}
              />
            </div>
          ) : (
            <Button className="self-start" onClick={() => picker.current?.click()}>
              <FileText aria-hidden />
              {t('Add a transcript (.vtt)…')}
            </Button>
          )}
          {file && Object.keys(sides).length > 0 ? (
            <ul aria-label={t('Who speaks')} className="flex flex-col gap-2">
              {Object.entries(sides).map(([name, side]) => (
                <li key={name} className="flex items-center gap-3">
                  <span className="min-w-0 flex-1 truncate">{name}</span>
                  <select
                    aria-label={t('Who is {{name}}?', { name })}
                    value={side}
                    onChange={(e) => {
                      const value = e.target.value
                      setSides({ ...sides, [name]: value === 'customer' || value === 'agent' ? value : '' })
                    }}
                    className={`${INPUT} !w-40`}
                  >
                    <option value="">{t('As the names say')}</option>
                    <option value="customer">{t('Customer')}</option>
                    <option value="agent">{t('Colleague')}</option>
                  </select>
                </li>
              ))}
            </ul>
          ) : null}
        </div>
        <div className="flex flex-col gap-2">
          <input
            ref={soundPicker}
            type="file"
            accept="audio/*,.wav,.mp3,.m4a,.ogg,.webm,.flac"
            aria-label={t('Recording')}
            className="sr-only"
            tabIndex={-1}
            onChange={(e) => {
              void pickSound(e.target.files?.[0])
              e.target.value = ''
            }}
          />
          {sound ? (
            <>
              <div className="flex items-center gap-2 rounded-control bg-sunken py-1 pr-1 pl-3">
                <AudioLines aria-hidden className="text-muted" />
                <span className="min-w-0 flex-1 truncate">{sound.name}</span>
                <IconButton
                  icon={X}
                  small
                  label={t('Take the recording away')}
                  onClick={() => {
                    setSound(undefined)
                    setProblem('')
                  }}
                />
              </div>
              {file ? null : (
                <p className="text-label text-muted">
                  {t('It is written down if your firm has set that up; otherwise it is kept with the call.')}
                </p>
              )}
            </>
          ) : (
            <Button className="self-start" onClick={() => soundPicker.current?.click()}>
              <AudioLines aria-hidden />
              {t('Add a recording…')}
            </Button>
          )}
        </div>
        {problem ? (
          <p role="alert" className="text-danger-text">
            {problem}
          </p>
        ) : null}
      </div>
    </Dialog>
  )
}
