// Draws the icons of the installed console from the sign of the favicon (npm run icons).
// They are committed: a build draws nothing.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { chromium } from '@playwright/test'

const here = (name) => new URL(`../public/${name}`, import.meta.url).pathname
const sign = readFileSync(here('favicon.svg'), 'utf8')
// Where the system cuts the shape itself, the ground goes to the edge and the sign
// keeps to the middle: a circle of four fifths is always shown.
const [, ground] = /<rect[^>]*fill="(#\w+)"/.exec(sign)
const [path] = /<path[^>]*\/>/.exec(sign)
const full = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" fill="${ground}"/><g transform="translate(3.2 3.2) scale(.8)">${path}</g></svg>`

const icons = [
  ['icons/any-192.png', 192, sign],
  ['icons/any-512.png', 512, sign],
  ['icons/maskable-192.png', 192, full],
  ['icons/maskable-512.png', 512, full],
  ['apple-touch-icon.png', 180, full],
]

mkdirSync(here('icons'), { recursive: true })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
})
try {
  for (const [name, size, svg] of icons) {
    const page = await browser.newPage({ viewport: { width: size, height: size } })
    await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`)
    writeFileSync(here(name), await page.screenshot({ omitBackground: true }))
    await page.close()
    console.log(`public/${name}`)
  }
} finally {
  await browser.close()
}
