// A picture of a person, made small here: the server takes little, and a photograph's
// place and time stay on the machine.

export const PICTURE_TYPES: readonly string[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp']
const MAX_BYTES = 10 * 1024 * 1024
const SIDE = 256

/** What is wrong with a file: no picture, too large, or damaged. */
export type PictureProblem = 'kind' | 'large' | 'damaged'

export interface SmallPicture {
  readonly bytes: Blob
  /** The same, to be shown. */
  readonly url: string
}

export function pictureProblem(file: Pick<File, 'type' | 'size'>): PictureProblem | undefined {
  if (!PICTURE_TYPES.includes(file.type)) return 'kind'
  return file.size > MAX_BYTES ? 'large' : undefined
}

/** The middle of a picture, the largest square of it. */
export function middle(width: number, height: number): readonly [x: number, y: number, side: number] {
  const side = Math.min(width, height)
  return [Math.floor((width - side) / 2), Math.floor((height - side) / 2), side]
}

export async function smallPicture(file: File): Promise<SmallPicture | PictureProblem> {
  const problem = pictureProblem(file)
  if (problem) return problem
  try {
    const whole = await createImageBitmap(file)
    const [x, y, side] = middle(whole.width, whole.height)
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = SIDE
    const pen = canvas.getContext('2d')
    if (!pen) return 'damaged'
    pen.imageSmoothingQuality = 'high'
    pen.drawImage(whole, x, y, side, side, 0, 0, SIDE, SIDE)
    whole.close()
    // Only a photograph has no clear parts.
    const type = file.type === 'image/jpeg' ? file.type : 'image/png'
    const bytes = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, 0.9))
    return bytes ? { bytes, url: canvas.toDataURL(type, 0.9) } : 'damaged'
  } catch {
    return 'damaged'
  }
}
