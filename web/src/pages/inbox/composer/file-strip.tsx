import { FileText, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { fileSize } from '../../../lib/words'
import { Meter } from '../../../ui/meter'
import type { useFiles } from './files'

/** What is attached and what is still on its way. */
export function FileStrip({ files }: { readonly files: ReturnType<typeof useFiles> }) {
  const { t } = useTranslation()
  if (files.files.length === 0 && files.uploads.length === 0) return null
  const box = 'flex h-8 max-w-56 items-center gap-2 rounded-control border border-line bg-surface pl-2 text-label'
  const close = 'inline-flex size-7 flex-none items-center justify-center text-muted hover:text-text'
  return (
    <ul aria-label={t('Files')} className="flex flex-none flex-wrap gap-2 px-5 py-1 max-md:px-3">
      {files.files.map((f) => (
        <li key={f.id} className={box}>
          <FileText aria-hidden className="!size-3.5 text-muted" />
          <span className="min-w-0 flex-1 truncate">{f.name}</span>
          <span className="text-meta text-muted">{fileSize(f.size)}</span>
          <button
            type="button"
            aria-label={t('Without {{name}}', { name: f.name })}
            className={close}
            onClick={() => files.remove(f.id)}
          >
            <X aria-hidden className="!size-3.5" />
          </button>
        </li>
      ))}
      {files.uploads.map((u) => (
        <li key={u.key} className={box}>
          <span className="min-w-0 flex-1 truncate">{u.name}</span>
          <Meter value={u.part} label={t('“{{name}}” is uploading', { name: u.name })} className="w-14" />
          <button
            type="button"
            aria-label={t('Stop {{name}}', { name: u.name })}
            className={close}
            onClick={() => files.cancel(u.key)}
          >
            <X aria-hidden className="!size-3.5" />
          </button>
        </li>
      ))}
    </ul>
  )
}
