/* What a page looks like to a finger and to a screen reader, as a list of faults. Run in Chromium. */
(minimum) => { // 0: no finger, so no size is too small
  const faults = []
  const told = (node) => `${node.tagName.toLowerCase()} “${(node.textContent || node.name || '').trim().slice(0, 30)}”`
  const shown = (node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !node.closest('.skip')

  const wide = document.documentElement.scrollWidth - innerWidth
  if (wide > 0) {
    const out = [...document.querySelectorAll('body *:not(svg *)')].filter((n) => n.getBoundingClientRect().right > innerWidth + 1)
    faults.push(`${wide} px too wide at ${innerWidth}: ${out.slice(-3).map(told).join(', ')}`)
  }

  /* A link inside a sentence may be as low as its line; everything else is made for a thumb. */
  const inSentence = (node) => node.tagName === 'A' && getComputedStyle(node).display === 'inline' &&
    node.parentElement.textContent.trim().length > node.textContent.trim().length + 1
  for (const node of document.querySelectorAll('a,button,input,select,textarea,summary')) {
    if (!shown(node) || node.type === 'hidden') continue
    const target = /radio|checkbox/.test(node.type) ? node.closest('label') || node : node
    const box = target.getBoundingClientRect()
    const least = inSentence(node) ? 24 : minimum
    if (box.height && (box.height < least - 0.5 || box.width < Math.min(least, 44) - 0.5)) {
      faults.push(`${told(node)} is ${Math.round(box.width)} × ${Math.round(box.height)}, not ${least}`)
    }
  }

  const heads = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].filter(shown).map((h) => Number(h.tagName[1]))
  if (heads.filter((level) => level === 1).length !== 1) faults.push(`has ${heads.filter((l) => l === 1).length} first headings`)
  heads.forEach((level, at) => { if (level > (heads[at - 1] || 0) + 1) faults.push(`heading ${level} comes after ${heads[at - 1] || 'none'}`) })
  if (!/^(th|en|ms)$/.test(document.documentElement.lang)) faults.push(`lang is “${document.documentElement.lang}”`)
  if (!document.title.trim()) faults.push('has no title')

  for (const node of document.querySelectorAll('main *')) {
    const cut = getComputedStyle(node).overflowY === 'hidden' && node.clientHeight && node.scrollHeight > node.clientHeight + 1
    if (cut && shown(node) && node.innerText) {
      faults.push(`${told(node)} is cut`)
    }
  }
  const prose = [...document.querySelectorAll('main :not(code, pre, details, script):not(:has(code))')].map((n) => n.childElementCount ? '' : n.innerText).join(' ')
  const left = prose.replace(/https?:\/\/\S+/g, '').match(/refusal\.\w+|\{\w+\}|undefined|NaN|\b[a-z_]+\.[a-z_]+\.[a-z_]+\b/)
  if (document.documentElement.lang === 'th' && /\bNone\b/.test(prose)) faults.push('shows None')
  if (left) faults.push(`shows ${left[0]}`)
  return faults
}
