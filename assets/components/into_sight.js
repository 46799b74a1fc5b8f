// Brings a part of the page into sight when it is told to, where the page is narrow; draws nothing.
let last = null

export default function ({ data }) {
  if (data.number === null || data.number === last) return
  last = data.number
  if (window.innerWidth > 800) return
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
  requestAnimationFrame(() => document.querySelector("." + data.part)?.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" }))
}
