// Finds the words of the glossary on the page and explains them on hover, tap and key; changes no text and knows no page. A word is marked
// once, where it first stands in running text; the list holds every word of the page, wherever it stands.
const SKIPPED = "button, a, input, textarea, select, svg, canvas, code, script, style, [role=img], [role=option], .st-key-navigation, .st-key-glossary_terms"
// What is no running text: headings, names of fields and of numbers, heads of tables, what folds and what is chosen.
const UNMARKED = `${SKIPPED}, h1, h2, h3, h4, h5, h6, label, legend, summary, th, [data-testid=stWidgetLabel], [data-testid=stMetricLabel], .plots .title, strong:only-child`

function wordPattern(data) {
  const forms = new Map()
  data.words.forEach((word, index) => {
    for (const form of [word.name, ...word.forms]) forms.set(form.toLowerCase(), index)
  })
  const escaped = [...forms.keys()].sort((a, b) => b.length - a.length).map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
  const whole = escaped.map((form) => (/^[\x20-\x7e]+$/.test(form) ? `(?<![\\p{Script=Latin}\\d])${form}(?![\\p{Script=Latin}\\d])` : form))
  return { forms, pattern: new RegExp(whole.join("|"), "giu") }
}

function findWords(instance) {
  if (instance.held) return
  const { forms, pattern } = instance.words
  const found = new Set()
  const marked = new Map()
  for (const root of document.querySelectorAll(".stMainBlockContainer")) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!node.data.trim() || node.parentElement?.closest(SKIPPED)) continue
      const running = !node.parentElement.closest(UNMARKED)
      for (const match of node.data.matchAll(pattern)) {
        const word = forms.get(match[0].toLowerCase())
        found.add(word)
        if (!running || marked.has(word) || !node.parentElement.checkVisibility()) continue
        const range = new Range()
        range.setStart(node, match.index)
        range.setEnd(node, match.index + match[0].length)
        marked.set(word, { range, word })
        node.parentElement.dataset.digitLabTerm = "" // for the styles of forced colours
      }
    }
  }
  const ranges = [...marked.values()]
  instance.ranges = ranges
  instance.found = [...found].sort((a, b) => a - b)
  if (window.CSS?.highlights) {
    instance.highlight = new Highlight(...ranges.map((item) => item.range))
    CSS.highlights.set("digit-lab-term", instance.highlight)
  }
  instance.button.dataset.words = instance.found.length
}

function wordAt(instance, x, y) {
  for (const item of instance.ranges) {
    if (!item.range.startContainer.isConnected) continue
    for (const box of item.range.getClientRects()) {
      if (x >= box.left - 1 && x <= box.right + 1 && y >= box.top - 2 && y <= box.bottom + 2) return { ...item, box }
    }
  }
  return null
}

function explain(parent, word) {
  const plain = document.createElement("p")
  const exact = document.createElement("p")
  plain.textContent = word.plain
  exact.textContent = word.exact
  exact.className = "exact"
  parent.append(plain, exact)
}

function showOne(instance, hit) {
  if (instance.held) return
  const { one, data } = instance
  const name = document.createElement("strong")
  name.textContent = data.words[hit.word].name
  one.replaceChildren(name)
  explain(one, data.words[hit.word])
  if (!one.matches(":popover-open")) one.showPopover()
  instance.shownAt = performance.now()
  const margin = 8
  const left = Math.min(Math.max(margin, hit.box.left), window.innerWidth - one.offsetWidth - margin)
  const below = hit.box.bottom + 4
  const above = hit.box.top - one.offsetHeight - 4
  one.style.left = Math.max(margin, left) + "px"
  one.style.top = (below + one.offsetHeight > window.innerHeight && above > 0 ? above : below) + "px"
}

function hideOne(instance) {
  clearTimeout(instance.timer)
  instance.timer = undefined
  if (instance.one.matches(":popover-open")) instance.one.hidePopover()
}

// A tap on a label also clicks its field and may scroll to it; neither is meant to hide what the tap has just shown.
function hideSettled(instance) {
  if (performance.now() - instance.shownAt > 500) hideOne(instance)
}

function fillList(instance) {
  const { list, data, found } = instance
  const title = document.createElement("h2")
  title.textContent = found.length ? data.labels.on_page : data.labels.none_here
  const close = document.createElement("button")
  close.type = "button"
  close.textContent = data.labels.close
  close.onclick = () => list.hidePopover()
  list.replaceChildren(title)
  for (const index of found) {
    const item = document.createElement("details")
    const name = document.createElement("summary")
    name.textContent = data.words[index].name
    item.append(name)
    explain(item, data.words[index])
    list.append(item)
  }
  const all = document.createElement("button")
  all.type = "button"
  all.className = "all"
  all.textContent = data.labels.all
  all.onclick = () => {
    list.hidePopover()
    instance.tell("all", true)
  }
  list.append(all, close)
}

function listen(instance) {
  const { signal } = instance.ending
  let asked = false
  document.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse" || asked) return
    asked = true
    requestAnimationFrame(() => {
      asked = false
      if (event.composedPath().includes(instance.one)) return clearTimeout(instance.timer)
      const hit = event.target.closest?.(SKIPPED) ? null : wordAt(instance, event.clientX, event.clientY)
      clearTimeout(instance.timer)
      if (hit) instance.timer = setTimeout(() => showOne(instance, hit), 250)
      else if (instance.one.matches(":popover-open")) instance.timer = setTimeout(() => hideOne(instance), 350)
    })
  }, { signal, passive: true })
  document.addEventListener("click", (event) => {
    if (event.composedPath().includes(instance.one)) return
    if (event.target.closest?.("[role=radiogroup]")) return hideOne(instance) // a choice is meant, and must not hide what follows
    const hit = event.target.closest?.(SKIPPED) ? null : wordAt(instance, event.clientX, event.clientY)
    if (hit) showOne(instance, hit)
    else hideSettled(instance)
  }, { signal })
  // What unfolds may hold a word that stands nowhere else.
  document.addEventListener("toggle", (event) => event.target.matches?.("details") && instance.plan(), { signal, capture: true })
  // Before any field hears of it, which may keep the key to itself.
  window.addEventListener("keydown", (event) => event.key === "Escape" && hideOne(instance), { signal, capture: true })
  document.addEventListener("scroll", () => hideSettled(instance), { signal, passive: true, capture: true })
}

function begin(root) {
  const button = document.createElement("button")
  const list = document.createElement("div")
  const one = document.createElement("div")
  Object.assign(button, { type: "button", className: "open", popoverTargetElement: list })
  Object.assign(list, { className: "list", popover: "auto" })
  Object.assign(one, { className: "one", popover: "manual" })
  one.setAttribute("role", "tooltip")
  root.append(button, list, one)
  const instance = { button, list, one, ranges: [], found: [], shownAt: 0, ending: new AbortController() }
  instance.plan = () => (instance.planned ??= setTimeout(() => { instance.planned = undefined; findWords(instance) }, 400))
  instance.observer = new MutationObserver(instance.plan)
  instance.observer.observe(document.body, { childList: true, subtree: true, characterData: true })
  list.addEventListener("beforetoggle", (event) => event.newState === "open" && (findWords(instance), fillList(instance)))
  listen(instance)
  return instance
}

function end(instance) {
  instance.observer.disconnect()
  instance.ending.abort()
  clearTimeout(instance.timer)
  clearTimeout(instance.planned)
  if (instance.highlight && CSS.highlights.get("digit-lab-term") === instance.highlight) CSS.highlights.delete("digit-lab-term")
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".terms")
  const instance = keep(root, () => begin(root), end)
  if (instance.language !== data.language) instance.words = wordPattern(data)
  instance.language = data.language
  instance.data = data
  instance.tell = setTriggerValue
  if (data.here) instance.button.setAttribute("aria-current", "page")
  else instance.button.removeAttribute("aria-current")
  instance.button.textContent = data.labels.button
  instance.plan()
  return instance.cleanup
}
