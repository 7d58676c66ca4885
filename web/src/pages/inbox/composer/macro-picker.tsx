import { useQuery } from '@tanstack/react-query'
import { TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Macro, MacroPreview } from '../../../api/desk'
import { macrosQuery, previewMacro } from '../../../api/queries/desk'
import { list } from '../../../lib/list'
import { plainText } from '../../../lib/plain-text'
import { Picker } from '../../../ui/picker'
import { macroActionWords } from './macro-words'

interface MacroPickerProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly caseId: string
  readonly onPick: (macro: Macro, filled: MacroPreview) => void
}

export const macroPreviewQuery = (id: string, caseId: string) => ({
  queryKey: ['macros', 'preview', id, caseId] as const,
  queryFn: () => previewMacro(id, caseId),
  enabled: id !== '',
  staleTime: 30_000,
})

/** The prepared answers, with the one at hand filled in for this customer. */
export function MacroPicker({ open, onOpenChange, caseId, onPick }: MacroPickerProps) {
  const { t } = useTranslation()
  const macros = list(useQuery(macrosQuery).data)
  const [at, setAt] = useState('')
  const shown = macros.find((m) => m.id === at) ?? macros[0]
  const preview = useQuery(macroPreviewQuery(open ? (shown?.id ?? '') : '', caseId))
  return (
    <Picker
      open={open}
      onOpenChange={onOpenChange}
      title={t('Macros')}
      placeholder={t('Which macro?')}
      empty={
        macros.length === 0
          ? t('There are no macros yet. A lead makes them in the settings.')
          : t('Nothing by that name.')
      }
      options={macros.map((m) => ({ id: m.id, label: m.name }))}
      onHighlight={setAt}
      onPick={(id) => {
        const macro = macros.find((m) => m.id === id)
        if (!macro) return
        onOpenChange(false)
        void previewMacro(id, caseId)
          .catch((): MacroPreview => ({ html: macro.html, actions: macro.actions, missing: [] }))
          .then((filled) => onPick(macro, filled))
      }}
      aside={
        shown ? (
          <div className="flex flex-col gap-3">
            <p className="font-semibold">{shown.name}</p>
            <p className="text-read whitespace-pre-wrap [overflow-wrap:anywhere]">
              {plainText(preview.data?.html ?? shown.html)}
            </p>
            {list(preview.data?.missing).length > 0 ? (
              <p className="flex gap-2 rounded-control bg-warning-soft px-2 py-1.5 text-label text-warning-text">
                <TriangleAlert aria-hidden className="!size-3.5 mt-px" />
                {t('Not known of this customer: {{names}}. You fill it in.', {
                  names: list(preview.data?.missing).join(', '),
                })}
              </p>
            ) : null}
            <p className="text-label text-muted">{macroActionWords(t, preview.data?.actions ?? shown.actions)}</p>
          </div>
        ) : undefined
      }
    />
  )
}
